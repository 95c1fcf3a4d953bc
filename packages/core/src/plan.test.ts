import { expect, test } from 'vitest'

import { chooseSubscription, type Subscription } from './plan.ts'
import { instant } from './units.ts'

const subscription = (id: string, rank: number, startsAt: number, endsAt: number): Subscription => ({
  id,
  planVersionId: `plv_${id}`,
  rank,
  anchorAt: instant(startsAt),
  startsAt: instant(startsAt),
  endsAt: instant(endsAt),
})

test('F53: of stacked plans the best running one is drawn, and when it ends the next one, in any order', () => {
  const lite = subscription('lite', 1, 0, 300)
  const max = subscription('max', 3, 100, 200)
  for (const all of [
    [lite, max],
    [max, lite],
  ]) {
    const at = (now: number) => {
      const choice = chooseSubscription(all, instant(now))
      return choice.state === 'running' ? choice.subscription.id : choice.state
    }
    expect([50, 100, 199, 200, 299, 300].map(at)).toEqual(['lite', 'max', 'max', 'lite', 'lite', 'expired'])
  }
  expect(chooseSubscription([], instant(0))).toEqual({ state: 'none' })
})

import { expect, test } from 'vitest'

import { chooseSubscription, concurrencyAt, type Subscription } from './plan.ts'
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

test('at the hours that a plan names, its own number of calls may run; the first span that holds decides', () => {
  const zone = 'Asia/Shanghai'
  const daily = { fromMinute: 14 * 60, toMinute: 18 * 60 }
  const terms = {
    concurrencyMax: 5,
    concurrencyHours: [
      { zone, daily, weekdays: [6, 7], calls: 4 },
      { zone, daily, calls: 3 },
    ],
  }
  const at = (text: string) => concurrencyAt(terms, instant(Date.parse(text)))
  expect(at('2026-03-02T13:59:59.999+08:00')).toBe(5)
  expect(at('2026-03-02T14:00:00+08:00')).toBe(3)
  expect(at('2026-03-07T14:00:00+08:00')).toBe(4)
  expect(at('2026-03-02T18:00:00+08:00')).toBe(5)
  expect(concurrencyAt({ concurrencyMax: 5 }, instant(0))).toBe(5)
})

import { describe, expect, test } from 'vitest'

import { fc } from '../../../test/house/property.ts'
import { suggestPieces, type PlanDraw } from './suggestion.ts'

const draw = (plan: string, subscriptions: number, occupied: Record<string, number>): PlanDraw => ({
  plan,
  subscriptions: Object.fromEntries(Object.keys(occupied).map((model) => [model, subscriptions])),
  occupied,
})

describe('how many can be sold', () => {
  test('S7: what is free at the busiest hour, divided by what a subscription draws then', () => {
    const busy = [{ model: 'glm-4.7', places: 100, inUse: 50_000 }]
    const { models, plans, ofEach, limitedBy } = suggestPieces(
      busy,
      [draw('lite', 100, { 'glm-4.7': 10_000 }), draw('pro', 50, { 'glm-4.7': 25_000 })],
      80,
    )
    expect(models).toEqual([{ ...busy[0], usable: 80_000, free: 30_000 }])
    // 0.1 and 0.5 places each, 30 are free.
    expect(plans.map(({ plan, each, pieces }) => [plan, each['glm-4.7'], pieces])).toEqual([
      ['lite', 100, 300],
      ['pro', 500, 60],
    ])
    expect([ofEach, limitedBy]).toEqual([50, 'glm-4.7'])
  })

  test('the scarcest model decides; one without a limit does not; a full one leaves nothing', () => {
    const pro = draw('pro', 10, { big: 1_000, small: 1_000, cloud: 90_000 })
    const cloud = { model: 'cloud', places: null, inUse: 90_000 }
    const small = { model: 'small', places: 4, inUse: 3_000 }
    expect(suggestPieces([{ model: 'big', places: 100, inUse: 0 }, small, cloud], [pro], 100).plans[0]).toMatchObject({
      pieces: 10,
      limitedBy: 'small',
    })
    expect(suggestPieces([small], [pro], 50).ofEach).toBe(0)
  })

  test('what was not measured is not guessed', () => {
    const busy = [{ model: 'glm-5', places: 10, inUse: 0 }]
    const { ofEach, unmeasured, plans } = suggestPieces(
      busy,
      [draw('max', 0, {}), draw('pro', 5, { 'glm-5': 500 })],
      100,
    )
    expect([ofEach, unmeasured, plans[0]?.pieces]).toEqual([100, ['max'], undefined])
    expect(suggestPieces([], [draw('pro', 5, {})], 80).ofEach).toBeUndefined()
  })

  test('what is suggested fits: nobody would fill more than the share, and one more of each would', () => {
    const milli = fc.integer({ min: 1, max: 100_000 })
    const model = fc.record({ places: fc.integer({ min: 1, max: 200 }), inUse: milli })
    const plan = fc.record({ subscriptions: fc.integer({ min: 1, max: 500 }), first: milli, second: milli })
    fc.check(
      model,
      model,
      fc.array(plan, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 100 }),
      (a, b, list, fill) => {
        const busy = [
          { model: 'a', ...a },
          { model: 'b', ...b },
        ]
        const draws = list.map(({ subscriptions, first, second }, i) =>
          draw(`p${i}`, subscriptions, { a: first, b: second }),
        )
        const { models, plans, ofEach } = suggestPieces(busy, draws, fill)
        const fitsIn = (count: number): boolean =>
          models.every(
            ({ model: id, free }) => plans.reduce((sum, { each }) => sum + count * (each[id] ?? 0), 0) <= (free ?? 0),
          )
        expect(fitsIn(ofEach ?? 0)).toBe(true)
        expect(fitsIn((ofEach ?? 0) + 1)).toBe(false)
      },
    )
  })
})

import { describe, expect, test } from 'vitest'

import { fc } from '../../../test/house/property.ts'
import { mayBegin, move, openWindows, runsOutAt, startsOf, windowNow, type WindowRule } from './quota.ts'
import { DAY_MS, HOUR_MS } from './time.ts'
import { instant } from './units.ts'

const fiveHour: WindowRule = { id: 'five_hour', kind: 'first_use', lengthMs: 5 * HOUR_MS, allowance: 80_000_000 }
const week: WindowRule = { id: 'week', kind: 'anchored', lengthMs: 7 * DAY_MS, allowance: 400_000_000 }
const bought = instant(Date.parse('2026-02-12T15:00:00.123+08:00'))
const plus = (ms: number) => instant(bought + ms)

describe('windows', () => {
  test('F35: a five-hour window opens at the first call after the last one closed, and is untouched until then', () => {
    const before = windowNow(fiveHour, bought, undefined, plus(0))
    expect(before.startsAt).toBeUndefined()
    expect(before.resetsAt).toBeUndefined()
    const opened = openWindows([before], plus(HOUR_MS))
    const during = windowNow(fiveHour, bought, opened.five_hour, plus(2 * HOUR_MS))
    expect(during.startsAt).toBe(plus(HOUR_MS))
    expect(during.resetsAt).toBe(plus(6 * HOUR_MS))
  })

  test('F37: at the reset instant usage is zero, a millisecond before it is not', () => {
    const state = { startsAt: bought, used: 5, settled: 5 }
    expect(windowNow(fiveHour, bought, state, plus(5 * HOUR_MS - 1)).used).toBe(5)
    expect(windowNow(fiveHour, bought, state, plus(5 * HOUR_MS)).used).toBe(0)
  })

  test('F39: weekly windows are 7 × 24 h from the instant of purchase, to the millisecond, for years', () => {
    fc.check(fc.integer({ min: 0, max: 5 * 365 * DAY_MS }), (passed) => {
      const window = windowNow(week, bought, undefined, plus(passed))
      const index = Math.floor(passed / (7 * DAY_MS))
      expect(window.startsAt).toBe(plus(index * 7 * DAY_MS))
      expect(window.resetsAt).toBe(plus((index + 1) * 7 * DAY_MS))
    })
  })

  test('F36: whatever calls come, a reset time once shown never moves later', () => {
    fc.check(fc.array(fc.integer({ min: 0, max: 3 * HOUR_MS }), { maxLength: 40 }), (pauses) => {
      let now = bought
      let states = openWindows([windowNow(fiveHour, bought, undefined, now)], now)
      let shown = windowNow(fiveHour, bought, states.five_hour, now).resetsAt as number
      for (const pause of pauses) {
        now = instant(now + pause)
        states = openWindows([windowNow(fiveHour, bought, states.five_hour, now)], now)
        const resets = windowNow(fiveHour, bought, states.five_hour, now).resetsAt as number
        if (now < shown) expect(resets).toBe(shown)
        else expect(resets).toBe(now + 5 * HOUR_MS)
        shown = resets
      }
    })
  })

  test('the pace of a window says the instant at which it is used up, and nothing when it lasts to its reset', () => {
    const opened = (used: number, passed: number) =>
      runsOutAt(windowNow(fiveHour, bought, { startsAt: bought, used, settled: used }, plus(passed)), plus(passed))
    expect(opened(40_000_000, HOUR_MS)).toBe(plus(2 * HOUR_MS))
    expect(opened(8_000_000, HOUR_MS)).toBeUndefined()
    expect(opened(1_000_000, 1_000)).toBeUndefined()
    expect(opened(80_000_000, HOUR_MS)).toBe(plus(HOUR_MS))
    expect(runsOutAt(windowNow(fiveHour, bought, undefined, bought), bought)).toBeUndefined()
    fc.check(fc.integer({ min: 1, max: 80_000_000 }), fc.integer({ min: 1, max: 5 * HOUR_MS - 1 }), (used, passed) => {
      const end = opened(used, passed)
      if (end === undefined) return
      expect(end).toBeGreaterThanOrEqual(plus(passed) - 1)
      expect(end).toBeLessThan(plus(5 * HOUR_MS))
    })
  })

  test('F45: a movement of a window that has begun anew leaves the new one alone', () => {
    const states = { five_hour: { startsAt: plus(HOUR_MS), used: 7, settled: 7 } }
    expect(move(states, { starts: { five_hour: bought }, micro: -5 }, 'used')).toEqual(states)
    expect(move(states, { starts: startsOf(states), micro: -5 }, 'used').five_hour?.used).toBe(2)
  })

  test('a window never holds less than nothing: a fault, not a silent clamp', () => {
    const states = { five_hour: { startsAt: bought, used: 1, settled: 0 } }
    expect(() => move(states, { starts: startsOf(states), micro: -2 }, 'used')).toThrow(/-1/)
  })
})

describe('may a call begin', () => {
  const standing = (used: number, weekUsed = 0) => [
    windowNow(fiveHour, bought, { startsAt: bought, used, settled: used }, plus(HOUR_MS)),
    windowNow(week, bought, { startsAt: bought, used: weekUsed, settled: weekUsed }, plus(HOUR_MS)),
  ]
  const ask = (cost: number, inFlight = 0) => ({ cost, inFlight, concurrencyMax: 5 })

  test('S10: the 80th prompt passes and the 81st is refused, with what is used and the reset', () => {
    expect(mayBegin(standing(79_000_000), ask(1_000_000), plus(HOUR_MS)).ok).toBe(true)
    expect(mayBegin(standing(80_000_000), ask(1_000_000), plus(HOUR_MS))).toEqual({
      ok: false,
      no: {
        code: 'window_full',
        window: 'five_hour',
        allowance: 80_000_000,
        used: 80_000_000,
        cost: 1_000_000,
        resetsAt: plus(5 * HOUR_MS),
      },
    })
  })

  test('a call whose prompt is paid is not refused by a full window', () => {
    expect(mayBegin(standing(80_000_000, 400_000_000), ask(0), plus(HOUR_MS)).ok).toBe(true)
  })

  test('of two full windows the one that resets last is named: before it nothing would help', () => {
    const refused = mayBegin(standing(80_000_000, 400_000_000), ask(1), plus(HOUR_MS))
    expect(!refused.ok && refused.no).toMatchObject({ window: 'week', resetsAt: plus(7 * DAY_MS) })
  })

  test('as many calls run at the same time as the plan allows', () => {
    expect(mayBegin(standing(0), ask(0, 4), plus(HOUR_MS)).ok).toBe(true)
    expect(mayBegin(standing(0), ask(0, 5), plus(HOUR_MS))).toMatchObject({
      no: { code: 'too_many_calls', inFlight: 5 },
    })
  })
})

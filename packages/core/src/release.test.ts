import { describe, expect, test } from 'vitest'

import { fc } from '../../../test/house/property.ts'
import {
  lastReleaseDay,
  nextReleaseDay,
  plannedReleases,
  releaseChanges,
  type ReleaseRules,
  type WrittenRelease,
} from './release.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, wallText } from './time.ts'
import { instant } from './units.ts'

const at = (text: string) => instant(Date.parse(text))
const start = at('2026-01-23T10:00:00+08:00')
const shanghai = { startsAt: start, zone: 'Asia/Shanghai', minuteOfDay: 600 }
const zones = fc.constantFrom('Asia/Shanghai', 'Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'UTC')
const PLANS = ['lite', 'pro', 'max']

describe('release calendar', () => {
  test('S5: from 23 January 10:00, and then every day at 10:00 in the named zone', () => {
    expect(lastReleaseDay(shanghai, instant(start - 1))).toBeUndefined()
    expect(nextReleaseDay(shanghai, instant(start - 40 * DAY_MS))).toEqual({ day: '2026-01-23', at: start })
    expect(lastReleaseDay(shanghai, start)).toEqual({ day: '2026-01-23', at: start })
    expect(nextReleaseDay(shanghai, start)).toEqual({ day: '2026-01-24', at: instant(start + DAY_MS) })
  })

  test('a start at another time of day is the only release of its day', () => {
    const early = { ...shanghai, startsAt: at('2026-01-23T08:00:00+08:00') }
    expect(nextReleaseDay(early, early.startsAt).at).toBe(start + DAY_MS)
  })

  test('F22 F44: one release a calendar day, at its time on the wall, in any zone over changes of the clock', () => {
    fc.check(zones, fc.integer({ min: 0, max: 1439 }), fc.integer({ min: 0, max: 800 }), (zone, minuteOfDay, days) => {
      const calendar = { startsAt: start, zone, minuteOfDay }
      const first = nextReleaseDay(calendar, instant(start + days * DAY_MS))
      const second = nextReleaseDay(calendar, first.at)
      expect(Date.parse(second.day) - Date.parse(first.day)).toBe(DAY_MS)
      expect(Math.abs(second.at - first.at - DAY_MS)).toBeLessThanOrEqual(HOUR_MS)
      expect(wallText(zone, first.at).slice(0, 10)).toBe(first.day)
      const wanted = `${String(Math.floor(minuteOfDay / 60)).padStart(2, '0')}:${String(minuteOfDay % 60).padStart(2, '0')}`
      const shown = wallText(zone, first.at).slice(11, 16)
      // In a gap of spring the time after it.
      const late = Date.parse(`${first.day}T${shown}Z`) - Date.parse(`${first.day}T${wanted}Z`)
      expect([0, 30 * MINUTE_MS, HOUR_MS]).toContain(late)
    })
  })

  test('whenever one asks: the last release is not after now, the next is, and there is none between them', () => {
    fc.check(
      zones,
      fc.integer({ min: 0, max: 1439 }),
      fc.integer({ min: 0, max: 800 * DAY_MS }),
      (zone, minuteOfDay, passed) => {
        const calendar = { startsAt: start, zone, minuteOfDay }
        const now = instant(start + passed)
        const last = lastReleaseDay(calendar, now)
        const next = nextReleaseDay(calendar, now)
        expect(last?.at).toBeLessThanOrEqual(now)
        expect(next.at).toBeGreaterThan(now)
        expect(nextReleaseDay(calendar, last?.at ?? now)).toEqual(next)
      },
    )
  })
})

describe('releases that are written down', () => {
  const rules: ReleaseRules = { calendar: shanghai, pieces: 200, leftover: 'drop', special: [] }
  const apply = (there: readonly WrittenRelease[], with_: ReleaseRules, now = start) => {
    const { put, remove } = releaseChanges(with_, PLANS, there, now)
    const kept = there.filter(({ id }) => !remove.includes(id) && !put.some((one) => one.id === id))
    // What has opened is drawn when somebody looks.
    return [...kept, ...put].map((one) => ({ ...one, drawnAt: one.opensAt <= now ? one.opensAt : null }))
  }
  const ofDay = (rows: readonly WrittenRelease[], day: string) => rows.filter(({ id }) => id.endsWith(day))

  test('S5: the same number for each plan', () => {
    const rows = plannedReleases(rules, PLANS, start)
    expect(rows.map(({ plan, pieces, opensAt }) => [plan, pieces, opensAt])).toEqual(
      PLANS.flatMap((plan) => [start, start + DAY_MS].map((opensAt) => [plan, 200, opensAt])),
    )
  })

  test('leftover is dropped when the next daily release opens, or carried, as set; at once for what is on sale', () => {
    const dropped = apply([], rules)
    expect(ofDay(dropped, '23').map(({ closesAt }) => closesAt)).toEqual([1, 1, 1].map(() => start + DAY_MS))
    const carried = apply(dropped, { ...rules, leftover: 'carry' })
    expect(carried.map(({ closesAt }) => closesAt)).toEqual(carried.map(() => null))
    expect(apply(carried, rules)).toEqual(expect.arrayContaining(dropped))
  })

  test('what has opened keeps its number and instant; what is to come follows the catalog', () => {
    const now = instant(start + HOUR_MS)
    const later = { ...rules, pieces: 300, calendar: { ...shanghai, minuteOfDay: 720 } }
    const rows = apply(apply([], rules, now), later, now)
    expect(ofDay(rows, '23').map(({ pieces, opensAt }) => [pieces, opensAt])).toEqual(PLANS.map(() => [200, start]))
    expect(ofDay(rows, '24').map(({ pieces, opensAt }) => [pieces, opensAt])).toEqual(
      PLANS.map(() => [300, start + DAY_MS + 2 * HOUR_MS]),
    )
  })

  test('no second release on a day whose release has been, however the time of day is changed', () => {
    fc.check(fc.integer({ min: 0, max: 1439 }), fc.integer({ min: 0, max: 13 * HOUR_MS }), (minuteOfDay, passed) => {
      const now = instant(start + DAY_MS + passed)
      const before = apply([], rules, now)
      const after = apply(before, { ...rules, calendar: { ...shanghai, minuteOfDay } }, now)
      expect(ofDay(after, '2026-01-24')).toHaveLength(PLANS.length)
    })
  })

  test('a special release of the catalog comes on top; taken out before it opens it is gone, one of a command stays', () => {
    const special = [{ plan: 'pro', pieces: 50, at: instant(start + 9 * HOUR_MS) }]
    const command: WrittenRelease = {
      id: 'rel_1',
      plan: 'pro',
      origin: 'operator',
      opensAt: instant(start + HOUR_MS),
      closesAt: instant(start + DAY_MS),
      pieces: 7,
      drawnAt: null,
    }
    const rows = apply([command], { ...rules, special })
    expect(rows.filter(({ origin }) => origin === 'catalog').map(({ pieces }) => pieces)).toEqual([50])
    expect(
      apply(rows, rules)
        .map(({ origin }) => origin)
        .filter((origin) => origin !== 'calendar'),
    ).toEqual(['operator'])
  })

  test('what has been done is not done again, at any time and for any rules', () => {
    const days = fc.integer({ min: 0, max: 400 * DAY_MS })
    const leftover = fc.constantFrom('drop' as const, 'carry' as const)
    fc.check(days, leftover, zones, fc.integer({ min: 0, max: 1439 }), (passed, left, zone, minuteOfDay) => {
      const now = instant(start + passed)
      const set = { ...rules, leftover: left, calendar: { startsAt: start, zone, minuteOfDay } }
      expect(releaseChanges(set, PLANS, apply([], set, now), now)).toEqual({ put: [], remove: [] })
    })
  })
})

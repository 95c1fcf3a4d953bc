import { describe, expect, test } from 'vitest'

import { fc } from '../../../test/house/property.ts'
import { atWallClock, plusMonths, wallClock, wallText } from './time.ts'
import { instant } from './units.ts'

const at = (text: string) => instant(Date.parse(text))

describe('time', () => {
  test('31 January plus n months is the last day of shorter months and the 31st again where there is one', () => {
    const anchor = at('2026-01-31T10:00:00.998+08:00')
    const ends = [1, 2, 3, 4, 13].map((n) => wallText('Asia/Shanghai', plusMonths('Asia/Shanghai', anchor, n)))
    expect(ends).toEqual([
      '2026-02-28 10:00:00',
      '2026-03-31 10:00:00',
      '2026-04-30 10:00:00',
      '2026-05-31 10:00:00',
      '2027-02-28 10:00:00',
    ])
    expect(plusMonths('Asia/Shanghai', anchor, 1) % 1000).toBe(998)
  })

  test('F44: a month keeps the time of day on the wall over a change of the clock', () => {
    const anchor = at('2026-03-15T09:30:00+01:00')
    expect(wallText('Europe/Berlin', plusMonths('Europe/Berlin', anchor, 1))).toBe('2026-04-15 09:30:00')
    expect(plusMonths('Europe/Berlin', anchor, 1)).toBe(at('2026-04-15T09:30:00+02:00'))
  })

  test('a time that a zone skips in spring becomes the one after the gap, never a fault', () => {
    expect(atWallClock('Europe/Berlin', { year: 2026, month: 3, day: 29, minuteOfDay: 150 })).toBe(
      at('2026-03-29T03:30:00+02:00'),
    )
  })

  test('the wall clock of any zone and its instant agree, over years', () => {
    const zones = fc.constantFrom('Asia/Shanghai', 'Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'UTC')
    fc.check(zones, fc.integer({ min: at('2020-01-01T00:00:00Z'), max: at('2035-01-01T00:00:00Z') }), (zone, ms) => {
      const wall = wallClock(zone, instant(ms))
      const again = atWallClock(zone, wall)
      // An hour that happens twice in autumn reads the same both times.
      expect(Math.abs(ms - again - (ms % 60_000))).toBeLessThanOrEqual(3_600_000)
      expect(wallClock(zone, again)).toEqual(wall)
    })
  })
})

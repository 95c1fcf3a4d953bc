import { describe, expect, test } from 'vitest'

import { fc } from '../../../test/house/property.ts'
import { giveBackCall, serviceNow, takeCall, type ServiceCount, type ServiceRule } from './service-quota.ts'
import { DAY_MS, plusMonths } from './time.ts'
import { instant, type Instant } from './units.ts'

const zone = 'Asia/Shanghai'
const anchorAt = instant(Date.parse('2026-01-31T10:00:00+08:00'))
const subscription = { zone, anchorAt }
const monthly: ServiceRule = { calls: 3, per: 'month' }
const trial: ServiceRule = { calls: 3, per: 'once' }

describe('calls of a service', () => {
  test('a month runs from the day of the month on which the subscription began, or the last day it has', () => {
    const february = serviceNow(monthly, subscription, undefined, instant(Date.parse('2026-02-28T09:59:59+08:00')))
    expect(february.resetsAt).toBe(Date.parse('2026-02-28T10:00:00+08:00'))
    const march = serviceNow(monthly, subscription, undefined, instant(Date.parse('2026-02-28T10:00:00+08:00')))
    expect(march).toMatchObject({ used: 0, resetsAt: Date.parse('2026-03-31T10:00:00+08:00') })
  })

  test('S12: a trial is given once: it has no reset, in no month', () => {
    const used = { startsAt: anchorAt, used: 3 }
    fc.check(fc.integer({ min: 0, max: 900 * DAY_MS }), (passed) => {
      const standing = serviceNow(trial, subscription, used, instant(anchorAt + passed))
      expect(standing).toMatchObject({ used: 3, resetsAt: undefined })
      expect(takeCall(standing).ok).toBe(false)
    })
  })

  test('whenever it is asked, now lies in the period, whose borders are months from the anchor', () => {
    fc.check(fc.integer({ min: 0, max: 10 * 366 * DAY_MS }), (passed) => {
      const now = instant(anchorAt + passed)
      const { startsAt, resetsAt } = serviceNow(monthly, subscription, undefined, now)
      expect(startsAt).toBeLessThanOrEqual(now)
      expect(resetsAt).toBeGreaterThan(now)
      const months = Array.from({ length: 125 }, (_, n) => plusMonths(zone, anchorAt, n))
      expect(months.indexOf(startsAt) + 1).toBe(months.indexOf(resetsAt as Instant))
    })
  })

  test('F85 F88: whatever is taken and given back at any time, no period has more calls than the plan, and none is lost', () => {
    const step = fc.record({ pauseMs: fc.integer({ min: 0, max: 9 * DAY_MS }), back: fc.boolean() })
    fc.check(fc.array(step, { maxLength: 60 }), fc.constantFrom(monthly, trial), (steps, rule) => {
      let now = anchorAt
      let count: ServiceCount | undefined
      const open: Instant[] = []
      const counted = new Map<number, number>()
      for (const { pauseMs, back } of steps) {
        now = instant(now + pauseMs)
        const takenIn = back ? open.shift() : undefined
        if (takenIn !== undefined && count) {
          count = giveBackCall(count, takenIn)
          counted.set(takenIn, (counted.get(takenIn) ?? 0) - 1)
          continue
        }
        const standing = serviceNow(rule, subscription, count, now)
        expect(standing.used).toBe(counted.get(standing.startsAt) ?? 0)
        const taken = takeCall(standing)
        expect(taken.ok).toBe(standing.used < rule.calls)
        if (!taken.ok) continue
        count = taken.value
        open.push(standing.startsAt)
        counted.set(standing.startsAt, standing.used + 1)
      }
      for (const calls of counted.values()) expect(calls).toBeLessThanOrEqual(rule.calls)
    })
  })
})

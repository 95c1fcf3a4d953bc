import { describe, expect, test } from 'vitest'

import { fc } from '../../../test/house/property.ts'
import { periodOf, type Cycle } from './cycle.ts'
import { minor, type Minor } from './money.ts'
import { quoteRefund } from './refund.ts'
import { DAY_MS } from './time.ts'
import { quoteUpgrade, type RunningTerm } from './upgrade.ts'
import { instant, type Instant } from './units.ts'

const zone = 'Asia/Shanghai'
const start = instant(Date.parse('2026-03-01T00:00:00+08:00'))
const PLANS = [
  { rank: 1, prices: { month: 4900, quarter: 13_230, year: 47_040 }, allowance: 2_000 },
  { rank: 2, prices: { month: 14_900, quarter: 40_230, year: 143_040 }, allowance: 10_000 },
  { rank: 3, prices: { month: 46_900, quarter: 126_630, year: 450_240 }, allowance: 40_000 },
] as const
const weeks = { month: 1, quarter: 3, year: 12 }

const term = (plan: number, cycle: Cycle, at: Instant, netPaid: Minor, used = 0): RunningTerm => ({
  rank: PLANS[plan]!.rank,
  cycle,
  anchorAt: at,
  periodNo: 0,
  period: periodOf(zone, at, cycle, 0),
  netPaid,
  allowance: PLANS[plan]!.allowance * weeks[cycle],
  used,
})
const wish = (plan: number, cycle: Cycle) => ({
  rank: PLANS[plan]!.rank,
  cycle,
  price: minor(PLANS[plan]!.prices[cycle]),
})

describe('the quote of an upgrade', () => {
  test('S14: at once after the purchase it costs the whole difference, at the end nearly nothing', () => {
    const from = term(0, 'month', start, minor(4900))
    const first = quoteUpgrade(zone, from, wish(2, 'month'), { anchor: 'keep' }, start)
    expect(first).toMatchObject({ ok: true, value: { credit: 4900, price: 46_900, due: 42_000, anchor: 'keep' } })
    const last = quoteUpgrade(zone, from, wish(2, 'month'), { anchor: 'keep' }, instant(from.period.endsAt - 1))
    expect(last).toMatchObject({ ok: true, value: { credit: 0, price: 1, due: 1 } })
  })

  test('it is refused where it would be no upgrade, or would owe the member money', () => {
    const from = term(1, 'year', start, minor(143_040))
    const rules = { anchor: 'restart' } as const
    expect(quoteUpgrade(zone, from, wish(0, 'year'), rules, start)).toMatchObject({ no: { code: 'not_higher' } })
    expect(quoteUpgrade(zone, from, wish(2, 'month'), rules, start)).toMatchObject({ no: { code: 'shorter_cycle' } })
    expect(quoteUpgrade(zone, from, wish(2, 'year'), rules, from.period.endsAt)).toMatchObject({
      no: { code: 'period_over' },
    })
    const dear = term(1, 'month', start, minor(1_000_000))
    expect(quoteUpgrade(zone, dear, wish(2, 'month'), rules, start)).toMatchObject({
      no: { code: 'credit_exceeds_price' },
    })
  })

  /**
   * A person who tries everything: uses, upgrades, takes a refund, at any times. `worth` is what was received, in money: for
   * each stretch of time the dearer of its share of the period's price and its share of the allowance that was used there.
   */
  test('F65: no sequence of purchase, use, upgrade, refund and coupon gives back more than was paid, or service for less', () => {
    const step = fc.record({
      kind: fc.constantFrom('wait', 'use', 'upgrade'),
      days: fc.integer({ min: 0, max: 20 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      plan: fc.integer({ min: 0, max: 2 }),
      cycle: fc.constantFrom<Cycle>('month', 'quarter', 'year'),
    })
    const anchor = fc.constantFrom<'keep' | 'restart'>('keep', 'restart')
    fc.check(anchor, fc.integer({ min: 0, max: 4900 }), fc.array(step, { maxLength: 12 }), (rule, discount, steps) => {
      let now = start
      let paid = 4900 - discount
      let plan = 0
      let running = term(0, 'month', now, minor(paid))
      // What the time that has gone by has cost, by the price paid for each stretch of it.
      let consumed = 0
      const passed = () =>
        running.netPaid * ((now - running.period.startsAt) / (running.period.endsAt - running.period.startsAt))
      for (const one of steps) {
        if (now >= running.period.endsAt) break
        if (one.kind === 'wait') now = instant(Math.min(now + one.days * DAY_MS, running.period.endsAt))
        else if (one.kind === 'use') {
          const used = running.used + Math.floor((running.allowance - running.used) * one.share)
          running = { ...running, used }
        } else {
          const quote = quoteUpgrade(zone, running, wish(one.plan, one.cycle), { anchor: rule }, now)
          if (!quote.ok) continue
          const { credit, due, price, period } = quote.value
          expect(due).toBe(price - credit)
          expect(due).toBeGreaterThanOrEqual(0)
          // The credit is never more than what was paid for the time that is left.
          consumed += passed()
          expect(credit).toBeLessThanOrEqual(running.netPaid)
          expect(credit).toBeLessThanOrEqual(paid - consumed + 1e-6)
          paid += due
          plan = one.plan
          const used = quote.value.windows === 'carry' ? running.used : 0
          const whole = PLANS[plan]!.allowance * weeks[one.cycle]
          running = {
            ...running,
            rank: PLANS[plan]!.rank,
            cycle: one.cycle,
            period,
            netPaid: minor(credit + due),
            allowance: whole,
            used,
          }
        }
      }
      const back = quoteRefund(running, { days: 366 }, now)
      expect(back.amount).toBeLessThanOrEqual(running.netPaid)
      expect(back.amount + consumed + passed()).toBeLessThanOrEqual(paid + 1e-6)
      if (running.used === running.allowance) expect(back.amount).toBe(0)
    })
  })

  test('F66: what was a gift is no credit: a free first month gives nothing for the second plan', () => {
    const quote = quoteUpgrade(zone, term(0, 'month', start, minor(0)), wish(1, 'month'), { anchor: 'keep' }, start)
    expect(quote).toMatchObject({ ok: true, value: { credit: 0, due: 14_900 } })
  })
})

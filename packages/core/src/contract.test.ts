import { describe, expect, test } from 'vitest'

import { fc } from '../../../test/house/property.ts'
import {
  chargeOpen,
  declined,
  ended,
  graceEndsAt,
  nextDue,
  noticed,
  renewed,
  servedUntil,
  withRenewal,
  type Contract,
  type RenewalRules,
} from './contract.ts'
import { periodOf, type Cycle } from './cycle.ts'
import { minor } from './money.ts'
import { DAY_MS, HOUR_MS } from './time.ts'
import { instant } from './units.ts'

const zone = 'Asia/Shanghai'
const rules: RenewalRules = { chargeBeforeMinutes: 60, noticeDays: [7, 1], retryHours: [24, 72, 120], graceDays: 7 }
const anchor = instant(Date.parse('2026-01-31T10:00:00+08:00'))

const contractOf = (cycle: Cycle = 'month'): Contract => ({
  status: 'active',
  planVersionId: 'plv_1',
  cycle,
  price: minor(4900),
  anchorAt: anchor,
  periodNo: 0,
  period: periodOf(zone, anchor, cycle, 0),
  renews: true,
  noticesSent: 0,
  declines: 0,
})

describe('a contract', () => {
  test('S13: notices, then a charge an hour before the end; each thing once', () => {
    let contract = contractOf()
    const kinds: string[] = []
    for (let i = 0; i < 3; i++) {
      const due = nextDue(contract, rules)!
      kinds.push(`${due.kind} ${Math.round((contract.period.endsAt - due.at) / HOUR_MS)}`)
      if (due.kind === 'notice') contract = noticed(contract)
    }
    expect(kinds).toEqual(['notice 168', 'notice 24', 'charge 1'])
  })

  test('declined charges are tried again by the schedule, then the contract ends with the grace', () => {
    let contract = declined(contractOf(), instant(contractOf().period.endsAt - HOUR_MS))
    const hours: number[] = []
    for (let due = nextDue(contract, rules); due?.kind === 'charge'; due = nextDue(contract, rules)) {
      hours.push((due.at - (contract.declinedAt as number)) / HOUR_MS)
      contract = declined(contract, due.at)
    }
    expect(hours).toEqual([24, 72, 120])
    expect(nextDue(contract, rules)).toEqual({ kind: 'end', why: 'unpaid', at: graceEndsAt(contract, rules) })
    expect(servedUntil(contract, rules)).toBe(contract.period.endsAt + 7 * DAY_MS)
  })

  test('while a charge is open nothing else is charged, and the plan is served', () => {
    const contract = chargeOpen(contractOf())
    expect(nextDue(contract, rules)).toMatchObject({ kind: 'end', why: 'unpaid' })
    expect(servedUntil(contract, rules)).toBe(graceEndsAt(contract, rules))
  })

  test('renewal off ends it with the period; a contract that has ended is left alone', () => {
    const off = withRenewal(contractOf(), false)
    expect(nextDue(off, rules)).toEqual({ kind: 'end', why: 'cancelled', at: off.period.endsAt })
    expect(nextDue(withRenewal(off, true), rules)).toMatchObject({ kind: 'notice' })
    expect(nextDue(ended(off), rules)).toBeUndefined()
  })

  test('S13: periods follow each other without gap or overlap, whatever happens and in every cycle', () => {
    const step = fc.constantFrom('renew', 'decline', 'notice', 'off', 'on')
    fc.check(fc.constantFrom<Cycle>('month', 'quarter', 'year'), fc.array(step, { maxLength: 40 }), (cycle, steps) => {
      let contract = contractOf(cycle)
      for (const one of steps) {
        const before = contract
        const at = instant(contract.period.endsAt - HOUR_MS)
        if (one === 'renew') contract = renewed(zone, contract)
        else if (one === 'decline') contract = declined(contract, at)
        else if (one === 'notice') contract = noticed(contract)
        else contract = withRenewal(contract, one === 'on')
        if (one === 'renew') expect(contract.period.startsAt).toBe(before.period.endsAt)
        else expect(contract.period).toEqual(before.period)
        const served = servedUntil(contract, rules)
        expect(served >= contract.period.endsAt && served <= graceEndsAt(contract, rules)).toBe(true)
        const due = nextDue(contract, rules)
        expect(due !== undefined && due.at <= graceEndsAt(contract, rules)).toBe(true)
      }
      expect(contract.period).toEqual(periodOf(zone, anchor, cycle, contract.periodNo))
    })
  })

  test('another cycle begins its own count where the paid time ends', () => {
    const next = { planVersionId: 'plv_2', cycle: 'year', price: minor(47_040) } as const
    const after = renewed(zone, { ...contractOf(), next })
    expect(after).toMatchObject({ ...next, periodNo: 0, next: undefined })
    expect(after.period.startsAt).toBe(contractOf().period.endsAt)
  })
})

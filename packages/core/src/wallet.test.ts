import { describe, expect, test } from 'vitest'

import { fc } from '../../../test/house/property.ts'
import { micros } from './units.ts'
import { emptyWallet, payCall, reserveCall, topUp, type PaidCall, type Wallet } from './wallet.ts'

const amount = fc.integer({ min: 0, max: 5_000 })
const step = fc.oneof(
  fc.record({ kind: fc.constant('pay in' as const), amount: fc.integer({ min: -3_000, max: 10_000 }) }),
  fc.record({ kind: fc.constant('begin' as const), amount, month: fc.constantFrom(null, '2026-01', '2026-02') }),
  fc.record({ kind: fc.constant('end' as const), amount, which: fc.nat(20) }),
)

describe('the wallet', () => {
  test('F49: in any order of payments and calls it never falls below zero, charges each call once, and keeps its cap', () => {
    fc.check(fc.array(step, { maxLength: 60 }), fc.option(amount), (steps, cap) => {
      const overflow = { ...emptyWallet.overflow, on: true, cap: cap === null ? null : micros(cap) }
      let wallet: Wallet = { ...emptyWallet, overflow }
      let paidIn = 0
      let charged = 0
      let month = ''
      let ofMonth = 0
      const open: PaidCall[] = []
      for (const one of steps) {
        if (one.kind === 'pay in') {
          const done = topUp(wallet, micros(one.amount))
          if (done.ok) paidIn += one.amount
          wallet = done.ok ? done.value : wallet
        } else if (one.kind === 'begin') {
          // Months go on; they do not come back.
          const call = {
            reserve: micros(one.amount),
            month: one.month !== null && one.month >= month ? one.month : null,
          }
          const done = reserveCall(wallet, call)
          if (!done.ok) continue
          if (call.month !== null && call.month !== month) {
            month = call.month
            ofMonth = 0
          }
          wallet = done.value
          open.push(call)
        } else {
          const [call] = open.splice(one.which % Math.max(1, open.length), 1)
          if (!call) continue
          const paid = payCall(wallet, call, micros(one.amount))
          wallet = paid.wallet
          charged += paid.charged
          if (call.month === month) ofMonth += paid.charged
          expect(paid.charged + paid.unpaid).toBe(one.amount)
        }
        expect(wallet.balance).toBe(paidIn - charged)
        expect(wallet.reserved).toBe(open.reduce((sum, call) => sum + call.reserve, 0))
        expect(wallet.reserved).toBeLessThanOrEqual(wallet.balance)
        if (cap !== null) expect(ofMonth).toBeLessThanOrEqual(cap)
      }
    })
  })

  test('F51: a call that costs nothing needs no balance', () => {
    expect(reserveCall(emptyWallet, { reserve: micros(0), month: null }).ok).toBe(true)
    expect(reserveCall(emptyWallet, { reserve: micros(1), month: null })).toMatchObject({ no: { code: 'balance_low' } })
  })
})

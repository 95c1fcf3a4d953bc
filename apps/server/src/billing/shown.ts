import { moneyText, type Instant, type Minor } from '@codeplan/core'
import type { Money, Order } from '@codeplan/contract'

import type { WalletStanding } from '../entitlements/index.ts'
import type { PaymentRow } from './payments-store.ts'
import type { OrderRow } from './store.ts'

/** Rows as outsiders see them. */
export const moneyOf = (amount: Minor, currency: string): Money => ({ amount: moneyText(amount, currency), currency })
export const isoOf = (at: Instant | number): string => new Date(at).toISOString()

const MICROS_PER_UNIT = 1e8
/** Calls cost fractions of the minor unit, so six decimals are shown. */
export const shownMicros = (amount: number): string =>
  (amount / MICROS_PER_UNIT).toFixed(6).replace(/(\.\d\d)0{4}$/, '$1')

export const shownBalance = ({ currency, balance, reserved, available, overflow }: WalletStanding) => ({
  currency,
  balance: shownMicros(balance),
  reserved: shownMicros(reserved),
  available: shownMicros(available),
  overflow: {
    on: overflow.on,
    monthly_cap: overflow.cap === null ? null : shownMicros(overflow.cap),
    spent_this_month: shownMicros(overflow.spentThisMonth),
  },
})

export function shownOrder(row: OrderRow): Order {
  const money = (amount: Minor): Money => moneyOf(amount, row.currency)
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    plan: row.plan,
    cycle: row.cycle,
    price: money(row.price),
    discount: money(row.discount),
    credit: money(row.credit),
    due: money(row.amount),
    created_at: isoOf(row.created_at),
    expires_at: isoOf(row.expires_at),
  }
}

export const shownPayment = (row: PaymentRow) => ({
  state: row.state,
  provider: row.provider,
  amount: moneyOf(row.amount, row.currency),
  redirect_url: row.state === 'action_required' ? (row.action?.redirectUrl ?? null) : null,
  failure: row.failure,
})

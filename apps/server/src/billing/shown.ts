import { moneyText, type Instant, type Minor } from '@codeplan/core'
import type { Money, Order } from '@codeplan/contract'

import type { PaymentRow } from './payments-store.ts'
import type { OrderRow } from './store.ts'

/** Rows as outsiders see them. */
export const moneyOf = (amount: Minor, currency: string): Money => ({ amount: moneyText(amount, currency), currency })
export const isoOf = (at: Instant | number): string => new Date(at).toISOString()

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

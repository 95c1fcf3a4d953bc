import { randomBytes } from 'node:crypto'

import {
  makeId,
  minor,
  no,
  readMoney,
  yes,
  type Cycle,
  type Instant,
  type Minor,
  type Outcome,
  type PlanTerms,
} from '@codeplan/core'

import type { Tx } from '../platform/index.ts'
import type { NoCoupon } from './coupons.ts'
import { insertOrder, openPurchase, orderByKey, type OrderDraft, type OrderRow } from './store.ts'

export type OrderRefusal =
  | { readonly code: 'no_such_plan'; readonly plan: string; readonly plans: readonly string[] }
  | { readonly code: 'cycle_not_sold'; readonly cycle: Cycle; readonly cycles: readonly string[] }
  | { readonly code: 'already_subscribed'; readonly plan: string; readonly endsAt: Instant; readonly renews: boolean }
  | { readonly code: 'order_open'; readonly orderId: string }
  | { readonly code: 'coupon'; readonly why: NoCoupon }

/** Writes an order, once per request key. Whoever asks again with the same one is answered with the same order. */
export async function placeOrder(
  tx: Tx,
  draft: Omit<OrderDraft, 'id'>,
  now: Instant,
): Promise<Outcome<{ readonly order: OrderRow; readonly isNew: boolean }, OrderRefusal>> {
  const id = makeId('ord', now, randomBytes(16))
  const order = await insertOrder(tx, { ...draft, id }, now)
  if (order) return yes({ order, isNew: true })
  const same = await orderByKey(tx, draft.member_id, draft.request_key)
  if (same) return yes({ order: same, isNew: false })
  const open = draft.plan === null ? undefined : await openPurchase(tx, draft.member_id, draft.plan)
  if (open) return no({ code: 'order_open', orderId: open.id })
  throw new Error('an order was neither written nor there')
}

/** The fee of a plan version for a cycle; undefined when it is not sold so. */
export function priceOf(terms: PlanTerms, cycle: Cycle, currency: string): Minor | undefined {
  const text = terms.prices[cycle]
  if (text === undefined) return undefined
  const read = readMoney(text, currency)
  if (!read.ok) throw new Error(`plan ${terms.plan} has a price of ${text} ${currency}: ${read.no}`)
  return minor(read.value)
}

import { randomBytes } from 'node:crypto'

import {
  makeId,
  minor,
  MINUTE_MS,
  no,
  NOTHING,
  plusMs,
  readMoney,
  yes,
  type Cycle,
  type Instant,
  type MemberId,
  type Minor,
  type Outcome,
  type PlanTerms,
} from '@codeplan/core'

import type { Tx } from '../platform/index.ts'
import { readCoupon, useCoupon, type NoCoupon } from './coupons.ts'
import type { BillingDeps } from './deps.ts'
import { insertOrder, openPurchase, orderByKey, runningContract, type OrderDraft, type OrderRow } from './store.ts'

export type OrderRefusal =
  | { readonly code: 'no_such_plan'; readonly plan: string; readonly plans: readonly string[] }
  | { readonly code: 'cycle_not_sold'; readonly cycle: Cycle; readonly cycles: readonly string[] }
  | { readonly code: 'already_subscribed'; readonly plan: string; readonly endsAt: Instant; readonly renews: boolean }
  | { readonly code: 'order_open'; readonly orderId: string }
  | { readonly code: 'coupon'; readonly why: NoCoupon }

export interface PurchaseWish {
  readonly memberId: MemberId
  readonly plan: string
  readonly cycle: Cycle
  readonly coupon?: string | undefined
  /** The caller's name for this wish: sent twice, it is one order (F68). */
  readonly requestKey: string
  /** How long it waits for its payment; the catalog's `order_minutes` when left out. */
  readonly holdMs?: number | undefined
}

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

/** The order of a first, or a new, subscription. The limited sale calls it in the transaction that takes the piece. */
export async function placePurchase(
  deps: Pick<BillingDeps, 'catalog'>,
  tx: Tx,
  wish: PurchaseWish,
  now: Instant,
): Promise<Outcome<{ readonly order: OrderRow; readonly isNew: boolean }, OrderRefusal>> {
  const { memberId, plan, cycle, requestKey } = wish
  const again = await orderByKey(tx, memberId, requestKey)
  if (again) return yes({ order: again, isNew: false })
  const catalog = deps.catalog.current()
  const version = catalog.plans.has(plan) ? await deps.catalog.newestPlanVersion(tx, plan) : undefined
  if (!version) return no({ code: 'no_such_plan', plan, plans: [...catalog.plans.keys()] })
  const { currency } = catalog.operator
  const price = priceOf(version.terms, cycle, currency)
  if (price === undefined) {
    return no({ code: 'cycle_not_sold', cycle, cycles: Object.keys(version.terms.prices) })
  }
  const running = await runningContract(tx, memberId)
  if (running) {
    const terms = (await deps.catalog.planVersions(tx, [running.terms.planVersionId])).get(running.terms.planVersionId)
    const { period, renews } = running.terms
    return no({ code: 'already_subscribed', plan: (terms as PlanTerms).plan, endsAt: period.endsAt, renews })
  }
  let discount = NOTHING
  if (wish.coupon !== undefined) {
    const found = await readCoupon(tx, { code: wish.coupon, memberId, plan, price }, now)
    if (!found.ok) return no({ code: 'coupon', why: found.no })
    discount = found.value
  }
  const draft = {
    member_id: memberId,
    kind: 'purchase',
    plan,
    plan_version_id: version.id,
    cycle,
    currency,
    price,
    discount,
    credit: NOTHING,
    coupon: wish.coupon ?? null,
    subscription_id: null,
    quote: {},
    expires_at: plusMs(now, wish.holdMs ?? catalog.billing.order_minutes * MINUTE_MS),
    request_key: requestKey,
  } as const
  const placed = await placeOrder(tx, draft, now)
  if (placed.ok && placed.value.isNew && wish.coupon !== undefined) {
    const used = await useCoupon(tx, wish.coupon, memberId, placed.value.order.id)
    if (!used.ok) return no({ code: 'coupon', why: used.no })
  }
  return placed
}

/** The fee of a plan version for a cycle; undefined when it is not sold so. */
export function priceOf(terms: PlanTerms, cycle: Cycle, currency: string): Minor | undefined {
  const text = terms.prices[cycle]
  if (text === undefined) return undefined
  const read = readMoney(text, currency)
  if (!read.ok) throw new Error(`plan ${terms.plan} has a price of ${text} ${currency}: ${read.no}`)
  return minor(read.value)
}

import { randomBytes } from 'node:crypto'

import {
  makeId,
  MINUTE_MS,
  no,
  NOTHING,
  plusMs,
  yes,
  type Cycle,
  type Instant,
  type MemberId,
  type Outcome,
  type PlanTerms,
} from '@codeplan/core'

import type { Tx } from '../platform/index.ts'
import { readCoupon, useCoupon } from './coupons.ts'
import type { BillingDeps } from './deps.ts'
import { placeOrder, priceOf, type OrderRefusal } from './order.ts'
import { insertOrders, purchasesBefore } from './purchase-store.ts'
import type { ContractRow, OrderDraft, OrderRow } from './store.ts'

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

/** What a wish comes to: an order that is to be written, or the one that was written for it before. */
export type Purchase =
  | { readonly kind: 'new'; readonly draft: OrderDraft }
  | { readonly kind: 'again'; readonly order: OrderRow }

type Deps = Pick<BillingDeps, 'catalog'>

/** The order of a first, or a new, subscription. */
export async function placePurchase(
  deps: Deps,
  tx: Tx,
  wish: PurchaseWish,
  now: Instant,
): Promise<Outcome<{ readonly order: OrderRow; readonly isNew: boolean }, OrderRefusal>> {
  const [looked] = await lookAtPurchases(deps, tx, [wish], now)
  if (!looked) throw new Error('a wish was not looked at')
  if (!looked.ok) return looked
  if (looked.value.kind === 'again') return yes({ order: looked.value.order, isNew: false })
  const { draft } = looked.value
  const [order] = await writePurchases(tx, [draft], now)
  // Somebody else has written it in this moment.
  return order ? yes({ order, isNew: true }) : placeOrder(tx, draft, now)
}

/**
 * Looks at wishes of any number of members without writing anything. A coupon stays locked, so of several wishes with coupons
 * each is written before the next one is looked at.
 */
export async function lookAtPurchases(
  deps: Deps,
  tx: Tx,
  wishes: readonly PurchaseWish[],
  now: Instant,
): Promise<readonly Outcome<Purchase, OrderRefusal>[]> {
  const members = [...new Set(wishes.map(({ memberId }) => memberId))]
  const found = await purchasesBefore(tx, wishes, members)
  const before = new Map(found.before.map((row) => [`${row.member_id} ${row.request_key}`, row]))
  const open = new Map(found.open.map((row) => [`${row.member_id} ${row.plan}`, row]))
  const running = new Map(found.running.map((row) => [row.member_id, row]))
  const { plans } = deps.catalog.current()
  const versions = new Map([...(await deps.catalog.newestPlanVersions(tx))].filter(([plan]) => plans.has(plan)))
  const looked: Outcome<Purchase, OrderRefusal>[] = []
  for (const wish of wishes) {
    const same = before.get(`${wish.memberId} ${wish.requestKey}`)
    const other = open.get(`${wish.memberId} ${wish.plan}`)
    if (same) looked.push(yes({ kind: 'again', order: same }))
    else if (other) looked.push(no({ code: 'order_open', orderId: other.id }))
    else looked.push(await draftOf(deps, tx, { wish, versions, running: running.get(wish.memberId) }, now))
  }
  return looked
}

type Versions = Awaited<ReturnType<BillingDeps['catalog']['newestPlanVersions']>>

async function draftOf(
  deps: Deps,
  tx: Tx,
  of: { readonly wish: PurchaseWish; readonly versions: Versions; readonly running: ContractRow | undefined },
  now: Instant,
): Promise<Outcome<Purchase, OrderRefusal>> {
  const { wish, versions, running } = of
  const { memberId, plan, cycle } = wish
  const catalog = deps.catalog.current()
  const version = versions.get(plan)
  if (!version) return no({ code: 'no_such_plan', plan, plans: [...catalog.plans.keys()] })
  const { currency } = catalog.operator
  const price = priceOf(version.terms, cycle, currency)
  if (price === undefined) {
    return no({ code: 'cycle_not_sold', cycle, cycles: Object.keys(version.terms.prices) })
  }
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
    id: makeId('ord', now, randomBytes(16)),
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
    request_key: wish.requestKey,
  } as const
  return yes({ kind: 'new', draft })
}

/** Writes orders that were looked at; one that somebody else has written meanwhile is not among the answers. */
export async function writePurchases(
  tx: Tx,
  drafts: readonly OrderDraft[],
  now: Instant,
): Promise<readonly OrderRow[]> {
  const orders = await insertOrders(tx, drafts, now)
  for (const { coupon, member_id, id } of orders) {
    if (coupon === null) continue
    const used = await useCoupon(tx, coupon, member_id, id)
    if (!used.ok) throw new Error(`order ${id}: its coupon was locked, and is used up: ${used.no}`)
  }
  return orders
}

import type { Instant, MemberId, Minor } from '@codeplan/core'

import type { OrderRow, PaymentRow, RefundRow } from '../billing/index.ts'
import { sql, type Queries } from '../platform/index.ts'

export interface Page {
  readonly before?: string | undefined
  readonly limit: number
}

export type OrderListRow = OrderRow & { readonly email: string }

/** The newest first, a page at a time. */
export async function ordersPage(
  on: Queries,
  wish: Page & {
    readonly id?: string
    readonly state?: string | undefined
    readonly kind?: string | undefined
    readonly member?: string | undefined
  },
): Promise<readonly OrderListRow[]> {
  const id = wish.id === undefined ? sql`` : sql`and o.id = ${wish.id}`
  const state = wish.state === undefined ? sql`` : sql`and o.state = ${wish.state}`
  const kind = wish.kind === undefined ? sql`` : sql`and o.kind = ${wish.kind}`
  const member = wish.member === undefined ? sql`` : sql`and o.member_id = ${wish.member}`
  const page = wish.before === undefined ? sql`` : sql`and o.id < ${wish.before}`
  const { rows } = await sql<OrderListRow>`select o.*, m.email from orders o join members m on m.id = o.member_id
    where true ${id} ${state} ${kind} ${member} ${page} order by o.id desc limit ${wish.limit}`.execute(on)
  return rows
}

export type PaymentListRow = PaymentRow & { readonly email: string; readonly kind: OrderRow['kind'] }

export async function paymentsPage(
  on: Queries,
  wish: Page & {
    readonly order?: string
    readonly state?: string | undefined
    readonly provider?: string | undefined
    /** Only those that nobody has told us of since. */
    readonly stuckSince?: Instant | undefined
  },
): Promise<readonly PaymentListRow[]> {
  const order = wish.order === undefined ? sql`` : sql`and p.order_id = ${wish.order}`
  const state = wish.state === undefined ? sql`` : sql`and p.state = ${wish.state}`
  const provider = wish.provider === undefined ? sql`` : sql`and p.provider = ${wish.provider}`
  const stuck = wish.stuckSince === undefined ? sql`` : sql`and ${stuckBefore(wish.stuckSince)}`
  const page = wish.before === undefined ? sql`` : sql`and p.id < ${wish.before}`
  const { rows } = await sql<PaymentListRow>`select p.*, m.email, o.kind from payments p
    join members m on m.id = p.member_id join orders o on o.id = p.order_id
    where true ${order} ${state} ${provider} ${stuck} ${page} order by p.id desc limit ${wish.limit}`.execute(on)
  return rows
}

/** A page that somebody has opened and left is not stuck: that is `action_required`. */
export const stuckBefore = (since: Instant) =>
  sql`p.check_at is not null and p.state in ('created', 'pending') and p.created_at < ${since}`

export type RefundListRow = RefundRow & {
  readonly updated_at: Instant
  readonly member_id: MemberId
  readonly email: string
  readonly provider: string
  readonly currency: string
}

export async function refundsPage(
  on: Queries,
  wish: Page & { readonly order?: string; readonly state?: string | undefined },
): Promise<readonly RefundListRow[]> {
  const order = wish.order === undefined ? sql`` : sql`and p.order_id = ${wish.order}`
  const state = wish.state === undefined ? sql`` : sql`and r.state = ${wish.state}`
  const page = wish.before === undefined ? sql`` : sql`and r.id < ${wish.before}`
  const { rows } = await sql<RefundListRow>`select r.*, p.member_id, m.email, p.provider, p.currency from refunds r
    join payments p on p.id = r.payment_id join members m on m.id = p.member_id
    where true ${order} ${state} ${page} order by r.id desc limit ${wish.limit}`.execute(on)
  return rows
}

export async function invoiceOfOrder(on: Queries, orderId: string): Promise<string | null> {
  const { rows } = await sql<{ number: string }>`select number from invoices where order_id = ${orderId}`.execute(on)
  return rows[0]?.number ?? null
}

export interface PostedRow {
  readonly at: Instant
  readonly kind: string
  readonly account: string
  readonly currency: string
  readonly amount: number
}

/** What the ledger says under these keys, in their order. */
export async function postingsByKey(on: Queries, keys: readonly string[]): Promise<readonly PostedRow[]> {
  const { rows } = await sql<PostedRow>`select p.posted_at as at, p.kind, e.account, e.currency, e.amount
    from ledger_postings p join ledger_entries e on e.posting_id = p.id
    where p.idempotency_key = any(${[...keys]}) order by array_position(${[...keys]}::text[], p.idempotency_key), e.amount`.execute(
    on,
  )
  return rows
}

export interface CouponListRow {
  readonly code: string
  readonly terms: {
    readonly percent?: number
    readonly amount?: Minor
    readonly plans: readonly string[]
    readonly usesMax: number | null
  }
  readonly uses: number
  readonly created_at: number
  readonly created_by: string
}
export const COUPONS_LISTED = 500
export async function couponsList(on: Queries): Promise<readonly CouponListRow[]> {
  const { rows } = await sql<CouponListRow>`select * from coupons
    order by created_at desc, code limit ${COUPONS_LISTED}`.execute(on)
  return rows
}

export interface RedeemBatch {
  readonly gift: { readonly plan: string; readonly months: number } | { readonly balance: string }
  readonly created_at: number
  readonly created_by: string
  readonly codes: number
  readonly redeemed: number
}
/** Codes that were made together; the codes themselves are nowhere. */
export async function redeemBatches(on: Queries): Promise<readonly RedeemBatch[]> {
  const { rows } = await sql<RedeemBatch>`select gift, created_at, created_by, count(*)::int as codes,
      count(redeemed_at)::int as redeemed
    from redeem_codes group by gift, created_at, created_by order by created_at desc limit ${COUPONS_LISTED}`.execute(
    on,
  )
  return rows
}

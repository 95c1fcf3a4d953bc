import {
  instant,
  minor,
  type Contract,
  type Cycle,
  type Instant,
  type MemberId,
  type Minor,
  type OrderId,
  type OrderState,
  type SubscriptionId,
  type UpgradeQuote,
} from '@codeplan/core'

import { jsonb, sql, type Queries, type Tx } from '../platform/index.ts'

export type OrderKind = 'purchase' | 'upgrade' | 'renewal' | 'balance' | 'seats'

/** What was shown before the payment, as it is carried out. */
export interface OrderQuote {
  readonly upgrade?: UpgradeQuote
  /** Of a renewal: the start of the period it pays for. */
  readonly periodStartsAt?: Instant
  /** `renews`: the contract whose next period it pays for. */
  readonly seats?: { readonly teamId: string; readonly count: number; readonly renews?: OrderId | undefined }
}

export interface OrderRow {
  readonly id: OrderId
  readonly member_id: MemberId
  readonly kind: OrderKind
  readonly state: OrderState
  readonly plan: string | null
  readonly plan_version_id: string | null
  readonly cycle: Cycle | null
  readonly currency: string
  readonly price: Minor
  readonly discount: Minor
  readonly credit: Minor
  readonly amount: Minor
  readonly coupon: string | null
  readonly subscription_id: SubscriptionId | null
  readonly quote: OrderQuote
  readonly expires_at: Instant
  readonly request_key: string
  readonly created_at: Instant
  readonly closed_at: Instant | null
}

export type OrderDraft = Pick<
  OrderRow,
  | 'id'
  | 'member_id'
  | 'kind'
  | 'plan'
  | 'plan_version_id'
  | 'cycle'
  | 'currency'
  | 'price'
  | 'discount'
  | 'credit'
  | 'coupon'
  | 'subscription_id'
  | 'quote'
  | 'expires_at'
  | 'request_key'
>

/** Answers the order, or undefined when the member has one of this request key, or an open one for this plan. */
export async function insertOrder(tx: Tx, draft: OrderDraft, now: Instant): Promise<OrderRow | undefined> {
  const amount = minor(draft.price - draft.discount - draft.credit)
  const { rows } =
    await sql<OrderRow>`insert into orders (id, member_id, kind, plan, plan_version_id, cycle, currency, price,
      discount, credit, amount, coupon, subscription_id, quote, expires_at, request_key, created_at)
    values (${draft.id}, ${draft.member_id}, ${draft.kind}, ${draft.plan}, ${draft.plan_version_id}, ${draft.cycle},
      ${draft.currency}, ${draft.price}, ${draft.discount}, ${draft.credit}, ${amount}, ${draft.coupon},
      ${draft.subscription_id}, ${jsonb(draft.quote)}::jsonb, ${draft.expires_at}, ${draft.request_key}, ${now})
    on conflict do nothing returning *`.execute(tx)
  return rows[0]
}

export async function orderByKey(on: Queries | Tx, memberId: MemberId, key: string): Promise<OrderRow | undefined> {
  const { rows } =
    await sql<OrderRow>`select * from orders where member_id = ${memberId} and request_key = ${key}`.execute(on)
  return rows[0]
}

export async function openPurchase(on: Queries | Tx, memberId: MemberId, plan: string): Promise<OrderRow | undefined> {
  const { rows } = await sql<OrderRow>`select * from orders where member_id = ${memberId} and plan = ${plan}
    and state = 'open' and kind = 'purchase'`.execute(on)
  return rows[0]
}

export async function orderById(on: Queries | Tx, id: string): Promise<OrderRow | undefined> {
  const { rows } = await sql<OrderRow>`select * from orders where id = ${id}`.execute(on)
  return rows[0]
}

export async function lockOrder(tx: Tx, id: string): Promise<OrderRow | undefined> {
  const { rows } = await sql<OrderRow>`select * from orders where id = ${id} for update`.execute(tx)
  return rows[0]
}

export async function ordersOf(on: Queries, memberId: MemberId, limit: number): Promise<readonly OrderRow[]> {
  const { rows } =
    await sql<OrderRow>`select * from orders where member_id = ${memberId} order by id desc limit ${limit}`.execute(on)
  return rows
}

/** The bill of a renewal that is not paid. */
export async function openRenewal(on: Queries | Tx, subscriptionId: string): Promise<OrderRow | undefined> {
  const { rows } = await sql<OrderRow>`select * from orders where subscription_id = ${subscriptionId}
    and kind = 'renewal' and state = 'open' order by id desc limit 1`.execute(on)
  return rows[0]
}

export async function closeOrder(
  tx: Tx,
  id: OrderId,
  to: { readonly state: OrderState; readonly subscriptionId?: SubscriptionId | undefined },
  now: Instant,
): Promise<void> {
  await sql`update orders set state = ${to.state}, closed_at = ${now},
    subscription_id = coalesce(${to.subscriptionId ?? null}, subscription_id) where id = ${id}`.execute(tx)
}

/** Open orders whose time is over, oldest first. */
export async function expiredOrders(on: Queries, now: Instant, limit: number): Promise<readonly OrderId[]> {
  const { rows } = await sql<{ id: OrderId }>`select id from orders where state = 'open' and expires_at <= ${now}
    order by expires_at limit ${limit}`.execute(on)
  return rows.map((row) => row.id)
}

export interface ContractRow {
  readonly subscription_id: SubscriptionId
  readonly member_id: MemberId
  readonly currency: string
  readonly terms: Contract
  readonly method_id: string | null
  readonly due_at: Instant | null
  readonly ended_why: string | null
  readonly ended_at: Instant | null
}

export const CONTRACT = 'subscription_id, member_id, currency, terms, method_id, due_at, ended_why, ended_at'

/** False when the member has one that runs. */
export async function insertContract(
  tx: Tx,
  row: Pick<ContractRow, 'subscription_id' | 'member_id' | 'currency' | 'terms' | 'method_id' | 'due_at'>,
  now: Instant,
): Promise<boolean> {
  const { rows } =
    await sql`insert into contracts (subscription_id, member_id, status, currency, terms, method_id, due_at, created_at)
    values (${row.subscription_id}, ${row.member_id}, ${row.terms.status}, ${row.currency}, ${jsonb(row.terms)}::jsonb,
    ${row.method_id}, ${row.due_at}, ${now}) on conflict do nothing returning subscription_id`.execute(tx)
  return rows.length > 0
}

export async function runningContract(
  on: Queries | Tx,
  memberId: MemberId,
  lock: 'locked' | 'read' = 'read',
): Promise<ContractRow | undefined> {
  const { rows } = await sql<ContractRow>`select ${sql.raw(CONTRACT)} from contracts where member_id = ${memberId}
    and status <> 'ended' ${lock === 'locked' ? sql`for update` : sql``}`.execute(on)
  return rows[0]
}

export async function contractsOf(on: Queries | Tx, memberId: MemberId): Promise<readonly ContractRow[]> {
  const { rows } = await sql<ContractRow>`select ${sql.raw(CONTRACT)} from contracts where member_id = ${memberId}
    order by created_at desc`.execute(on)
  return rows
}

export async function lockContract(tx: Tx, subscriptionId: string): Promise<ContractRow | undefined> {
  const { rows } = await sql<ContractRow>`select ${sql.raw(CONTRACT)} from contracts
    where subscription_id = ${subscriptionId} for update`.execute(tx)
  return rows[0]
}

export async function saveContract(
  tx: Tx,
  row: Pick<ContractRow, 'subscription_id' | 'terms' | 'method_id' | 'due_at'>,
  /** A new period may be a subscription of its own, which the contract then is of. */
  moved: {
    readonly to?: SubscriptionId | undefined
    readonly endedWhy?: string | undefined
    readonly now?: Instant
  } = {},
): Promise<void> {
  await sql`update contracts set terms = ${jsonb(row.terms)}::jsonb, status = ${row.terms.status}, method_id = ${row.method_id},
    due_at = ${row.due_at}, subscription_id = ${moved.to ?? row.subscription_id},
    ended_why = ${moved.endedWhy ?? null}, ended_at = ${moved.endedWhy ? (moved.now ?? null) : null}
    where subscription_id = ${row.subscription_id}`.execute(tx)
}

/** Subscriptions whose contract the clock has to do with, the most overdue first. */
export async function dueContracts(on: Queries, now: Instant, limit: number): Promise<readonly SubscriptionId[]> {
  const { rows } = await sql<{ subscription_id: SubscriptionId }>`select subscription_id from contracts
    where due_at <= ${now} order by due_at, subscription_id limit ${limit}`.execute(on)
  return rows.map((row) => row.subscription_id)
}

export interface PaidPeriod {
  readonly subscription_id: SubscriptionId
  readonly starts_at: Instant
  readonly ends_at: Instant
  readonly net: Minor
  readonly order_id: OrderId
}

export async function insertPeriod(tx: Tx, row: PaidPeriod): Promise<void> {
  await sql`insert into paid_periods (subscription_id, starts_at, ends_at, net, order_id)
    values (${row.subscription_id}, ${row.starts_at}, ${row.ends_at}, ${row.net}, ${row.order_id})`.execute(tx)
}

/** The period that an instant lies in. */
export async function periodAt(on: Queries | Tx, subscriptionId: string, at: Instant): Promise<PaidPeriod | undefined> {
  const { rows } = await sql<PaidPeriod>`select * from paid_periods where subscription_id = ${subscriptionId}
    and starts_at <= ${at} and ends_at > ${at}`.execute(on)
  return rows[0]
}

/** A period that ends early, and what of its money went elsewhere. */
export async function cutPeriod(tx: Tx, period: PaidPeriod, at: Instant, taken: Minor): Promise<void> {
  await sql`update paid_periods set ends_at = greatest(${at}, starts_at + 1), net = net - ${taken}
    where subscription_id = ${period.subscription_id} and starts_at = ${period.starts_at}`.execute(tx)
}

/** Periods of a subscription that are paid and have not begun. */
export async function periodsAfter(tx: Tx, subscriptionId: string, at: Instant): Promise<readonly PaidPeriod[]> {
  const { rows } = await sql<PaidPeriod>`select * from paid_periods where subscription_id = ${subscriptionId}
    and starts_at > ${at} order by starts_at`.execute(tx)
  return rows
}

/** A number without gaps for an invoice of this year. */
export async function nextInvoiceNumber(tx: Tx, year: number): Promise<number> {
  const { rows } = await sql<{ last: number }>`insert into invoice_numbers (year, last) values (${year}, 1)
    on conflict (year) do update set last = invoice_numbers.last + 1 returning last`.execute(tx)
  return rows[0]?.last as number
}

/** When the clock has to do with the shop next. */
export async function nextDueAt(on: Queries): Promise<Instant | undefined> {
  const { rows } = await sql<{ at: number | null }>`select min(at) as at from (
    select min(due_at) as at from contracts union all
    select min(due_at) from seat_contracts union all
    select min(expires_at) from orders where state = 'open' union all
    select min(check_at) from payments union all
    select min(check_at) from method_setups union all
    select min(check_at) from refunds) d`.execute(on)
  const at = rows[0]?.at
  return at === null || at === undefined ? undefined : instant(at)
}

/** Balances below what their members want to be told of, and the posting that filled them last. */
export async function lowBalances(
  on: Queries,
): Promise<readonly { readonly member_id: MemberId; readonly balance: number; readonly filled_by: string }[]> {
  const { rows } = await sql<{ member_id: MemberId; balance: number; filled_by: string }>`
    select w.member_id, w.balance, coalesce((select max(e.posting_id) from ledger_entries e
      where e.account = 'balance:' || w.member_id and e.amount > 0), '') as filled_by
    from members m join wallets w on w.member_id = m.id
    where m.balance_notice is not null and w.balance < m.balance_notice`.execute(on)
  return rows
}

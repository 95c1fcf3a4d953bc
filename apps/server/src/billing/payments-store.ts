import type { Instant, MemberId, Minor, OrderId, PaymentId, PaymentState, RefundId } from '@codeplan/core'

import { jsonb, sql, type Queries, type Tx } from '../platform/index.ts'
import type { BoundMethod, News } from './providers/port.ts'

export interface PaymentRow {
  readonly id: PaymentId
  readonly order_id: OrderId
  readonly member_id: MemberId
  readonly provider: string
  readonly method_id: string | null
  readonly state: PaymentState
  readonly currency: string
  readonly amount: Minor
  readonly provider_ref: string | null
  readonly action: { readonly redirectUrl: string } | null
  readonly failure: string | null
  readonly kept: boolean | null
  readonly created_at: Instant
  readonly updated_at: Instant
  readonly check_at: Instant | null
}

export async function insertPayment(
  tx: Tx,
  row: Pick<
    PaymentRow,
    'id' | 'order_id' | 'member_id' | 'provider' | 'method_id' | 'currency' | 'amount' | 'check_at'
  >,
  now: Instant,
): Promise<void> {
  await sql`insert into payments (id, order_id, member_id, provider, method_id, state, currency, amount, created_at, updated_at, check_at)
    values (${row.id}, ${row.order_id}, ${row.member_id}, ${row.provider}, ${row.method_id}, 'created', ${row.currency},
    ${row.amount}, ${now}, ${now}, ${row.check_at})`.execute(tx)
}

export async function paymentById(on: Queries | Tx, id: string): Promise<PaymentRow | undefined> {
  const { rows } = await sql<PaymentRow>`select * from payments where id = ${id}`.execute(on)
  return rows[0]
}

export async function lockPayment(tx: Tx, id: string): Promise<PaymentRow | undefined> {
  const { rows } = await sql<PaymentRow>`select * from payments where id = ${id} for update`.execute(tx)
  return rows[0]
}

export async function paymentsOf(on: Queries | Tx, orderId: OrderId): Promise<readonly PaymentRow[]> {
  const { rows } = await sql<PaymentRow>`select * from payments where order_id = ${orderId} order by id`.execute(on)
  return rows
}

export async function savePayment(
  tx: Tx,
  row: Pick<PaymentRow, 'id' | 'state' | 'provider_ref' | 'action' | 'failure' | 'kept' | 'method_id' | 'check_at'>,
  now: Instant,
): Promise<void> {
  await sql`update payments set state = ${row.state}, provider_ref = ${row.provider_ref},
    action = ${row.action === null ? null : jsonb(row.action)}::jsonb, failure = ${row.failure}, kept = ${row.kept},
    method_id = ${row.method_id}, check_at = ${row.check_at}, updated_at = ${now} where id = ${row.id}`.execute(tx)
}

/** Payments that nobody has told us about for too long. */
export async function paymentsToCheck(on: Queries, now: Instant, limit: number): Promise<readonly PaymentRow[]> {
  const { rows } = await sql<PaymentRow>`select * from payments where check_at <= ${now}
    order by check_at limit ${limit}`.execute(on)
  return rows
}

export async function checkPaymentAt(on: Queries | Tx, id: PaymentId, at: Instant | null): Promise<void> {
  await sql`update payments set check_at = ${at} where id = ${id}`.execute(on)
}

/** Everything that is not settled, or one payment of it, is asked about now. */
export async function askSoon(tx: Tx, now: Instant, paymentId?: string): Promise<number> {
  if (paymentId !== undefined) {
    const { rows } = await sql`update payments set check_at = ${now}
      where id = ${paymentId} and check_at is not null returning id`.execute(tx)
    return rows.length
  }
  const { rows } = await sql<{ count: number }>`with p as (
      update payments set check_at = ${now} where check_at is not null returning id),
    r as (update refunds set check_at = ${now} where check_at is not null returning id)
    select (select count(*) from p)::int + (select count(*) from r)::int as count`.execute(tx)
  return rows[0]?.count ?? 0
}

export interface RefundRow {
  readonly id: RefundId
  readonly payment_id: PaymentId
  readonly amount: Minor
  readonly reason: string
  readonly state: 'requested' | 'pending' | 'succeeded' | 'failed'
  readonly provider_ref: string | null
  readonly failure: string | null
  readonly check_at: Instant | null
  readonly created_at: Instant
}

export async function insertRefund(
  tx: Tx,
  row: Pick<RefundRow, 'id' | 'payment_id' | 'amount' | 'reason'>,
  now: Instant,
): Promise<void> {
  await sql`insert into refunds (id, payment_id, amount, reason, state, created_at, updated_at, check_at)
    values (${row.id}, ${row.payment_id}, ${row.amount}, ${row.reason}, 'requested', ${now}, ${now}, ${now})`.execute(
    tx,
  )
}

export async function refundsToSend(on: Queries, now: Instant, limit: number): Promise<readonly RefundRow[]> {
  const { rows } = await sql<RefundRow>`select * from refunds where check_at <= ${now}
    order by check_at limit ${limit}`.execute(on)
  return rows
}

export async function lockRefund(tx: Tx, id: string): Promise<RefundRow | undefined> {
  const { rows } = await sql<RefundRow>`select * from refunds where id = ${id} for update`.execute(tx)
  return rows[0]
}

export async function saveRefund(
  tx: Tx,
  row: Pick<RefundRow, 'id' | 'state' | 'provider_ref' | 'failure' | 'check_at'>,
  now: Instant,
): Promise<void> {
  await sql`update refunds set state = ${row.state}, provider_ref = ${row.provider_ref}, failure = ${row.failure},
    check_at = ${row.check_at}, updated_at = ${now} where id = ${row.id}`.execute(tx)
}

export async function checkRefundAt(on: Queries | Tx, id: RefundId, at: Instant): Promise<void> {
  await sql`update refunds set check_at = ${at} where id = ${id}`.execute(on)
}

/** What of a payment is on its way back or was sent back. */
export async function refundedOf(on: Queries | Tx, paymentId: PaymentId): Promise<Minor> {
  const { rows } = await sql<{ sum: Minor }>`select coalesce(sum(amount), 0)::int8 as sum from refunds
    where payment_id = ${paymentId} and state <> 'failed'`.execute(on)
  return rows[0]?.sum as Minor
}

/** Payments of a member's paid orders of these subscriptions that were kept, the newest first. */
export async function keptPayments(tx: Tx, memberId: MemberId): Promise<readonly PaymentRow[]> {
  const { rows } = await sql<PaymentRow>`select p.* from payments p join orders o on o.id = p.order_id
    where p.member_id = ${memberId} and p.kept and o.kind in ('purchase', 'upgrade', 'renewal')
    order by p.id desc for update of p`.execute(tx)
  return rows
}

export interface MethodRow {
  readonly id: string
  readonly member_id: MemberId
  readonly provider: string
  readonly mandate: string
  readonly label: string
  readonly fingerprint: string
  readonly amount_max: Minor | null
  readonly created_at: Instant
  readonly unbound_at: Instant | null
}

/** The member's method of this mandate: bound now if it was not. */
export async function bindMethod(
  tx: Tx,
  row: { readonly id: string; readonly memberId: MemberId; readonly provider: string; readonly method: BoundMethod },
  now: Instant,
): Promise<string> {
  const { mandate, label, fingerprint, amountMax } = row.method
  const { rows } = await sql<{
    id: string
  }>`insert into payment_methods (id, member_id, provider, mandate, label, fingerprint, amount_max, created_at)
    values (${row.id}, ${row.memberId}, ${row.provider}, ${mandate}, ${label}, ${fingerprint}, ${amountMax}, ${now})
    on conflict (member_id, provider, mandate) where unbound_at is null
    do update set label = excluded.label, amount_max = excluded.amount_max returning id`.execute(tx)
  return rows[0]?.id as string
}

export async function methodsOf(on: Queries | Tx, memberId: MemberId): Promise<readonly MethodRow[]> {
  const { rows } = await sql<MethodRow>`select * from payment_methods where member_id = ${memberId}
    and unbound_at is null order by id`.execute(on)
  return rows
}

export async function methodById(on: Queries | Tx, id: string): Promise<MethodRow | undefined> {
  const { rows } = await sql<MethodRow>`select * from payment_methods where id = ${id} and unbound_at is null`.execute(
    on,
  )
  return rows[0]
}

export async function unbindMethod(tx: Tx, id: string, now: Instant): Promise<void> {
  await sql`update payment_methods set unbound_at = ${now} where id = ${id} and unbound_at is null`.execute(tx)
  await sql`update contracts set method_id = null where method_id = ${id} and status <> 'ended'`.execute(tx)
  await sql`update seat_contracts set method_id = null where method_id = ${id} and status <> 'ended'`.execute(tx)
}

/** A permission that the provider says is gone, whoever had it. */
export async function unbindMandate(tx: Tx, provider: string, mandate: string, now: Instant): Promise<void> {
  const { rows } = await sql<{ id: string }>`select id from payment_methods where provider = ${provider}
    and mandate = ${mandate} and unbound_at is null`.execute(tx)
  for (const { id } of rows) await unbindMethod(tx, id, now)
}

/** False when this event is there already. */
export async function keepEvent(
  on: Queries | Tx,
  event: { readonly provider: string; readonly eventId: string; readonly body: Buffer; readonly news: News | null },
  now: Instant,
): Promise<boolean> {
  const { rows } = await sql`insert into provider_events (provider, event_id, received_at, body, news)
    values (${event.provider}, ${event.eventId}, ${now}, ${event.body}, ${event.news === null ? null : jsonb(event.news)}::jsonb) on conflict do nothing returning event_id`.execute(
    on,
  )
  return rows.length > 0
}

/** Takes an event for working off, in the transaction that has its effect: false when it was worked off before (F57). */
export async function takeEvent(
  tx: Tx,
  event: { readonly provider: string; readonly eventId: string; readonly what: string },
  now: Instant,
): Promise<boolean> {
  const { rows } = await sql`update provider_events set worked_at = ${now}, what = ${event.what}
    where provider = ${event.provider} and event_id = ${event.eventId} and worked_at is null returning event_id`.execute(
    tx,
  )
  return rows.length > 0
}

export async function sayEvent(tx: Tx, event: { provider: string; eventId: string; what: string }): Promise<void> {
  await sql`update provider_events set what = ${event.what} where provider = ${event.provider}
    and event_id = ${event.eventId}`.execute(tx)
}

export interface WaitingEvent {
  readonly provider: string
  readonly event_id: string
  readonly news: News | null
}

export async function waitingEvents(on: Queries, before: Instant, limit: number): Promise<readonly WaitingEvent[]> {
  const { rows } = await sql<WaitingEvent>`select provider, event_id, news from provider_events
    where worked_at is null and received_at <= ${before} order by received_at limit ${limit}`.execute(on)
  return rows
}

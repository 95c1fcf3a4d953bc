import type { Called, Instant, MemberId, ReservationState } from '@codeplan/core'

import { jsonb, sql, type Queries, type Tx } from '../platform/index.ts'

/** Whoever takes pieces or gives some back has all plans for himself: the limit a person counts over all of them. */
export async function lockSale(tx: Tx): Promise<void> {
  await sql`select plan from sale_plans order by plan for update`.execute(tx)
}

export interface Ended {
  readonly plan: string
}

/** Reservations whose time is over: their pieces return, and a turn that was not used is lost. */
export async function returnOver(tx: Tx, now: Instant): Promise<readonly Ended[]> {
  const { rows } = await sql<Ended>`
    with over as (update sale_reservations set state = 'returned'
        where state in ('called', 'ordered') and expires_at <= ${now} returning release_id, member_id, order_id, plan),
      lost as (update sale_tickets t set state = 'lost' from over
        where over.order_id is null and t.member_id = over.member_id and t.state = 'called'),
      less as (update sale_releases r set taken = taken - o.n
        from (select release_id, count(*)::int as n from over group by release_id) o where r.id = o.release_id)
    select plan from over`.execute(tx)
  return rows
}

export interface Entry {
  readonly release_id: string
  readonly member_id: MemberId
  readonly ticket: string
}

/** Those who have come before these releases opened, in the order in which they came. */
export async function ticketsToDraw(tx: Tx, releaseIds: readonly string[]): Promise<readonly Entry[]> {
  const { rows } = await sql<Entry>`select release_id, member_id, ticket from sale_tickets
    where release_id = any(${[...releaseIds]}) and state = 'waiting' and rank is null order by arrival`.execute(tx)
  return rows
}

export async function saveDrawn(
  tx: Tx,
  releaseIds: readonly string[],
  by: 'lot' | 'first_come',
  now: Instant,
): Promise<void> {
  await sql`update sale_releases set drawn_at = ${now}, drawn_by = ${by} where id = any(${[...releaseIds]})`.execute(tx)
}

export async function saveOrderOf(tx: Tx, releaseId: string, order: readonly string[]): Promise<void> {
  // Ranks of all releases come from one sequence, so whoever was drawn earlier stands before.
  await sql`with ranks as materialized (
      select rank, row_number() over (order by rank) as n
      from (select nextval('sale_ranks') as rank from generate_series(1, ${order.length})) r)
    update sale_tickets t set rank = ranks.rank
    from unnest(${[...order]}::text[]) with ordinality as o(member_id, n) join ranks on ranks.n = o.n
    where t.release_id = ${releaseId} and t.member_id = o.member_id`.execute(tx)
}

/** The first of those who wait for a plan, in order. */
export async function firstWaiting(tx: Tx, plan: string, limit: number, now: Instant): Promise<readonly MemberId[]> {
  const { rows } = await sql<{ member_id: MemberId }>`select member_id from sale_tickets
    where plan = ${plan} and state = 'waiting' and rank is not null and (lapses_at is null or lapses_at > ${now})
    order by rank limit ${limit}`.execute(tx)
  return rows.map((row) => row.member_id)
}

export interface NewReservation extends Called {
  readonly id: string
  readonly plan: string
  readonly state: Exclude<ReservationState, 'returned' | 'sold'>
  readonly orderId: string | null
  readonly expiresAt: Instant
}

/** Takes the pieces of new reservations. The database refuses more than there are, whatever anybody has computed. */
export async function insertReservations(tx: Tx, rows: readonly NewReservation[], now: Instant): Promise<void> {
  if (rows.length === 0) return
  await sql`with fresh as (
      insert into sale_reservations (id, release_id, plan, member_id, state, order_id, taken_at, expires_at)
      select r.id, r."releaseId", r.plan, r."memberId", r.state, r."orderId", ${now}, r."expiresAt"
      from jsonb_to_recordset(${jsonb(rows)}::jsonb) as r(id text, "releaseId" text, plan text, "memberId" text, state text,
        "orderId" text, "expiresAt" int8) returning release_id)
    update sale_releases r set taken = taken + f.n
    from (select release_id, count(*)::int as n from fresh group by release_id) f where r.id = f.release_id`.execute(tx)
}

export async function saveCalled(tx: Tx, members: readonly string[]): Promise<void> {
  await sql`update sale_tickets set state = 'called'
    where member_id = any(${[...members]}) and state = 'waiting'`.execute(tx)
}

/** Turns that have become orders. */
export async function saveOrdered(
  tx: Tx,
  rows: readonly {
    readonly memberId: string
    readonly plan: string
    readonly orderId: string
    readonly expiresAt: Instant
  }[],
): Promise<void> {
  if (rows.length === 0) return
  await sql`with used as (update sale_reservations s set state = 'ordered', order_id = r."orderId", expires_at = r."expiresAt"
      from jsonb_to_recordset(${jsonb(rows)}::jsonb) as r("memberId" text, plan text, "orderId" text, "expiresAt" int8)
      where s.member_id = r."memberId" and s.plan = r.plan and s.state = 'called' returning s.member_id)
    update sale_tickets t set state = 'served' from used where t.member_id = used.member_id and t.state = 'called'`.execute(
    tx,
  )
}

export interface OrderPiece {
  readonly id: string
  readonly plan: string
  readonly release_id: string
  readonly state: ReservationState
}

export async function pieceOfOrder(on: Queries | Tx, orderId: string): Promise<OrderPiece | undefined> {
  const { rows } = await sql<OrderPiece>`select id, plan, release_id, state from sale_reservations
    where order_id = ${orderId}`.execute(on)
  return rows[0]
}

/** Those who pay with the same method are looked at one after the other. */
export async function soldTo(tx: Tx, fingerprint: string, since: Instant): Promise<number> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${fingerprint}, 0))`.execute(tx)
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from sale_reservations
    where fingerprint = ${fingerprint} and state = 'sold' and taken_at >= ${since}`.execute(tx)
  return rows[0]?.n ?? 0
}

/** False when its time was over and the piece has returned. */
export async function sellHeld(tx: Tx, id: string, fingerprint: string | null): Promise<boolean> {
  const { rows } =
    await sql`update sale_reservations set state = 'sold', expires_at = null, fingerprint = ${fingerprint}
    where id = ${id} and state = 'ordered' returning id`.execute(tx)
  return rows.length > 0
}

/** A piece of another release in place of the one that has returned. */
export async function sellAgain(
  tx: Tx,
  id: string,
  to: { readonly releaseId: string; readonly fingerprint: string | null },
  now: Instant,
): Promise<void> {
  await sql`with sold as (update sale_reservations set state = 'sold', expires_at = null, release_id = ${to.releaseId},
      fingerprint = ${to.fingerprint}, taken_at = ${now} where id = ${id} returning release_id)
    update sale_releases r set taken = taken + 1 from sold where r.id = sold.release_id`.execute(tx)
}

export async function returnPiece(tx: Tx, id: string): Promise<boolean> {
  const { rows } = await sql`with gone as (update sale_reservations set state = 'returned'
      where id = ${id} and state in ('called', 'ordered') returning release_id)
    update sale_releases r set taken = taken - 1 from gone where r.id = gone.release_id returning r.id`.execute(tx)
  return rows.length > 0
}

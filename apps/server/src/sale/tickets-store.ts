import type { Instant, MemberId } from '@codeplan/core'

import { jsonb, sql, type Queries, type Tx } from '../platform/index.ts'

export type TicketState = 'waiting' | 'called' | 'served' | 'lost' | 'left'

export interface TicketRow {
  readonly release_id: string
  readonly member_id: MemberId
  readonly plan: string
  readonly ticket: string
  readonly joined_at: Instant
  readonly rank: number | null
  readonly state: TicketState
  readonly lapses_at: Instant | null
}

/** Nobody draws, calls or sells while tickets are written; they may be written by several at once. */
export async function shareSale(tx: Tx): Promise<void> {
  await sql`select plan from sale_plans order by plan for share`.execute(tx)
}

/** Those of these releases whose order is drawn. */
export async function drawnReleases(tx: Tx, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ id: string }>`select id from sale_releases
    where id = any(${[...ids]}) and drawn_at is not null`.execute(tx)
  return new Set(rows.map((row) => row.id))
}

/** Tickets whose time is over no longer keep their holders from taking another. */
export async function dropLapsed(tx: Tx, members: readonly string[], now: Instant): Promise<void> {
  await sql`update sale_tickets set state = 'left'
    where member_id = any(${[...members]}) and state = 'waiting' and lapses_at <= ${now}`.execute(tx)
}

/** The tickets with which these members wait or were called. */
export async function openTickets(tx: Tx, members: readonly string[]): Promise<readonly TicketRow[]> {
  const { rows } = await sql<TicketRow>`select * from sale_tickets
    where member_id = any(${[...members]}) and state in ('waiting', 'called')`.execute(tx)
  return rows
}

export interface NewTicket {
  readonly releaseId: string
  readonly memberId: MemberId
  readonly plan: string
  readonly ticket: string
  readonly isLate: boolean
  readonly lapsesAt: Instant | null
}

/** Who has an old ticket of this release gets it anew. Answers the holders; who has an open one elsewhere is not among them. */
export async function insertTickets(tx: Tx, rows: readonly NewTicket[], now: Instant): Promise<ReadonlySet<string>> {
  const given = jsonb(rows)
  await sql`delete from sale_tickets t
    using jsonb_to_recordset(${given}::jsonb) as r("releaseId" text, "memberId" text)
    where t.release_id = r."releaseId" and t.member_id = r."memberId" and t.state not in ('waiting', 'called')`.execute(
    tx,
  )
  const done = await sql<{ member_id: string }>`
    insert into sale_tickets (release_id, member_id, plan, ticket, joined_at, rank, is_late, state, lapses_at)
    select r."releaseId", r."memberId", r.plan, r.ticket, ${now},
      case when r."isLate" then nextval('sale_ranks') end, r."isLate", 'waiting', r."lapsesAt"
    from jsonb_to_recordset(${given}::jsonb) as r("releaseId" text, "memberId" text, plan text, ticket text, "isLate" boolean,
      "lapsesAt" int8)
    on conflict do nothing returning member_id`.execute(tx)
  return new Set(done.rows.map((row) => row.member_id))
}

export async function keepTickets(tx: Tx, members: readonly string[]): Promise<void> {
  await sql`update sale_tickets set lapses_at = null
    where member_id = any(${[...members]}) and state = 'waiting'`.execute(tx)
}

/** Leaves the line; a turn ends now, and its piece goes to the next. False when there is nothing to leave. */
export async function leaveLine(tx: Tx, memberId: MemberId, now: Instant): Promise<boolean> {
  await sql`update sale_reservations set expires_at = ${now} where member_id = ${memberId} and state = 'called'`.execute(
    tx,
  )
  const { rows } = await sql`update sale_tickets set state = 'left'
    where member_id = ${memberId} and state in ('waiting', 'called') returning 1`.execute(tx)
  return rows.length > 0
}

/** The newest ticket of each. */
export async function newestTickets(on: Queries, members: readonly string[]): Promise<readonly TicketRow[]> {
  const { rows } = await sql<TicketRow>`select distinct on (member_id) * from sale_tickets
    where member_id = any(${[...members]}) order by member_id, arrival desc`.execute(on)
  return rows
}

export interface LotRow {
  readonly id: string
  readonly opens_at: Instant
  readonly seed: string
  readonly drawn_at: Instant | null
  readonly drawn_by: 'lot' | 'first_come' | null
}

export async function lotById(on: Queries, id: string): Promise<LotRow | undefined> {
  const { rows } = await sql<LotRow>`select id, opens_at, seed, drawn_at, drawn_by from sale_releases
    where id = ${id}`.execute(on)
  return rows[0]
}

/** The tickets that were drawn, in their order. */
export async function drawnTickets(on: Queries, id: string): Promise<readonly string[]> {
  const { rows } = await sql<{ ticket: string }>`select ticket from sale_tickets
    where release_id = ${id} and not is_late and rank is not null order by rank`.execute(on)
  return rows.map((row) => row.ticket)
}

/** Nobody looks at old tickets any more. */
export async function forgetTickets(on: Queries, before: Instant): Promise<void> {
  await sql`delete from sale_tickets where joined_at < ${before} and state not in ('waiting', 'called')`.execute(on)
}

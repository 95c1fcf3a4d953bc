import type { Instant, MemberId, PlannedRelease, ReservationState, WrittenRelease } from '@codeplan/core'

import { jsonb, notify, sql, type Queries, type Tx } from '../platform/index.ts'

/** Said in every transaction after which something may be possible that was not before it. */
export const SALE_CHANNEL = 'sale'

export const tellChange = (on: Queries | Tx): Promise<void> => notify(on, SALE_CHANNEL)

export interface ReleaseRow extends WrittenRelease {
  readonly taken: number
  readonly seed: string
  /** Tickets that are not drawn yet. */
  readonly joined: number
}

export interface KnownReservation {
  readonly memberId: MemberId
  readonly plan: string
  readonly state: Exclude<ReservationState, 'returned'>
  readonly orderId: string | null
  readonly expiresAt: Instant | null
}

export interface BoardRow {
  readonly releases: readonly ReleaseRow[]
  readonly reservations: readonly KnownReservation[]
  readonly paused: readonly string[]
  /** By plan, the ranks of those who wait, smallest first. */
  readonly waiting: Readonly<Record<string, readonly number[]>>
}

/**
 * Everything that the sale is about at one moment: one statement, so that what it says belongs together. Releases that are
 * sold out and older than the newest daily one are left out.
 */
export async function readBoard(on: Queries | Tx, since: Instant, now: Instant): Promise<BoardRow> {
  const { rows } = await sql<BoardRow>`
    select
      (select coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'plan', r.plan, 'origin', r.origin, 'opensAt', r.opens_at,
          'closesAt', r.closes_at, 'pieces', r.pieces, 'taken', r.taken, 'seed', r.seed, 'drawnAt', r.drawn_at,
          'joined', (select count(*) from sale_tickets t where t.release_id = r.id and t.state = 'waiting' and t.rank is null)
        ) order by r.opens_at, r.id), '[]') from sale_releases r
        where (r.closes_at is null or r.closes_at > ${now}) and (r.taken < r.pieces or r.opens_at >= ${since})) as releases,
      (select coalesce(jsonb_agg(jsonb_build_object('memberId', member_id, 'plan', plan, 'state', state, 'orderId', order_id,
          'expiresAt', expires_at)), '[]') from sale_reservations
        where state in ('called', 'ordered') or (state = 'sold' and taken_at >= ${since})) as reservations,
      (select coalesce(jsonb_agg(plan), '[]') from sale_plans where paused_at is not null) as paused,
      (select coalesce(jsonb_object_agg(plan, ranks), '{}') from (
        select plan, jsonb_agg(rank order by rank) as ranks from sale_tickets
        where state = 'waiting' and rank is not null and (lapses_at is null or lapses_at > ${now}) group by plan) w) as waiting
  `.execute(on)
  return rows[0] as BoardRow
}

export async function putReleases(
  tx: Tx,
  releases: readonly (PlannedRelease & { readonly seed: string })[],
  now: Instant,
): Promise<void> {
  // What has opened meanwhile, by the clock of another node, keeps its number.
  await sql`insert into sale_releases (id, plan, origin, opens_at, closes_at, pieces, seed, created_at)
    select r.id, r.plan, r.origin, r."opensAt", r."closesAt", r.pieces, r.seed, ${now}
    from jsonb_to_recordset(${jsonb(releases)}::jsonb)
      as r(id text, plan text, origin text, "opensAt" int8, "closesAt" int8, pieces int, seed text)
    on conflict (id) do update set closes_at = excluded.closes_at,
      opens_at = case when sale_releases.drawn_at is null then excluded.opens_at else sale_releases.opens_at end,
      pieces = case when sale_releases.drawn_at is null then excluded.pieces else sale_releases.pieces end`.execute(tx)
}

export async function putPlans(tx: Tx, plans: readonly string[]): Promise<void> {
  await sql`insert into sale_plans (plan) select unnest(${[...plans]}::text[]) on conflict do nothing`.execute(tx)
}

export async function removeReleases(tx: Tx, ids: readonly string[]): Promise<void> {
  await sql`delete from sale_releases where id = any(${[...ids]}) and drawn_at is null and taken = 0`.execute(tx)
}

/** False when it is so already. */
export async function pausePlan(tx: Tx, plan: string, at: Instant | null): Promise<boolean> {
  await putPlans(tx, [plan])
  const { rows } = await sql`update sale_plans set paused_at = ${at}
    where plan = ${plan} and (paused_at is null) <> (${at}::int8 is null) returning plan`.execute(tx)
  await tellChange(tx)
  return rows.length > 0
}

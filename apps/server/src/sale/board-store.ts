import type { Instant, MemberId, PlannedRelease, ReservationState, WrittenRelease } from '@codeplan/core'

import { jsonb, notify, sql, type Queries, type Tx } from '../platform/index.ts'

/** Said in every transaction after which something may be possible that was not before it. */
export const SALE_CHANNEL = 'sale'

export const tellChange = (on: Queries | Tx): Promise<void> => notify(on, SALE_CHANNEL)

export interface ReleaseRow extends WrittenRelease {
  readonly taken: number
  readonly seed: string
}

export interface KnownReservation {
  readonly memberId: MemberId
  readonly plan: string
  readonly state: Exclude<ReservationState, 'returned'>
  readonly orderId: string | null
  readonly expiresAt: Instant | null
}

export interface StockRow {
  readonly releases: readonly ReleaseRow[]
  readonly reservations: readonly KnownReservation[]
  readonly paused: readonly string[]
  /** Plans that somebody who was drawn waits for. */
  readonly queued: readonly string[]
}

/**
 * What there is, and who has what, at one moment: one statement, so that what it says belongs together. Releases that are
 * sold out and older than the newest daily one are left out.
 */
export async function readStock(on: Queries | Tx, since: Instant, now: Instant): Promise<StockRow> {
  const { rows } = await sql<StockRow>`
    select
      (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'plan', plan, 'origin', origin, 'opensAt', opens_at,
          'closesAt', closes_at, 'pieces', pieces, 'taken', taken, 'seed', seed, 'drawnAt', drawn_at) order by opens_at, id), '[]')
        from sale_releases
        where (closes_at is null or closes_at > ${now}) and (taken < pieces or opens_at >= ${since})) as releases,
      (select coalesce(jsonb_agg(jsonb_build_object('memberId', member_id, 'plan', plan, 'state', state, 'orderId', order_id,
          'expiresAt', expires_at)), '[]') from sale_reservations
        where state in ('called', 'ordered') or (state = 'sold' and taken_at >= ${since})) as reservations,
      (select coalesce(jsonb_agg(plan), '[]') from sale_plans where paused_at is not null) as paused,
      (select coalesce(jsonb_agg(plan), '[]') from sale_plans p where exists (select 1 from sale_tickets t where t.plan = p.plan
        and t.state = 'waiting' and t.rank is not null and (t.lapses_at is null or t.lapses_at > ${now}))) as queued
  `.execute(on)
  return rows[0] as StockRow
}

export interface LinesRow {
  /** By plan, the ranks of those who wait, smallest first. */
  readonly waiting: Readonly<Record<string, readonly number[]>>
  /** By release, tickets that are not drawn yet. */
  readonly joined: Readonly<Record<string, number>>
}

/** Those who wait: tens of thousands, so it is read only when their line may have changed. */
export async function readLines(on: Queries | Tx, now: Instant): Promise<LinesRow> {
  const { rows } = await sql<LinesRow>`
    select
      (select coalesce(jsonb_object_agg(plan, ranks), '{}') from (
        select plan, jsonb_agg(rank order by rank) as ranks from sale_tickets
        where state = 'waiting' and rank is not null and (lapses_at is null or lapses_at > ${now}) group by plan) w) as waiting,
      (select coalesce(jsonb_object_agg(release_id, n), '{}') from (
        select release_id, count(*) as n from sale_tickets where state = 'waiting' and rank is null group by release_id) j) as joined
  `.execute(on)
  return rows[0] as LinesRow
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

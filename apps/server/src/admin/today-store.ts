import type { Instant, Minor } from '@codeplan/core'

import { sql, type Queries } from '../platform/index.ts'
import { stuckBefore } from './orders-store.ts'

/** Calls that run, on all nodes. */
export async function callsInFlight(on: Queries): Promise<number> {
  return (await sql<{ count: number }>`select count(*)::int as count from holds`.execute(on)).rows[0]?.count ?? 0
}

/** Longer calls than these are rare: they are missing in the rate of the moment. */
const CALL_MS_MAX = 15 * 60_000

/** Calls that ended since an instant, and what they wrote. */
export async function endedSince(on: Queries, since: Instant): Promise<{ calls: number; output_tokens: number }> {
  const { rows } = await sql<{ calls: number; output_tokens: number }>`select count(*)::int as calls,
      coalesce(sum(output_tokens), 0)::int8 as output_tokens
    from meter_events where admitted_at >= ${since - CALL_MS_MAX} and settled_at >= ${since}`.execute(on)
  return rows[0] as { calls: number; output_tokens: number }
}

/** Refusals by code, the most frequent first. */
export async function refusedSince(
  on: Queries,
  since: Instant,
): Promise<readonly { readonly code: string; readonly times: number }[]> {
  const { rows } = await sql<{ code: string; times: number }>`select told->'refusal'->>'code' as code,
      sum(times)::int as times from refusals where at >= ${since} group by 1 order by 2 desc limit 10`.execute(on)
  return rows
}

export interface HourRow {
  readonly hour_at: number
  readonly calls: number
  readonly failed: number
  readonly output_tokens: number
}
export async function usedByHour(on: Queries, since: number): Promise<readonly HourRow[]> {
  const { rows } = await sql<HourRow>`select hour_at, sum(calls)::int8 as calls, sum(failed)::int8 as failed,
      sum(output_tokens)::int8 as output_tokens
    from usage_hours where hour_at >= ${since} group by 1 order by 1`.execute(on)
  return rows
}

export interface SoldRow {
  readonly plan: string
  readonly count: number
}
/** New subscriptions that were paid since, by plan. */
export async function soldSince(on: Queries, since: Instant): Promise<readonly SoldRow[]> {
  const { rows } = await sql<SoldRow>`select plan, count(*)::int as count from orders
    where state = 'paid' and closed_at >= ${since} and kind = 'purchase' group by 1`.execute(on)
  return rows
}

export interface ReleasedRow {
  readonly plan: string
  readonly pieces: number
}
/** Pieces that opened on a day, by plan. */
export async function releasedBetween(on: Queries, from: Instant, to: Instant): Promise<readonly ReleasedRow[]> {
  const { rows } = await sql<ReleasedRow>`select plan, sum(pieces)::int as pieces from sale_releases
    where opens_at >= ${from} and opens_at < ${to} group by 1`.execute(on)
  return rows
}

export interface MoneyToday {
  readonly today: Minor
  readonly yesterday: Minor
  readonly month: Minor
  readonly refunded: Minor
  readonly orders: number
}
export async function moneySince(
  on: Queries,
  at: { readonly day: Instant; readonly dayBefore: Instant; readonly month: Instant },
): Promise<MoneyToday> {
  const first = Math.min(at.dayBefore, at.month)
  const { rows } = await sql<MoneyToday>`select
      coalesce(sum(amount) filter (where closed_at >= ${at.day}), 0)::int8 as today,
      coalesce(sum(amount) filter (where closed_at >= ${at.dayBefore} and closed_at < ${at.day}), 0)::int8 as yesterday,
      coalesce(sum(amount) filter (where closed_at >= ${at.month}), 0)::int8 as month,
      (count(*) filter (where closed_at >= ${at.day}))::int as orders,
      (select coalesce(sum(amount), 0)::int8 from refunds
        where state = 'succeeded' and updated_at >= ${at.month}) as refunded
    from orders where state = 'paid' and closed_at >= ${first}`.execute(on)
  return rows[0] as MoneyToday
}

export interface OpenMatters {
  readonly payments_stuck: number
  readonly refunds_failed: number
  readonly renewals_failed: number
  readonly letters_given_up: number
  readonly webhooks_waiting: number
}
/** What somebody has to look at. Each count reads an index of just these rows. */
export async function openMatters(
  on: Queries,
  since: { readonly stuck: Instant; readonly webhooks: Instant; readonly letters: Instant },
): Promise<OpenMatters> {
  const { rows } = await sql<OpenMatters>`select
    (select count(*)::int from payments p where ${stuckBefore(since.stuck)}) as payments_stuck,
    (select count(*)::int from refunds where state = 'failed') as refunds_failed,
    (select count(*)::int from contracts where status = 'past_due' and (terms->>'declines')::int > 0) as renewals_failed,
    (select count(*)::int from mails where sent_at is null and next_at is null and failure is not null
      and created_at >= ${since.letters}) as letters_given_up,
    (select count(*)::int from provider_events where worked_at is null and received_at < ${since.webhooks}) as webhooks_waiting
    `.execute(on)
  return rows[0] as OpenMatters
}

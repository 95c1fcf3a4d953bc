import type { Instant } from '@codeplan/core'

import { sql, type Queries } from '../platform/index.ts'

/** Subscriptions that run, by plan. */
export async function runningByPlan(on: Queries, now: Instant): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ plan: string; count: number }>`select v.plan, count(*)::int as count
    from subscriptions s join plan_versions v on v.id = s.plan_version_id
    where s.starts_at <= ${now} and s.ends_at > ${now} group by 1`.execute(on)
  return new Map(rows.map(({ plan, count }) => [plan, count]))
}

export interface SpanRow {
  readonly plan: string
  readonly starts_at: Instant
  readonly ends_at: Instant
}

/** Subscriptions that have run since. */
export async function subscriptionsSince(on: Queries, since: Instant): Promise<readonly SpanRow[]> {
  const { rows } = await sql<SpanRow>`select v.plan, s.starts_at, s.ends_at
    from subscriptions s join plan_versions v on v.id = s.plan_version_id where s.ends_at > ${since}`.execute(on)
  return rows
}

import { HOUR_MS } from '@codeplan/core'

import { jsonb, sql, type Queries } from '../platform/index.ts'

export interface Hour {
  readonly model: string
  readonly hour_at: number
}

export interface DrawRow {
  readonly plan: string
  readonly model: string
  /** Subscriptions of the plan that ran in the hour. */
  readonly subscriptions: number
  /** How long their calls have taken, all together. */
  readonly busy_ms: number
}

/** What the subscriptions of each plan have drawn of each model in its hour. */
export async function drawOf(on: Queries, hours: readonly Hour[]): Promise<readonly DrawRow[]> {
  const { rows } = await sql<DrawRow>`
    with hours as (select * from jsonb_to_recordset(${jsonb(hours)}::jsonb) as h(model text, hour_at int8)),
      running as (
        select h.model, h.hour_at, s.id, v.plan from hours h
        join subscriptions s on s.starts_at < h.hour_at + ${HOUR_MS} and s.ends_at > h.hour_at
        join plan_versions v on v.id = s.plan_version_id)
    select r.plan, r.model, count(distinct r.id)::int as subscriptions,
      coalesce(sum(u.first_byte_ms + u.output_ms), 0)::int8 as busy_ms
    from running r left join usage_hours u on u.subscription_id = r.id and u.hour_at = r.hour_at and u.model = r.model
    group by r.plan, r.model`.execute(on)
  return rows
}

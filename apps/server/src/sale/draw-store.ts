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
      used as (
        select h.model, u.subscription_id, sum(u.first_byte_ms + u.output_ms) as busy_ms
        from hours h join usage_hours u on u.hour_at = h.hour_at and u.model = h.model
        -- A few hours by their index, not all that there are.
        where u.hour_at = any(${hours.map(({ hour_at }) => hour_at)}::int8[]) group by 1, 2)
    select v.plan, h.model, count(*)::int as subscriptions, coalesce(sum(used.busy_ms), 0)::int8 as busy_ms
    from hours h
      join subscriptions s on s.starts_at < h.hour_at + ${HOUR_MS} and s.ends_at > h.hour_at
      join plan_versions v on v.id = s.plan_version_id
      left join used on used.subscription_id = s.id and used.model = h.model
    group by 1, 2`.execute(on)
  return rows
}

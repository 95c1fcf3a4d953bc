import type { Instant } from '@codeplan/core'

import { sql, type Queries } from '../platform/index.ts'

export interface ToolRow {
  readonly tool: string
  readonly calls: number
  readonly failed: number
  readonly charge: number
  readonly members: number
}

/** Calls by the tool they came from. */
export async function toolSums(on: Queries, since: number): Promise<readonly ToolRow[]> {
  const { rows } = await sql<ToolRow>`select h.tool, sum(h.calls)::int8 as calls, sum(h.failed)::int8 as failed,
      sum(h.charge)::int8 as charge, count(distinct h.subscription_id)::int as members
    from usage_hours h where h.hour_at >= ${since} group by 1 order by 2 desc`.execute(on)
  return rows
}

export interface UnknownToolRow {
  readonly user_agent: string
  readonly path: string
  readonly times: number
  readonly members: number
  readonly last_at: Instant
}

const UNKNOWN_LISTED = 50

/** Who was refused because no rule knows his tool. */
export async function unknownTools(on: Queries, since: Instant): Promise<readonly UnknownToolRow[]> {
  const { rows } = await sql<UnknownToolRow>`select told->>'userAgent' as user_agent, told->>'path' as path,
      sum(times)::int as times, count(distinct member_id)::int as members, max(at) as last_at
    from refusals where at >= ${since} and told->>'tool' = 'unknown' group by 1, 2
    order by 3 desc limit ${UNKNOWN_LISTED}`.execute(on)
  return rows
}

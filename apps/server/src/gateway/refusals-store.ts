import type { Instant } from '@codeplan/core'

import { sql, type Queries, type Refusal } from '../platform/index.ts'

export interface RefusedRow {
  /** The request id of the last of them. */
  readonly id: string
  readonly member_id: string
  readonly key_id: string
  readonly at: number
  readonly times: number
  readonly told: Told
}

/** What is kept of a refusal: enough to word it again, in any language. */
export interface Told {
  readonly refusal: Refusal
  readonly path: string
  readonly tool: string
  readonly toolRule: string | null
  readonly userAgent: string
  readonly model: string | null
}

export async function insertRefusals(on: Queries, rows: readonly RefusedRow[]): Promise<void> {
  await sql`insert into refusals select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
    as r(id text, member_id text, key_id text, at int8, times int4, told jsonb) on conflict (id) do nothing`.execute(on)
}

export async function refusalsOf(on: Queries, memberId: string, limit: number): Promise<readonly RefusedRow[]> {
  const { rows } = await sql<RefusedRow>`select * from refusals where member_id = ${memberId}
    order by at desc, id desc limit ${limit}`.execute(on)
  return rows
}

export async function forgetRefusals(on: Queries, before: Instant): Promise<void> {
  await sql`delete from refusals where at < ${before}`.execute(on)
}

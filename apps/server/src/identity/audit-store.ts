import type { Instant } from '@codeplan/core'

import { jsonb, sql, type Queries, type Tx } from '../platform/index.ts'
import type { Deed } from './audit.ts'

export async function insertAudit(tx: Tx, row: Deed & { readonly id: string; readonly at: number }): Promise<void> {
  const json = (value: unknown): string | null => (value === undefined ? null : jsonb(value))
  await sql`insert into audit (id, at, who, address, action, whom, before, after, why, request_key) values (${row.id}, ${row.at}, ${row.who},
    ${row.address}, ${row.action}, ${row.whom ?? null}, ${json(row.before)}::jsonb, ${json(row.after)}::jsonb,
    ${row.why ?? null}, ${row.requestKey ?? null})`.execute(tx)
}

/** When somebody has done what he gave this name; the same name asked for at the same time waits for the end of `tx`. */
export async function deedDoneAt(tx: Tx, who: string, requestKey: string): Promise<Instant | undefined> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`deed ${who} ${requestKey}`}, 0))`.execute(tx)
  const { rows } = await sql<{ at: Instant }>`select at from audit
    where who = ${who} and request_key = ${requestKey} limit 1`.execute(tx)
  return rows[0]?.at
}

export interface AuditRow {
  readonly id: string
  readonly at: number
  readonly who: string
  readonly address: string
  readonly action: string
  readonly whom: string | null
  readonly before: unknown
  readonly after: unknown
  readonly why: string | null
  /** Of those that are members. */
  readonly who_email: string | null
  readonly whom_email: string | null
}

/** The newest first, from before an id on. */
export async function auditOf(
  on: Queries,
  want: {
    readonly whom?: string | undefined
    readonly who?: string | undefined
    readonly before?: string | undefined
    readonly limit: number
  },
): Promise<readonly AuditRow[]> {
  const of = want.whom === undefined ? sql`` : sql`and whom = ${want.whom}`
  const by = want.who === undefined ? sql`` : sql`and who = ${want.who}`
  const page = want.before === undefined ? sql`` : sql`and audit.id < ${want.before}`
  const { rows } = await sql<AuditRow>`select audit.*, p.email as who_email, m.email as whom_email
    from audit left join members p on p.id = audit.who left join members m on m.id = audit.whom
    where true ${of} ${by} ${page} order by audit.id desc limit ${want.limit}`.execute(on)
  return rows
}

import { jsonb, sql, type Queries, type Tx } from '../platform/index.ts'
import type { Deed } from './audit.ts'

export async function insertAudit(tx: Tx, row: Deed & { readonly id: string; readonly at: number }): Promise<void> {
  const json = (value: unknown): string | null => (value === undefined ? null : jsonb(value))
  await sql`insert into audit (id, at, who, address, action, whom, before, after) values (${row.id}, ${row.at}, ${row.who},
    ${row.address}, ${row.action}, ${row.whom ?? null}, ${json(row.before)}::jsonb, ${json(row.after)}::jsonb)`.execute(
    tx,
  )
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
}

/** The newest first, from before an id on. */
export async function auditOf(
  on: Queries,
  want: { readonly whom?: string | undefined; readonly before?: string | undefined; readonly limit: number },
): Promise<readonly AuditRow[]> {
  const { rows } = await sql<AuditRow>`select * from audit
    where (${want.whom ?? null}::text is null or whom = ${want.whom ?? null})
    and (${want.before ?? null}::text is null or id < ${want.before ?? null}) order by id desc limit ${want.limit}`.execute(
    on,
  )
  return rows
}

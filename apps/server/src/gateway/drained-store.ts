import type { Instant } from '@codeplan/core'

import { notify, sql, type Queries, type Tx } from '../platform/index.ts'

export const DRAINED_CHANNEL = 'drained'

export interface DrainedRow {
  readonly upstream: string
  readonly drained_at: Instant
  readonly drained_by: string
  readonly why: string
}

export async function drainedRows(on: Queries | Tx): Promise<readonly DrainedRow[]> {
  return (await sql<DrainedRow>`select * from drained_upstreams order by upstream`.execute(on)).rows
}

/** False when it is so already. */
export async function insertDrained(tx: Tx, row: DrainedRow): Promise<boolean> {
  const { rows } = await sql`insert into drained_upstreams (upstream, drained_at, drained_by, why)
    values (${row.upstream}, ${row.drained_at}, ${row.drained_by}, ${row.why})
    on conflict do nothing returning upstream`.execute(tx)
  await notify(tx, DRAINED_CHANNEL)
  return rows.length > 0
}

export async function deleteDrained(tx: Tx, upstream: string): Promise<boolean> {
  const { rows } = await sql`delete from drained_upstreams where upstream = ${upstream} returning upstream`.execute(tx)
  await notify(tx, DRAINED_CHANNEL)
  return rows.length > 0
}

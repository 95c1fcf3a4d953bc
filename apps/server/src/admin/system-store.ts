import { sql, type Queries } from '../platform/index.ts'

/** `PostgreSQL 15.18` */
export async function databaseVersion(on: Queries): Promise<string> {
  const { rows } = await sql<{ version: string }>`select version()`.execute(on)
  return rows[0]?.version.split(' ').slice(0, 2).join(' ') ?? ''
}

export async function databaseMs(on: Queries): Promise<number> {
  const { rows } = await sql<{ ms: number }>`select (extract(epoch from clock_timestamp()) * 1000)::int8 as ms`.execute(
    on,
  )
  return rows[0]?.ms ?? 0
}

export interface NodeRow {
  readonly id: string
  readonly started_at: number
  readonly seen_at: number
}

const NODES_LISTED = 50

export async function nodesSeen(on: Queries): Promise<readonly NodeRow[]> {
  return (await sql<NodeRow>`select * from nodes order by seen_at desc limit ${NODES_LISTED}`.execute(on)).rows
}

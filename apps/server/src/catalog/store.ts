import type { Instant, PlanTerms } from '@codeplan/core'

import { jsonb, notify, sql, type Queries, type Tx } from '../platform/index.ts'

export const CATALOG_CHANNEL = 'catalog'

export interface CatalogRow {
  readonly id: number
  readonly fingerprint: string
  readonly source: string
  readonly applied_at: number
  readonly applied_by: string
}

export async function newestCatalog(on: Queries | Tx): Promise<CatalogRow | undefined> {
  const { rows } = await sql<CatalogRow>`select * from catalog_versions order by id desc limit 1`.execute(on)
  return rows[0]
}

export async function catalogById(on: Queries | Tx, id: number): Promise<CatalogRow | undefined> {
  const { rows } = await sql<CatalogRow>`select * from catalog_versions where id = ${id}`.execute(on)
  return rows[0]
}

/** Versions are made one after the other: two operators who apply at once get two versions, in an order. Answers the newest. */
export async function lockCatalog(tx: Tx): Promise<number> {
  await sql`lock table catalog_versions in share row exclusive mode`.execute(tx)
  return (await newestCatalog(tx))?.id ?? 0
}

/** Without their texts, the newest first. */
export async function catalogVersions(
  on: Queries,
  before: number | undefined,
  limit: number,
): Promise<readonly Omit<CatalogRow, 'source' | 'fingerprint'>[]> {
  const page = before === undefined ? sql`` : sql`where id < ${before}`
  const { rows } = await sql<CatalogRow>`select id, applied_at, applied_by from catalog_versions ${page}
    order by id desc limit ${limit}`.execute(on)
  return rows
}

export async function insertCatalog(
  tx: Tx,
  row: { fingerprint: string; source: string; at: Instant; by: string },
): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    insert into catalog_versions (fingerprint, source, applied_at, applied_by)
    values (${row.fingerprint}, ${row.source}, ${row.at}, ${row.by}) returning id`.execute(tx)
  await notify(tx, CATALOG_CHANNEL)
  return rows[0]?.id ?? 0
}

export interface PlanVersionRow {
  readonly id: string
  readonly plan: string
  readonly version: number
  readonly fingerprint: string
  readonly terms: PlanTerms
}

export async function newestPlanVersions(on: Queries | Tx): Promise<readonly PlanVersionRow[]> {
  const { rows } = await sql<PlanVersionRow>`
    select distinct on (plan) id, plan, version, fingerprint, terms
    from plan_versions order by plan, version desc`.execute(on)
  return rows
}

export async function planVersionsById(on: Queries | Tx, ids: readonly string[]): Promise<readonly PlanVersionRow[]> {
  const { rows } = await sql<PlanVersionRow>`
    select id, plan, version, fingerprint, terms from plan_versions where id = any(${[...ids]})`.execute(on)
  return rows
}

export async function insertPlanVersion(tx: Tx, row: PlanVersionRow, at: Instant): Promise<void> {
  await sql`insert into plan_versions (id, plan, version, fingerprint, terms, created_at)
    values (${row.id}, ${row.plan}, ${row.version}, ${row.fingerprint}, ${jsonb(row.terms)}::jsonb, ${at})`.execute(tx)
}

import { instant, type MultiplierRule, type PlanTerms, type PriceTier } from '@codeplan/core'

import type { Db, Queries, Tx } from '../platform/index.ts'
import { compileCatalog, type Catalog } from './compile.ts'
import { readCatalog } from './read.ts'
import {
  CATALOG_CHANNEL,
  catalogById,
  newestCatalog,
  newestPlanVersions,
  planVersionsById,
  type CatalogRow,
} from './store.ts'

export { applyCatalog, applyCatalogIn, type Applied } from './apply.ts'
export { catalogChanges, type CatalogChange } from './changes.ts'
export { catalogById, catalogVersions, lockCatalog } from './store.ts'
export { withLimit } from './with-limit.ts'
export { modelsWithoutRoute } from './without-route.ts'
export type { CatalogDocument } from './schema.ts'
export {
  compileCatalog,
  planTermsEqual,
  type Catalog,
  type GatewayLimits,
  type Model,
  type Route,
  type RoutingRules,
  type Upstream,
} from './compile.ts'

export type { SaleRules } from './sale-rules.ts'
export type { RefusalForm, Recognised, Tools } from './tools.ts'
export { readCatalog, type CatalogFault } from './read.ts'
export type { BillingDocument, PaymentProviderDocument } from './schema-billing.ts'
export { SERVICES, type SearchEngineDocument, type ServiceId, type ServicesDocument } from './schema-services.ts'

/** The running catalog, and the plan versions that subscriptions have pinned. */
export interface CatalogRoom {
  current(): Catalog
  /** Loads what is not yet known; plan versions never change, so what is known stays. */
  planVersions(on: Queries | Tx, ids: readonly string[]): Promise<ReadonlyMap<string, PlanTerms>>
  /** The plan versions loaded so far: for whoever holds the only connection and may not ask. */
  knownTerms(): ReadonlyMap<string, PlanTerms>
  /** By plan, the versions that are sold now. */
  newestPlanVersions(on: Queries | Tx): Promise<ReadonlyMap<string, { id: string; terms: PlanTerms }>>
  /** The version of a plan that is sold now. */
  newestPlanVersion(on: Queries | Tx, plan: string): Promise<{ id: string; terms: PlanTerms } | undefined>
  refresh(): Promise<void>
  /** Makes ready what a version needs: called with the running one, and with each new one before it runs. */
  prepare(work: (next: Catalog) => void | Promise<void>): Promise<void>
  /** What decided the figures of a version: its multiplier rules and list prices. */
  rulesOf(version: number): Promise<CatalogRules>
}

export interface CatalogRules {
  readonly version: number
  readonly multipliers: readonly MultiplierRule[]
  readonly prices: Readonly<Record<string, readonly PriceTier[]>>
}

/** Opens the catalog that the database holds; `undefined` when none has been applied yet. */
export async function openCatalog(db: Db): Promise<CatalogRoom | undefined> {
  let current = await load(db)
  if (!current) return undefined
  const known = new Map<string, PlanTerms>()
  const loadTerms = async (): Promise<void> => {
    for (const row of await newestPlanVersions(db.queries)) known.set(row.id, row.terms)
  }
  const isNewer = (next: Catalog): boolean => next.version > (current?.version ?? 0)
  const preparations: ((next: Catalog) => void | Promise<void>)[] = []
  const refresh = async (): Promise<void> => {
    const next = await load(db)
    if (next && isNewer(next)) {
      for (const work of preparations) await work(next)
      // Two versions may be made ready at the same time, and end in any order.
      if (isNewer(next)) current = next
    }
    await loadTerms()
  }
  await loadTerms()
  const again = (): void => void refresh().catch(() => setTimeout(again, 1000).unref())
  await db.listen(CATALOG_CHANNEL, again, again)
  return {
    current: () => current as Catalog,
    refresh,
    prepare: async (work) => {
      preparations.push(work)
      await work(current as Catalog)
    },
    knownTerms: () => known,
    planVersions: async (on, ids) => {
      const missing = [...new Set(ids.filter((id) => !known.has(id)))]
      if (missing.length > 0) for (const row of await planVersionsById(on, missing)) known.set(row.id, row.terms)
      return known
    },
    rulesOf: async (version) => {
      const row = version === current?.version ? undefined : await catalogById(db.queries, version)
      return rulesIn(row ? compile(row) : (current as Catalog))
    },
    newestPlanVersions: async (on) => new Map((await newestPlanVersions(on)).map((row) => [row.plan, row])),
    newestPlanVersion: async (on, plan) => (await newestPlanVersions(on)).find((row) => row.plan === plan),
  }
}

async function load(db: Db): Promise<Catalog | undefined> {
  const row = await newestCatalog(db.queries)
  return row && compile(row)
}

function compile(row: CatalogRow): Catalog {
  const read = readCatalog(row.source)
  if (!read.ok) throw new Error(`catalog version ${row.id} cannot be read any more: ${read.no[0]?.cure}`)
  return compileCatalog(read.value, { version: row.id, source: row.source, appliedAt: instant(row.applied_at) })
}

function rulesIn({ version, multipliers, models }: Catalog): CatalogRules {
  return { version, multipliers, prices: Object.fromEntries([...models].map(([id, model]) => [id, model.prices])) }
}

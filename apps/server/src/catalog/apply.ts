import { randomBytes } from 'node:crypto'

import { makeId, no, yes, type Instant, type Outcome } from '@codeplan/core'

import type { Db, Tx } from '../platform/index.ts'
import { fingerprint, planTerms } from './compile.ts'
import { readCatalog, type CatalogFault } from './read.ts'
import { insertCatalog, insertPlanVersion, lockCatalog, newestCatalog, newestPlanVersions } from './store.ts'

export interface Applied {
  readonly version: number
  readonly changed: boolean
  /** Plans whose terms differ from before: new subscriptions buy these versions, running ones keep theirs. */
  readonly planVersions: readonly { readonly plan: string; readonly version: number }[]
}

/** Makes a file the running catalog. Applying an unchanged file changes nothing. */
export const applyCatalog = (
  db: Db,
  source: string,
  by: string,
  now: Instant,
): Promise<Outcome<Applied, readonly CatalogFault[]>> => db.tx((tx) => applyCatalogIn(tx, source, by, now))

/** The same in a transaction of whoever applies it. */
export async function applyCatalogIn(
  tx: Tx,
  source: string,
  by: string,
  now: Instant,
): Promise<Outcome<Applied, readonly CatalogFault[]>> {
  const read = readCatalog(source)
  if (!read.ok) return no(read.no)
  const print = fingerprint(source)
  await lockCatalog(tx)
  const newest = await newestCatalog(tx)
  if (newest?.fingerprint === print) return yes({ version: newest.id, changed: false, planVersions: [] })
  const version = await insertCatalog(tx, { fingerprint: print, source, at: now, by })
  const before = new Map((await newestPlanVersions(tx)).map((row) => [row.plan, row]))
  const planVersions = []
  for (const plan of read.value.plans) {
    const terms = planTerms(plan)
    const old = before.get(plan.id)
    const termsPrint = fingerprint(JSON.stringify(terms))
    if (old?.fingerprint === termsPrint) continue
    const row = {
      id: makeId('plv', now, randomBytes(16)),
      plan: plan.id,
      version: (old?.version ?? 0) + 1,
      fingerprint: termsPrint,
      terms,
    }
    await insertPlanVersion(tx, row, now)
    planVersions.push({ plan: row.plan, version: row.version })
  }
  return yes({ version, changed: true, planVersions })
}

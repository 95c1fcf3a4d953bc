import { randomBytes } from 'node:crypto'

import {
  closesAt,
  makeId,
  no,
  releaseChanges,
  yes,
  type Instant,
  type Outcome,
  type PlannedRelease,
  type WrittenRelease,
} from '@codeplan/core'

import type { Catalog, SaleRules } from '../catalog/index.ts'
import type { Db, Tx } from '../platform/index.ts'
import { putPlans, putReleases, removeReleases, tellChange } from './board-store.ts'

const SEED_BYTES = 32
const withSeed = <T extends PlannedRelease>(release: T) => ({
  ...release,
  seed: randomBytes(SEED_BYTES).toString('hex'),
})

/** Brings what is written down in line with the catalog; false when it is already. */
export async function keepReleases(
  db: Db,
  rules: SaleRules,
  plans: readonly string[],
  there: readonly WrittenRelease[],
  now: Instant,
): Promise<boolean> {
  const { put, remove } = releaseChanges(rules, plans, there, now)
  if (put.length + remove.length === 0) return false
  await db.tx(async (tx) => {
    await putPlans(tx, plans)
    await removeReleases(tx, remove)
    await putReleases(tx, put.map(withSeed), now)
    await tellChange(tx)
  })
  return true
}

/** So many more of a plan, on top of what the calendar releases. */
export async function addRelease(
  tx: Tx,
  catalog: Catalog,
  wish: { readonly plan: string; readonly pieces: number; readonly at: Instant },
  now: Instant,
): Promise<Outcome<PlannedRelease, 'not_limited' | 'no_such_plan' | 'past'>> {
  const { sale: rules, plans } = catalog
  if (!rules.limited) return no('not_limited')
  if (!plans.has(wish.plan)) return no('no_such_plan')
  if (wish.at < now) return no('past')
  const { plan, pieces, at: opensAt } = wish
  const id = makeId('rel', now, randomBytes(16))
  const release = { id, plan, pieces, origin: 'operator', opensAt, closesAt: closesAt(rules, opensAt, now) } as const
  await putPlans(tx, [plan])
  await putReleases(tx, [withSeed(release)], now)
  await tellChange(tx)
  return yes(release)
}

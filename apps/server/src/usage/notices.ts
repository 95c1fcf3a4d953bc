import { HOUR_MS, usedShare, type Instant } from '@codeplan/core'

import type { CatalogRoom } from '../catalog/index.ts'
import type { Entitlements, Filled } from '../entitlements/index.ts'
import { tell, usageNoticesOf } from '../identity/index.ts'
import type { Db } from '../platform/index.ts'

/**
 * Tells members that a window has filled up to a share at which they wish to be told: of several at once the highest, of
 * each window and share once.
 */
export async function tellFilled(
  deps: { readonly db: Db; readonly catalog: CatalogRoom; readonly entitlements: Pick<Entitlements, 'takeFilled'> },
  now: Instant,
): Promise<void> {
  const filled = deps.entitlements.takeFilled().filter(({ reading }) => reading.resetsAt > now)
  if (filled.length === 0) return
  const { queries } = deps.db
  const wishes = await usageNoticesOf(queries, [...new Set(filled.map((one) => one.memberId))])
  const ids = filled.map((one) => one.planVersionId)
  const terms = await deps.catalog.planVersions(queries, ids)
  for (const one of filled) {
    const percent = percentReached(one, wishes.get(one.memberId) ?? [])
    if (percent === undefined) continue
    const { memberId, subscriptionId, reading } = one
    const data = {
      plan: terms.get(one.planVersionId)?.name ?? '',
      hours: reading.lengthMs / HOUR_MS,
      percent,
      resets_at: reading.resetsAt,
    }
    const dedupeKey = `usage:${subscriptionId}:${reading.id}:${reading.startsAt}:${percent}`
    await deps.db.tx((tx) => tell(tx, memberId, { kind: 'window_filled', data, dedupeKey }, now))
  }
}

function percentReached({ reading }: Filled, wishes: readonly number[]): number | undefined {
  const percent = usedShare({ used: reading.after, allowance: reading.allowance }) * 100
  const reached = wishes.filter((wish) => percent >= wish)
  return reached.length > 0 ? Math.max(...reached) : undefined
}

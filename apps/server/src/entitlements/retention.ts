import { DAY_MS, type Instant } from '@codeplan/core'

import type { CatalogRoom } from '../catalog/index.ts'
import type { Db } from '../platform/index.ts'
import { forgetServiceCalls } from './services-store.ts'
import { dropPartition, forgetPrompts, partitionsBefore } from './store.ts'

const PROMPTS_AT_ONCE = 5_000
const MONTH_DAYS_MAX = 31

/** Lets go of what the catalog's retention no longer asks to keep: whole months of calls, and prompts that are long over. */
export async function forgetFacts(
  deps: { readonly db: Db; readonly catalog: CatalogRoom },
  now: Instant,
): Promise<readonly string[]> {
  const { callsMonths, promptsDays } = deps.catalog.current().retention
  const dropped = await deps.db.tx(async (tx) => {
    const names = await partitionsBefore(tx, now - callsMonths * MONTH_DAYS_MAX * DAY_MS)
    for (const name of names) await dropPartition(tx, name)
    return names
  })
  await forgetServiceCalls(deps.db.queries, now - callsMonths * MONTH_DAYS_MAX * DAY_MS)
  let gone = PROMPTS_AT_ONCE
  while (gone === PROMPTS_AT_ONCE)
    gone = await forgetPrompts(deps.db.queries, now - promptsDays * DAY_MS, PROMPTS_AT_ONCE)
  return dropped
}

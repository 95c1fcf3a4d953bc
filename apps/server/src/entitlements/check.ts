import { DAY_MS, windowNow, instant, type Instant, type MemberId, type PlanTerms } from '@codeplan/core'

import type { CatalogRoom } from '../catalog/index.ts'
import { accountSums, balanceAccount, BALANCES } from '../ledger/index.ts'
import { sql, type Db } from '../platform/index.ts'
import { booksRows, walletRows, type BooksRow } from './check-store.ts'
import { wrongCounts } from './services-store.ts'

export interface BooksFault {
  readonly subscriptionId: string
  readonly what: string
}

/** Longer than any window that is sold: older calls belong to windows that are over. */
const LOOK_BACK_MS = 40 * DAY_MS

/**
 * Do the windows hold what the facts say? For each subscription, from the ledger of events and the open holds alone:
 * settled = Σ charges of the events in the window; used = Σ of what its prompts have reserved there; in flight = holds. And for each wallet: its balance = Σ of its
 * ledger entries; what is set aside = Σ of its open holds. Of each service: what is used = the calls that count.
 */
export async function checkBooks(
  deps: { readonly db: Db; readonly catalog: CatalogRoom },
  now: Instant,
): Promise<{ readonly subscriptions: number; readonly openHolds: number; readonly faults: readonly BooksFault[] }> {
  // One snapshot for all figures: calls go on while they are read.
  const [rows, wallets, sums, counts] = await deps.db.tx(async (tx) => {
    await sql`set transaction isolation level repeatable read`.execute(tx)
    const since = now - LOOK_BACK_MS
    return [
      await booksRows(tx, since),
      await walletRows(tx),
      await accountSums(tx, BALANCES),
      await wrongCounts(tx, since),
    ] as const
  })
  const terms = await deps.catalog.planVersions(
    deps.db.queries,
    rows.map((row) => row.plan_version_id),
  )
  const ofWindows = rows.flatMap((row) => faultsOf(row, terms.get(row.plan_version_id) as PlanTerms, now))
  const ofWallets = wallets.flatMap(({ member_id: id, balance, reserved, held }) => {
    const posted = sums.get(balanceAccount(id as MemberId)) ?? 0
    return [
      ...(balance === posted
        ? []
        : [{ subscriptionId: id, what: `${balance} in the wallet, ${posted} in the ledger` }]),
      ...(reserved === held ? [] : [{ subscriptionId: id, what: `${reserved} set aside, ${held} by open calls` }]),
    ]
  })
  const ofServices = counts.map(({ id, service, used, calls }) => {
    return { subscriptionId: id, what: `${service}: ${used} used on the row, ${calls} calls` }
  })
  const faults = [...ofWindows, ...ofWallets, ...ofServices]
  return { subscriptions: rows.length, openHolds: rows.reduce((sum, row) => sum + row.holds, 0), faults }
}

function faultsOf(row: BooksRow, terms: PlanTerms, now: Instant): BooksFault[] {
  const faults: BooksFault[] = []
  const fault = (what: string): void => void faults.push({ subscriptionId: row.id, what })
  if (row.in_flight !== row.holds) fault(`${row.in_flight} calls in flight on the row, ${row.holds} holds`)
  for (const rule of terms.windows) {
    const window = windowNow(rule, instant(row.anchor_at), row.windows[rule.id], now)
    if (window.startsAt === undefined) continue
    const key = `${rule.id}@${window.startsAt}`
    const settled = row.settled[key] ?? 0
    const reserved = row.reserved[key] ?? 0
    if (window.settled !== settled) fault(`${rule.id}: ${window.settled} settled on the row, ${settled} in the events`)
    if (window.used !== reserved) fault(`${rule.id}: ${window.used} used on the row, ${reserved} in the prompts`)
  }
  return faults
}

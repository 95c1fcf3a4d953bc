import { microsOfMinor, moneyText, type Minor } from '@codeplan/core'

import type { CatalogRoom } from '../catalog/index.ts'
import { accountSums } from '../ledger/index.ts'
import { sql, type Db } from '../platform/index.ts'
import { OWED_BACK, PLANS_ACCOUNT, RECEIVED } from './books.ts'
import { moneyRows } from './check-store.ts'

/**
 * Does the ledger say what orders, periods and refunds say? What was earned by plans = Σ net of paid periods and of seats; what
 * is received and nobody's yet = nothing; what is owed back = Σ refunds on their way.
 */
export async function checkMoney(deps: { readonly db: Db; readonly catalog: CatalogRoom }): Promise<readonly string[]> {
  const { currency } = deps.catalog.current().operator
  const [rows, sums] = await deps.db.tx(async (tx) => {
    await sql`set transaction isolation level repeatable read`.execute(tx)
    return [await moneyRows(tx), await accountSums(tx, '')] as const
  })
  const faults: string[] = []
  const compare = (what: string, account: string, expected: Minor): void => {
    const posted = sums.get(account) ?? 0
    if (posted === microsOfMinor(expected)) return
    faults.push(
      `${what}: ${posted / 1e6} minor units in the ledger, ${moneyText(expected, currency)} ${currency} on record`,
    )
  }
  compare('earned by plans', PLANS_ACCOUNT, rows.periods)
  compare('received and not applied', RECEIVED, 0 as Minor)
  compare('owed back', OWED_BACK, rows.owed)
  return faults
}

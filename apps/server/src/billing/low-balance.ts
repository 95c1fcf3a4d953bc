import { minor, moneyText, type Instant } from '@codeplan/core'

import type { BillingDeps } from './deps.ts'
import { tell } from '../identity/index.ts'
import { lowBalances } from './store.ts'

/** Tells whoever wished it that the balance has fallen below an amount: once after each time that it was filled. */
export async function tellLowBalances(deps: BillingDeps, now: Instant): Promise<void> {
  const { currency } = deps.catalog.current().operator
  for (const { member_id: memberId, balance, filled_by } of await lowBalances(deps.db.queries)) {
    const data = { balance: moneyText(minor(Math.floor(balance / 1e6)), currency), currency }
    const letter = { kind: 'balance_low', data, dedupeKey: `balance_low:${memberId}:${filled_by}` } as const
    await deps.db.tx((tx) => tell(tx, memberId, letter, now))
  }
}

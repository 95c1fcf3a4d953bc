import { randomBytes } from 'node:crypto'

import { makeId, type Instant, type MemberId, type Micros } from '@codeplan/core'

import type { Db, Queries, Tx } from '../platform/index.ts'
import { insertPosting, sumOfAccount, type Entry } from './store.ts'

export { unbalancedPostings } from './store.ts'
export type { Entry }

/** What a member has paid in and not yet used. A debt of ours, so a positive sum is money that is theirs. */
export const balanceAccount = (memberId: MemberId): string => `balance:${memberId}`
/** The other side of what an operator books by hand. */
export const OPERATOR_ACCOUNT = 'operator:adjustments'

export interface Posting {
  readonly kind: string
  readonly note: string
  readonly idempotencyKey: string
  readonly entries: readonly Entry[]
}

/** Writes entries that sum to zero in each currency, once per idempotency key. Says whether it was this time. */
export async function post(tx: Tx, posting: Posting, now: Instant): Promise<boolean> {
  const sums = new Map<string, number>()
  for (const { currency, amount } of posting.entries) sums.set(currency, (sums.get(currency) ?? 0) + amount)
  for (const [currency, sum] of sums)
    if (sum !== 0) throw new Error(`posting ${posting.kind} is off by ${sum} ${currency}`)
  return insertPosting(tx, { id: makeId('pst', now, randomBytes(16)), at: now, ...posting })
}

export async function balanceOf(on: Queries | Tx, memberId: MemberId, currency: string): Promise<Micros> {
  return (await sumOfAccount(on, balanceAccount(memberId), currency)) as Micros
}

export async function addBalance(
  db: Db,
  gift: { memberId: MemberId; currency: string; amount: Micros; note: string; idempotencyKey: string },
  now: Instant,
): Promise<{ posted: boolean; balance: Micros }> {
  return db.tx(async (tx) => {
    const posted = await post(
      tx,
      {
        kind: 'adjustment',
        note: gift.note,
        idempotencyKey: gift.idempotencyKey,
        entries: [
          { account: balanceAccount(gift.memberId), currency: gift.currency, amount: gift.amount },
          { account: OPERATOR_ACCOUNT, currency: gift.currency, amount: -gift.amount },
        ],
      },
      now,
    )
    return { posted, balance: await balanceOf(tx, gift.memberId, gift.currency) }
  })
}

import { randomBytes } from 'node:crypto'

import { makeId, type Instant, type MemberId, type Micros } from '@codeplan/core'

import type { Tx } from '../platform/index.ts'
import { insertPosting, insertPostingsText, type Entry } from './store.ts'

export { accountSums, movementsOf, unbalancedPostings, type Movement } from './store.ts'
export type { Entry }

/** What a member has paid in and not yet used. A debt of ours, so a positive sum is money that is theirs. */
export const BALANCES = 'balance:'
export const balanceAccount = (memberId: MemberId): string => `${BALANCES}${memberId}`
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
  return insertPosting(tx, { id: makeId('pst', now, randomBytes(16)), at: now, ...balanced(posting) })
}

function balanced(posting: Posting): Posting {
  const sums = new Map<string, number>()
  for (const { currency, amount } of posting.entries) sums.set(currency, (sums.get(currency) ?? 0) + amount)
  for (const [currency, sum] of sums)
    if (sum !== 0) throw new Error(`posting ${posting.kind} is off by ${sum} ${currency}`)
  return posting
}

/** What the operator has earned by calls at list price. */
const CALLS_ACCOUNT = 'revenue:calls'

/** A call is paid for from a balance, once. */
export const payment = (call: { id: string; memberId: MemberId; currency: string; amount: Micros }): Posting => ({
  kind: 'call',
  note: '',
  idempotencyKey: `call:${call.id}`,
  entries: [
    { account: balanceAccount(call.memberId), currency: call.currency, amount: -call.amount },
    { account: CALLS_ACCOUNT, currency: call.currency, amount: call.amount },
  ],
})

interface ServicePayment {
  readonly id: string
  readonly memberId: MemberId
  readonly currency: string
  readonly amount: Micros
  readonly service: string
}

const servicePosting = ({ id, memberId, currency, service }: ServicePayment, amount: number): Posting => ({
  kind: 'service',
  note: service,
  idempotencyKey: amount > 0 ? `service:${id}` : `service-back:${id}`,
  entries: [
    { account: balanceAccount(memberId), currency, amount: -amount },
    { account: CALLS_ACCOUNT, currency, amount },
  ],
})

/** A call of a service is paid for from a balance, once. */
export const payForService = (tx: Tx, call: ServicePayment, now: Instant): Promise<boolean> =>
  post(tx, servicePosting(call, call.amount), now)

/** It did not count: the same the other way round, once. */
export const payBack = (tx: Tx, call: ServicePayment, now: Instant): Promise<boolean> =>
  post(tx, servicePosting(call, -call.amount), now)

/** Postings as statements of a script, for whoever writes them together with what they pay for. */
export const postingsText = (postings: readonly Posting[], now: Instant): string =>
  insertPostingsText(
    postings.map((posting) => ({ id: makeId('pst', now, randomBytes(16)), at: now, ...balanced(posting) })),
  )

/** An operator books to or from a balance by hand. Says whether it was this time. */
export const postAdjustment = (
  tx: Tx,
  gift: { memberId: MemberId; currency: string; amount: Micros; note: string; idempotencyKey: string },
  now: Instant,
): Promise<boolean> =>
  post(
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

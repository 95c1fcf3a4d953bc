import { microsOfMinor, type Instant, type Minor } from '@codeplan/core'

import { post } from '../ledger/index.ts'
import type { Tx } from '../platform/index.ts'

/** Money that has come in and is not yet anybody's; money that is on its way back. */
export const RECEIVED = 'payments:received'
export const OWED_BACK = 'payments:owed_back'
const cashOf = (provider: string): string => `cash:${provider}`
/** What the operator has earned by subscriptions. */
export const PLANS_ACCOUNT = 'revenue:plans'

/** Moves an amount from one account to another, once per key. */
async function moveMoney(
  tx: Tx,
  of: { kind: string; key: string; from: string; to: string; amount: Minor; currency: string },
  now: Instant,
): Promise<void> {
  const micros = microsOfMinor(of.amount)
  if (micros === 0) return
  const entries = [
    { account: of.from, currency: of.currency, amount: -micros },
    { account: of.to, currency: of.currency, amount: micros },
  ]
  await post(tx, { kind: of.kind, note: '', idempotencyKey: of.key, entries }, now)
}

interface Money {
  readonly amount: Minor
  readonly currency: string
}

export const bookReceived = (tx: Tx, of: Money & { id: string; provider: string }, now: Instant): Promise<void> =>
  moveMoney(tx, { ...of, kind: 'payment', key: `received:${of.id}`, from: cashOf(of.provider), to: RECEIVED }, now)

/** The money of a payment pays its order: it is earned, or it is the member's balance. */
export const bookApplied = (tx: Tx, of: Money & { id: string; to: string }, now: Instant): Promise<void> =>
  moveMoney(tx, { ...of, kind: 'order', key: `applied:${of.id}`, from: RECEIVED }, now)

export const bookOwedBack = (
  tx: Tx,
  of: Money & { id: string; from: 'received' | 'earned' },
  now: Instant,
): Promise<void> =>
  moveMoney(
    tx,
    {
      ...of,
      kind: 'refund',
      key: `owed:${of.id}`,
      from: of.from === 'earned' ? PLANS_ACCOUNT : RECEIVED,
      to: OWED_BACK,
    },
    now,
  )

export const bookSentBack = (tx: Tx, of: Money & { id: string; provider: string }, now: Instant): Promise<void> =>
  moveMoney(tx, { ...of, kind: 'refund', key: `sent:${of.id}`, from: OWED_BACK, to: cashOf(of.provider) }, now)

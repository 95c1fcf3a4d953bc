import { randomBytes } from 'node:crypto'

import {
  makeId,
  minor,
  MINUTE_MS,
  no,
  NOTHING,
  plusMs,
  quoteRefund,
  yes,
  type Instant,
  type MemberId,
  type Minor,
  type Outcome,
  type RefundQuote,
} from '@codeplan/core'

import { endSubscription } from '../entitlements/index.ts'
import type { Tx } from '../platform/index.ts'
import { bookOwedBack } from './books.ts'
import type { BillingDeps } from './deps.ts'
import { insertRefund, keptPayments, refundedOf, type PaymentRow } from './payments-store.ts'
import { endContract } from './renew.ts'
import { cutPeriod, periodAt, runningContract } from './store.ts'
import { runningTerm } from './upgrade.ts'

export type NoRefund =
  | { readonly code: 'not_subscribed' }
  | { readonly code: 'renewed_ahead'; readonly at: Instant }
  | { readonly code: 'refund_too_late'; readonly until: Instant }
  | { readonly code: 'quote_changed'; readonly due: Minor }

/** What a member would get back now who gives up the running period. */
export async function offerRefund(
  deps: BillingDeps,
  tx: Tx,
  memberId: MemberId,
  now: Instant,
): Promise<Outcome<RefundQuote, NoRefund>> {
  const contract = await runningContract(tx, memberId, 'locked')
  if (!contract) return no({ code: 'not_subscribed' })
  const term = await runningTerm(deps, tx, contract, now)
  if (!term) return no({ code: 'not_subscribed' })
  if (term.period.endsAt !== contract.terms.period.endsAt) {
    return no({ code: 'renewed_ahead', at: contract.terms.period.startsAt })
  }
  return yes(quoteRefund(term, deps.catalog.current().billing.refund, now))
}

export interface RefundWish {
  readonly memberId: MemberId
  readonly expected?: Minor | undefined
  readonly byOperator?: { readonly amount: Minor; readonly reason: string } | undefined
}

/**
 * Ends the subscription now and sends back what the rule says, from the payments that it was paid by, the newest first.
 * `expected`: what was shown; less is not sent without asking again. An operator may refund where the rule is over.
 */
export async function refund(
  deps: BillingDeps,
  tx: Tx,
  wish: RefundWish,
  now: Instant,
): Promise<Outcome<{ readonly amount: Minor }, NoRefund>> {
  const offer = await offerRefund(deps, tx, wish.memberId, now)
  if (!offer.ok) return offer
  if (!offer.value.allowed && !wish.byOperator) return no({ code: 'refund_too_late', until: offer.value.until })
  const contract = await runningContract(tx, wish.memberId, 'locked')
  const period = contract && (await periodAt(tx, contract.subscription_id, now))
  if (!contract || !period) return no({ code: 'not_subscribed' })
  const amount = minor(
    Math.min(wish.byOperator?.amount ?? (await asShown(deps, tx, wish, offer.value, now)), period.net),
  )
  if (wish.expected !== undefined && amount < wish.expected) return no({ code: 'quote_changed', due: amount })
  await endContract(deps, tx, contract, 'refunded', now)
  await endSubscription(tx, contract.subscription_id, now)
  await cutPeriod(tx, period, now, amount)
  const reason = wish.byOperator?.reason ?? 'the member gave the period up'
  await sendBack(tx, await keptPayments(tx, wish.memberId), amount, reason, now)
  return yes({ amount })
}

/** Whoever confirms some minutes after the look gets what was shown, if it was right then: time alone must not change it. */
async function asShown(
  deps: BillingDeps,
  tx: Tx,
  { memberId, expected }: { readonly memberId: MemberId; readonly expected?: Minor | undefined },
  offer: RefundQuote,
  now: Instant,
): Promise<Minor> {
  if (expected === undefined || expected <= offer.amount) return offer.amount
  const contract = await runningContract(tx, memberId)
  const term = contract && (await runningTerm(deps, tx, contract, now))
  if (!term) return offer.amount
  const { refund: rules, quote_minutes } = deps.catalog.current().billing
  const before = quoteRefund(term, rules, plusMs(now, -quote_minutes * MINUTE_MS))
  return expected <= before.amount ? expected : offer.amount
}

/** From these payments, as far as each has anything left. */
export async function sendBack(
  tx: Tx,
  payments: readonly PaymentRow[],
  amount: Minor,
  reason: string,
  now: Instant,
): Promise<void> {
  let left: number = amount
  for (const payment of payments) {
    if (left === 0) break
    const part = minor(Math.min(left, payment.amount - (await refundedOf(tx, payment.id))))
    if (part <= NOTHING) continue
    const id = makeId('rfd', now, randomBytes(16))
    await insertRefund(tx, { id, payment_id: payment.id, amount: part, reason }, now)
    await bookOwedBack(tx, { id, from: 'earned', amount: part, currency: payment.currency }, now)
    left -= part
  }
  // Net payments are sums of payments less refunds, so there is nothing that no payment covers.
  if (left > 0) throw new Error(`${left} minor units of a refund have no payment`)
}

import { randomBytes } from 'node:crypto'

import { makeId, minor, moneyGoes, movesOn, plusMs, type Instant, type OrderId } from '@codeplan/core'

import type { Tx } from '../platform/index.ts'
import { bookOwedBack, bookReceived } from './books.ts'
import { carryOut } from './carry-out.ts'
import type { BillingDeps } from './deps.ts'
import { granted } from './granted.ts'
import {
  bindMethod,
  insertRefund,
  lockPayment,
  methodById,
  savePayment,
  unbindMandate,
  type PaymentRow,
} from './payments-store.ts'
import type { News, PaymentNews } from './providers/port.ts'
import { refundNews } from './refund-news.ts'
import { renewalDeclined } from './renew.ts'
import { CHECK_AFTER_MS } from './rules.ts'
import { seatsDeclined } from './seat-renewals.ts'
import { setupNews } from './setup-news.ts'
import { lockOrder } from './store.ts'

/** What a piece of news has changed: for the record of the event, and for people who look for it. */
export type Effect =
  | 'paid'
  | 'sent_back'
  | 'moved_on'
  | 'nothing_new'
  | 'unknown_payment'
  | 'mismatch'
  | 'refund'
  | 'bound'
  | 'unbound'

/**
 * Takes what a provider says, whoever heard it: the answer to a question, a notification, a later look. The payment's row
 * is locked first, so each piece of news has its effect once, in any order (F56, F58).
 */
export async function takeNews(deps: BillingDeps, tx: Tx, provider: string, news: News, now: Instant): Promise<Effect> {
  if (news.kind === 'refund') return refundNews(deps, tx, news, now)
  if (news.kind === 'setup') return setupNews(deps, tx, provider, news, now)
  if (news.kind === 'mandate') {
    if (news.state === 'granted') return granted(deps, tx, provider, news, now)
    await unbindMandate(tx, provider, news.mandate, now)
    return 'unbound'
  }
  const payment = await lockPayment(tx, news.paymentId)
  if (!payment) return 'unknown_payment'
  const { amount, currency } = payment
  // Money of another amount, currency or provider pays nothing here, whoever says so (F59).
  const isOther = payment.provider !== provider || news.currency !== currency || news.amount !== amount
  if (isOther || (payment.provider_ref !== null && news.ref !== null && payment.provider_ref !== news.ref)) {
    const about = { payment: payment.id, provider, said: { ...news, method: undefined } }
    deps.log.error(about, 'a provider speaks of a payment that is not as it was asked for; somebody must look at it')
    return 'mismatch'
  }
  if (!movesOn(payment.state, news.state)) return 'nothing_new'
  return moveOn(deps, tx, payment, news, now)
}

async function moveOn(
  deps: BillingDeps,
  tx: Tx,
  payment: PaymentRow,
  news: PaymentNews,
  now: Instant,
): Promise<Effect> {
  const order = await lockOrder(tx, payment.order_id)
  if (!order) throw new Error(`payment ${payment.id} has no order`)
  // A card that was declined is no permission.
  const methodId =
    news.method && news.state !== 'failed'
      ? await bindMethod(
          tx,
          {
            id: makeId('pmt', now, randomBytes(16)),
            memberId: payment.member_id,
            provider: payment.provider,
            method: news.method,
          },
          now,
        )
      : payment.method_id
  const next = {
    id: payment.id,
    state: news.state,
    provider_ref: news.ref ?? payment.provider_ref,
    action: news.action ?? payment.action,
    failure: news.failure ?? null,
    method_id: methodId,
    kept: payment.kept,
    check_at: news.state === 'succeeded' || news.state === 'failed' ? null : plusMs(now, CHECK_AFTER_MS),
  } as const
  if (news.state !== 'succeeded') {
    await savePayment(tx, next, now)
    if (isDeclinedDebit(payment, news)) {
      if (order.kind === 'renewal') await renewalDeclined(deps, tx, order, now)
      if (order.kind === 'seats') await seatsDeclined(deps, tx, order, now)
    }
    return 'moved_on'
  }
  const money = { amount: payment.amount, currency: payment.currency }
  await bookReceived(tx, { ...money, id: payment.id, provider: payment.provider }, now)
  const fingerprint = methodId === null ? null : ((await methodById(tx, methodId))?.fingerprint ?? null)
  const isKept =
    moneyGoes(order.state) !== 'goes_back' &&
    (await carryOut(deps, tx, order, { paymentId: payment.id, methodId, fingerprint }, now))
  await savePayment(tx, { ...next, kept: isKept }, now)
  if (isKept) return 'paid'
  await sendBack(tx, payment, 'the order could not be carried out or was paid already', now)
  return 'sent_back'
}

/**
 * A debit that needs its customer has not come by itself: he is told like after any other, once. A page that he left or on
 * which his card failed is no debit of ours, and takes none of the tries.
 */
const isDeclinedDebit = (payment: PaymentRow, { state }: PaymentNews): boolean =>
  payment.method_id !== null &&
  payment.state !== 'action_required' &&
  (state === 'failed' || state === 'action_required')

/** All of a payment that pays nothing goes back. Written here, sent by the job. */
async function sendBack(tx: Tx, payment: PaymentRow, reason: string, now: Instant): Promise<void> {
  const id = makeId('rfd', now, randomBytes(16))
  await insertRefund(tx, { id, payment_id: payment.id, amount: minor(payment.amount), reason }, now)
  await bookOwedBack(tx, { id, from: 'received', amount: payment.amount, currency: payment.currency }, now)
}

/** An order that costs nothing is carried out at once. */
export async function carryOutFree(deps: BillingDeps, tx: Tx, orderId: OrderId, now: Instant): Promise<boolean> {
  const order = await lockOrder(tx, orderId)
  if (!order || order.state !== 'open' || order.amount !== 0) return false
  return carryOut(deps, tx, order, { methodId: null, fingerprint: null }, now)
}

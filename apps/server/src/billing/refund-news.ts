import { moneyText, plusMs, type Instant } from '@codeplan/core'

import type { Tx } from '../platform/index.ts'
import { bookSentBack } from './books.ts'
import type { BillingDeps } from './deps.ts'
import { tell } from '../identity/index.ts'
import type { Effect } from './money-in.ts'
import { lockPayment, lockRefund, refundedOf, savePayment, saveRefund } from './payments-store.ts'
import type { RefundNews } from './providers/port.ts'

const CHECK_REFUND_MS = 10 * 60_000

/** A refund has arrived, is under way, or was refused: then somebody must look at it. */
export async function refundNews(deps: BillingDeps, tx: Tx, news: RefundNews, now: Instant): Promise<Effect> {
  const refund = await lockRefund(tx, news.refundId)
  if (!refund || refund.state === 'succeeded' || refund.state === news.state) return 'nothing_new'
  const { state, ref, failure = null } = news
  const check_at = state === 'pending' ? plusMs(now, CHECK_REFUND_MS) : null
  await saveRefund(tx, { id: refund.id, state, provider_ref: ref ?? refund.provider_ref, failure, check_at }, now)
  if (state === 'failed') {
    deps.log.error({ refund: refund.id, failure }, 'a provider refuses a refund; somebody must look at it')
    return 'refund'
  }
  const payment = await lockPayment(tx, refund.payment_id)
  if (!payment || state !== 'succeeded') return 'refund'
  const { currency, provider, member_id: memberId } = payment
  await bookSentBack(tx, { id: refund.id, provider, amount: refund.amount, currency }, now)
  if ((await refundedOf(tx, payment.id)) >= payment.amount)
    await savePayment(tx, { ...payment, state: 'refunded' }, now)
  const data = { amount: moneyText(refund.amount, currency), currency }
  await tell(tx, memberId, { kind: 'refund_sent', data, dedupeKey: `refund:${refund.id}` }, now)
  return 'refund'
}

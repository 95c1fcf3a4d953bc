import { HOUR_MS, plusMs, type Instant } from '@codeplan/core'

import type { BillingDeps } from './deps.ts'
import { takeNews } from './money-in.ts'
import { ask, inTx } from './pay.ts'
import {
  checkPaymentAt,
  checkRefundAt,
  paymentById,
  paymentsToCheck,
  refundsToSend,
  type PaymentRow,
  type RefundRow,
} from './payments-store.ts'
import type { PaymentNews, RefundNews } from './providers/port.ts'
import { laterBy } from './rules.ts'
import { lockOrder } from './store.ts'

const BATCH = 100
/** A checkout that nobody has paid is given up this long after its order was let go. */
const GIVE_UP_AFTER_MS = 48 * HOUR_MS
const REFUND_AGAIN_MS = 5 * 60_000

/** Asks providers about payments that nobody has told us of: a lost notification is made up for in minutes (F60). */
export async function reconcile(deps: BillingDeps, now: Instant): Promise<number> {
  const due = await paymentsToCheck(deps.db.queries, now, BATCH)
  for (const payment of due) await checkPayment(deps, payment, now)
  return due.length
}

async function checkPayment(deps: BillingDeps, payment: PaymentRow, now: Instant): Promise<void> {
  const provider = deps.providers().get(payment.provider)
  await checkPaymentAt(deps.db.queries, payment.id, plusMs(now, laterBy(payment, now)))
  if (!provider) return
  let news: PaymentNews | undefined
  try {
    news = await provider.query({ paymentId: payment.id, ref: payment.provider_ref })
  } catch (error) {
    deps.log.warn({ err: error, payment: payment.id }, 'a payment could not be asked about; it is asked again')
    return
  }
  if (news) {
    const said = news
    await inTx(deps, (tx) => takeNews(deps, tx, payment.provider, said, now))
    await giveUp(deps, payment, now)
    return
  }
  // The provider never heard of it: this node, or another, died before it asked. A debit is asked for now, with the same id.
  if (payment.method_id !== null) await ask(deps, payment.id, { returnPath: '/', language: 'en' }, now)
  // A page that was handed out may be opened still, though some providers know of it only then.
  else if (payment.provider_ref === null) await fail(deps, payment, 'never asked for', now)
  else await giveUp(deps, payment, now)
}

/** Nobody pays for an order that was let go long ago. */
async function giveUp(deps: BillingDeps, { id }: PaymentRow, now: Instant): Promise<void> {
  const payment = await paymentById(deps.db.queries, id)
  if (!payment || payment.check_at === null) return
  const isOver = now - payment.created_at > GIVE_UP_AFTER_MS
  const order = isOver ? await deps.db.tx((tx) => lockOrder(tx, payment.order_id)) : undefined
  if (order && order.state !== 'open') await checkPaymentAt(deps.db.queries, payment.id, null)
}

async function fail(deps: BillingDeps, payment: PaymentRow, failure: string, now: Instant): Promise<void> {
  const { id: paymentId, amount, currency } = payment
  const news = { kind: 'payment', paymentId, amount, currency, state: 'failed', ref: null, failure } as const
  await inTx(deps, (tx) => takeNews(deps, tx, payment.provider, news, now))
}

/** Sends what goes back, and asks about what is under way. */
export async function sendRefunds(deps: BillingDeps, now: Instant): Promise<number> {
  const due = await refundsToSend(deps.db.queries, now, BATCH)
  for (const refund of due) await sendRefund(deps, refund, now)
  return due.length
}

async function sendRefund(deps: BillingDeps, refund: RefundRow, now: Instant): Promise<void> {
  const payment = await paymentById(deps.db.queries, refund.payment_id)
  const provider = payment && deps.providers().get(payment.provider)
  await checkRefundAt(deps.db.queries, refund.id, plusMs(now, Math.max(REFUND_AGAIN_MS, laterBy(refund, now))))
  if (!payment || !provider || payment.provider_ref === null) return
  const of = { refundId: refund.id, paymentId: payment.id, paymentRef: payment.provider_ref }
  const { amount, reason } = refund
  let news: RefundNews | undefined
  try {
    news =
      refund.state === 'pending'
        ? await provider.queryRefund({ ...of, ref: refund.provider_ref })
        : await provider.refund({ ...of, amount, currency: payment.currency, reason })
  } catch (error) {
    deps.log.warn({ err: error, refund: refund.id }, 'a refund could not be sent; it is sent again')
    return
  }
  const said = news
  if (said) await inTx(deps, (tx) => takeNews(deps, tx, payment.provider, said, now))
}

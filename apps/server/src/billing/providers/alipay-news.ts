import { createHash } from 'node:crypto'

import { minor, no, readMoney, yes, type Outcome } from '@codeplan/core'

import { CURRENCY, idOfNumber } from './alipay-agreement.ts'
import type { MandateNews, News, Notification, NotificationFault, PaymentNews, SetupNews } from './port.ts'

export type Wire = Readonly<Record<string, string | undefined>>

/** `WAIT_BUYER_PAY` says nothing that is not known: a page waits for its customer, a debit is on its way. */
const STATES: Readonly<Record<string, PaymentNews['state']>> = {
  WAIT_BUYER_PAY: 'created',
  TRADE_SUCCESS: 'succeeded',
  TRADE_FINISHED: 'succeeded',
  TRADE_CLOSED: 'failed',
}

/** A trade as a notification, a query or a debit tells of it. Its name is ours: Alipay takes it wherever its own is taken. */
export function tradeNews(trade: Wire, state = STATES[trade.trade_status ?? '']): PaymentNews | undefined {
  const amount = readMoney(trade.total_amount ?? '', CURRENCY)
  const paymentId = trade.out_trade_no
  if (!state || !amount.ok || !paymentId) return undefined
  const failure = state === 'failed' ? { failure: 'closed' } : {}
  return {
    kind: 'payment',
    paymentId,
    state,
    ref: paymentId,
    amount: minor(amount.value),
    currency: CURRENCY,
    ...failure,
  }
}

/** An agreement that was signed, as a notification or a query tells of it: beside a payment, or alone. */
export function signedNews(form: Wire): MandateNews | SetupNews | undefined {
  const { agreement_no: mandate, external_agreement_no: number, status } = form
  if (!mandate || !number || status !== 'NORMAL') return undefined
  const user = form.alipay_user_id ?? form.principal_id ?? form.alipay_open_id ?? form.principal_open_id ?? mandate
  const fingerprint = createHash('sha256').update(user).digest('hex').slice(0, 24)
  const label = form.alipay_logon_id ? `Alipay ${form.alipay_logon_id}` : 'Alipay'
  const id = idOfNumber(number)
  const method = { mandate, label, fingerprint }
  return id.startsWith('set_')
    ? { kind: 'setup', setupId: id, state: 'succeeded', ref: id, method: { ...method, amountMax: null } }
    : { kind: 'mandate', state: 'granted', paymentId: id, ...method }
}

const ABOUT: Readonly<Record<string, (form: Wire) => News | undefined>> = {
  trade_status_sync: (form) => {
    // A refund is told in the shape of its trade; taken for one, it would pay again.
    if (form.refund_fee === undefined && form.gmt_refund === undefined) return tradeNews(form)
    const refundId = form.out_biz_no
    return refundId ? { kind: 'refund', refundId, state: 'succeeded', ref: refundId } : undefined
  },
  dut_user_sign: (form) => signedNews(form),
  dut_user_unsign: ({ agreement_no: mandate }) =>
    mandate ? { kind: 'mandate', state: 'revoked', mandate } : undefined,
}

/** What a notification tells whose signature holds. */
export function formNews(
  form: Wire,
  ours: { readonly appId: string; readonly sellerId: string | undefined },
): Outcome<Notification, NotificationFault> {
  // Signed, but about somebody else's money.
  if (form.app_id !== ours.appId) return no('forged')
  if (ours.sellerId !== undefined && form.seller_id !== undefined && form.seller_id !== ours.sellerId)
    return no('forged')
  const { notify_id: eventId, notify_type: about = '' } = form
  if (!eventId) return no('not_readable')
  return yes({ eventId, news: ABOUT[about]?.(form) })
}

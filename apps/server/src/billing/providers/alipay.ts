import { Socket } from 'node:net'

import { instant, moneyText, no, wallText, type Minor } from '@codeplan/core'

import { systemClock, type Clock } from '../../platform/index.ts'
import { agreementTerms, CURRENCY, numberOf, PERSONAL_PRODUCT, ZONE } from './alipay-agreement.ts'
import { formNews, signedNews, tradeNews, type Wire } from './alipay-news.ts'
import {
  ProviderAway,
  type Asked,
  type AskedSetup,
  type Debits,
  type PaymentProvider,
  type RefundNews,
  type Setups,
} from './port.ts'
import { onWallClock } from './wall-clock.ts'

const TIMEOUT_MS = 10_000
const DONE = '10000'
/** The customer's bank is still at it. */
const UNDER_WAY = '10003'
/** A refusal with its reason. Every other code leaves open what has become of the question. */
const REFUSED = '40004'
/** Refusals that say nothing about the question either. */
const UNDECIDED = new Set(['ACQ.SYSTEM_ERROR', 'aop.ACQ.SYSTEM_ERROR', 'ACQ.SELLER_BALANCE_NOT_ENOUGH'])

export interface AlipaySettings {
  readonly id: string
  readonly appId: string
  /** PEM, PKCS#8. */
  readonly privateKey: string
  readonly publicKey: string
  readonly sellerId: string | undefined
  readonly gateway: string | undefined
  readonly agreements: boolean
  readonly signScene: string
  readonly clock: Clock
}

const { destroy } = Socket.prototype

/**
 * Loads the SDK, and takes back what it does to everybody: its HTTP client replaces `destroy` of all sockets of the process by one
 * that throws when several are closed for the same reason, as pools of upstreams do when they are closed.
 */
export async function loadAlipaySdk() {
  const { AlipaySdk } = await import('alipay-sdk')
  Socket.prototype.destroy = destroy
  return AlipaySdk
}

/** Alipay of the mainland: its page for a payment and, with a contract for it, debits by agreement. */
export async function alipayProvider(settings: AlipaySettings): Promise<PaymentProvider> {
  const AlipaySdk = await loadAlipaySdk()
  const { appId, privateKey, publicKey, gateway, signScene, clock } = settings
  const sdk = new AlipaySdk({
    appId,
    privateKey,
    keyType: 'PKCS8',
    alipayPublicKey: publicKey,
    timeout: TIMEOUT_MS,
    camelcase: false,
    ...(gateway === undefined ? {} : { gateway }),
  })
  // Alipay reads times on its own wall, whatever the zone of this machine.
  const onWall = (at: number): string => wallText(ZONE, instant(at))
  const timestamp = (): string => onWall(systemClock.now())

  async function ask(method: string, bizContent: object, common: object = {}): Promise<Wire> {
    let answer: Wire
    try {
      answer = await sdk.exec(
        method,
        { ...common, timestamp: timestamp(), bizContent: { ...bizContent } },
        { validateSign: true },
      )
    } catch (error) {
      throw new ProviderAway(`Alipay does not answer ${method}`, { cause: error })
    }
    const { code, sub_code: reason } = answer
    const isAnswer = code === DONE || code === UNDER_WAY || (code === REFUSED && !UNDECIDED.has(reason ?? ''))
    if (!isAnswer) throw new ProviderAway(`Alipay answers ${method} with ${code} ${reason} ${answer.sub_msg ?? ''}`)
    return answer
  }

  async function query(paymentId: string) {
    const trade = await ask('alipay.trade.query', { out_trade_no: paymentId })
    // A page makes its trade only when the customer opens it.
    return trade.code === DONE ? tradeNews(trade) : undefined
  }

  async function queryRefund(refundId: string, paymentId: string): Promise<RefundNews | undefined> {
    const said = await ask('alipay.trade.fastpay.refund.query', { out_trade_no: paymentId, out_request_no: refundId })
    if (said.code !== DONE || said.refund_status !== 'REFUND_SUCCESS') return undefined
    return { kind: 'refund', refundId, state: 'succeeded', ref: refundId }
  }

  const termsOf = (id: string, debits: Debits) =>
    agreementTerms(id, { ...debits, firstAt: instant(onWallClock(debits.firstAt, clock)) }, signScene)

  const setups: Setups = {
    needsDebits: true,
    begin: async ({ setupId, debits, currency, notifyUrl, returnUrl }): Promise<AskedSetup> => {
      if (currency !== CURRENCY) return notInCny
      if (!debits) return { state: 'failed', ref: null, failure: 'no debits' }
      const common = { timestamp: timestamp(), notify_url: notifyUrl, return_url: returnUrl }
      const bizContent = termsOf(setupId, debits)
      const redirectUrl = sdk.pageExecute('alipay.user.agreement.page.sign', 'GET', { ...common, bizContent })
      return { state: 'action_required', ref: setupId, action: { redirectUrl } }
    },
    query: async ({ setupId }) => {
      const agreement = await ask('alipay.user.agreement.query', {
        external_agreement_no: numberOf(setupId),
        personal_product_code: PERSONAL_PRODUCT,
        sign_scene: signScene,
      })
      // A page makes its agreement only when the customer has signed.
      const news = agreement.code === DONE ? signedNews(agreement) : undefined
      return news?.kind === 'setup' ? news : undefined
    },
  }

  return {
    id: settings.id,
    kind: 'alipay',
    setups: settings.agreements ? setups : undefined,
    checkout: async (wish): Promise<Asked> => {
      const { paymentId, amount, currency, title, debits, notifyUrl, returnUrl, expiresAt } = wish
      if (currency !== CURRENCY) return notInCny
      const bizContent = {
        ...tradeOf(paymentId, amount, title),
        product_code: 'FAST_INSTANT_TRADE_PAY',
        time_expire: onWall(onWallClock(expiresAt, clock)),
        ...(settings.agreements && wish.keep && debits
          ? {
              agreement_sign_params: { ...termsOf(paymentId, debits), sign_notify_url: notifyUrl },
            }
          : {}),
      }
      const common = { timestamp: timestamp(), notify_url: notifyUrl, return_url: returnUrl }
      const redirectUrl = sdk.pageExecute('alipay.trade.page.pay', 'GET', { ...common, bizContent })
      return { state: 'action_required', ref: paymentId, action: { redirectUrl } }
    },
    charge: async (wish): Promise<Asked> => {
      const { paymentId, mandate, amount, currency, title, notifyUrl } = wish
      if (currency !== CURRENCY) return notInCny
      const bizContent = {
        ...tradeOf(paymentId, amount, title),
        product_code: 'CYCLE_PAY_AUTH',
        agreement_params: { agreement_no: mandate },
      }
      const paid = await ask('alipay.trade.pay', bizContent, { notify_url: notifyUrl })
      if (paid.code === DONE) return { state: 'succeeded', ref: paymentId }
      if (paid.code === UNDER_WAY) return { state: 'pending', ref: paymentId }
      const known = paid.sub_code === 'ACQ.TRADE_HAS_SUCCESS' ? await query(paymentId) : undefined
      return known ?? { state: 'failed', ref: paymentId, failure: paid.sub_code }
    },
    query: ({ paymentId }) => query(paymentId),
    refund: async ({ refundId, paymentId, amount, reason }): Promise<RefundNews> => {
      const said = await ask('alipay.trade.refund', {
        out_trade_no: paymentId,
        out_request_no: refundId,
        refund_amount: moneyText(amount, CURRENCY),
        refund_reason: reason,
      })
      if (said.code === REFUSED) return { kind: 'refund', refundId, state: 'failed', ref: null, failure: said.sub_code }
      if (said.fund_change === 'Y') return { kind: 'refund', refundId, state: 'succeeded', ref: refundId }
      // Asked for before, or not through yet.
      return (await queryRefund(refundId, paymentId)) ?? { kind: 'refund', refundId, state: 'pending', ref: refundId }
    },
    queryRefund: ({ refundId, paymentId }) => queryRefund(refundId, paymentId),
    unbind: async (mandate) => {
      await ask('alipay.user.agreement.unsign', { agreement_no: mandate })
    },
    allows: ({ amountMax }, amount) => amountMax === null || amount <= amountMax,
    readNotification: (body) => {
      if (publicKey === '') return no('off')
      const form: Wire = Object.fromEntries(new URLSearchParams(body.toString('utf8')))
      return form.sign_type === 'RSA2' && isSigned(form) ? formNews(form, settings) : no('forged')
    },
    thanks: { contentType: 'text/plain', body: 'success' },
  }

  function isSigned(form: Wire): boolean {
    try {
      return sdk.checkNotifySignV2(form)
    } catch {
      return false
    }
  }
}

const notInCny = { state: 'failed', ref: null, failure: 'currency' } as const

/** Alipay refuses some signs in a title. */
const tradeOf = (paymentId: string, amount: Minor, title: string) => ({
  out_trade_no: paymentId,
  total_amount: moneyText(amount, CURRENCY),
  subject: title.replaceAll(/[/=&]/g, ' ').slice(0, 128),
})

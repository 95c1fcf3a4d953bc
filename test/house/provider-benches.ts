import { generateKeyPairSync, randomBytes } from 'node:crypto'

import { DAY_MS, instant, makeId, minor, MINUTE_MS, type PaymentId, type SetupId } from '@codeplan/core'
import { CARDS, startAlipayStandIn, startBank, startStripeStandIn, type ProviderStandIn } from '@codeplan/sandbox'

import { openProviders } from '../../apps/server/src/billing/providers/open.ts'
import type { CheckoutWish, SetupWish } from '../../apps/server/src/billing/providers/port.ts'
import type { PaymentProviderDocument } from '../../apps/server/src/catalog/index.ts'
import { makeLog, systemClock, type Clock } from '../../apps/server/src/platform/index.ts'

/** A provider as an operator would connect it, with its stand-in behind it. */
export interface ProviderBench {
  readonly document: PaymentProviderDocument
  readonly secrets: Readonly<Record<string, string>>
  readonly standIn: ProviderStandIn
}

const rsa = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })

export const STRIPE_SECRETS = { STRIPE_SECRET_KEY: 'sk_test_bench', STRIPE_WEBHOOK_SECRET: 'whsec_bench' } as const

export async function stripeBench(): Promise<ProviderBench> {
  const standIn = await startStripeStandIn({
    secretKey: STRIPE_SECRETS.STRIPE_SECRET_KEY,
    webhookSecret: STRIPE_SECRETS.STRIPE_WEBHOOK_SECRET,
  })
  const document: PaymentProviderDocument = {
    id: 'stripe',
    kind: 'stripe',
    secret_env: 'STRIPE_SECRET_KEY',
    webhook_secret_env: 'STRIPE_WEBHOOK_SECRET',
    api_base: standIn.url,
  }
  return { document, secrets: STRIPE_SECRETS, standIn }
}

export const ALIPAY_APP = '2021000000000001'
export const ALIPAY_SELLER = '2088000000000001'

export async function alipayBench(): Promise<ProviderBench & { readonly alipayPrivateKey: string }> {
  const [merchant, alipay] = [rsa(), rsa()]
  const standIn = await startAlipayStandIn({
    appId: ALIPAY_APP,
    sellerId: ALIPAY_SELLER,
    privateKey: alipay.privateKey,
    merchantPublicKey: merchant.publicKey,
  })
  const document: PaymentProviderDocument = {
    id: 'alipay',
    kind: 'alipay',
    app_id: ALIPAY_APP,
    seller_id: ALIPAY_SELLER,
    private_key_env: 'ALIPAY_PRIVATE_KEY',
    public_key_env: 'ALIPAY_PUBLIC_KEY',
    gateway: standIn.url,
    agreements: true,
    sign_scene: 'INDUSTRY|DIGITAL_MEDIA',
  }
  const secrets = { ALIPAY_PRIVATE_KEY: merchant.privateKey, ALIPAY_PUBLIC_KEY: alipay.publicKey }
  return { document, secrets, standIn, alipayPrivateKey: alipay.privateKey }
}

/** The test bank with the handles of a stand-in. Its address and secret are not of the catalog: `CODEPLAN_BANK_…`. */
export async function bankBench(): Promise<ProviderBench> {
  const secret = 'secret of the bank'
  const bank = await startBank({ secret, keepsEvents: true })
  const payment = (id: string) => bank.books.payments.get(id)
  const signed = (body: string) => ({ body, headers: { 'bank-signature': bank.sign(body) } })
  const secrets = { CODEPLAN_BANK_URL: bank.url, CODEPLAN_BANK_SECRET: secret }
  const standIn: ProviderStandIn = {
    url: bank.url,
    get events() {
      return bank.events.map(({ body }) => signed(body))
    },
    choose: (url, number) => {
      const asked = bank.books.byRef(url.split('/').at(-1) ?? '')
      const card = CARDS.find((c) => c.number === number)
      if (asked && card) bank.books.choose(asked, card)
    },
    confirm: (id) => {
      const asked = payment(id)
      if (asked) bank.books.confirm(asked)
    },
    // Its pages stay open.
    expire: () => undefined,
    settleLate: () => bank.books.settleLate(),
    moved: (id) => (payment(id)?.state === 'succeeded' ? (payment(id)?.amount ?? 0) - (payment(id)?.refunded ?? 0) : 0),
    setAway: (isAway) => {
      secrets.CODEPLAN_BANK_URL = isAway ? 'http://127.0.0.1:9' : bank.url
    },
    signed,
    close: () => bank.close(),
  }
  return { document: { id: 'sandbox', kind: 'sandbox' }, secrets, standIn }
}

/** Opened as the server does it. */
export async function openBench(
  bench: ProviderBench,
  change: { clock?: Clock; secrets?: Record<string, string> } = {},
) {
  const secrets: Record<string, string> = change.secrets ?? bench.secrets
  const opened = await openProviders([bench.document], {
    secret: (name) => secrets[name],
    bank: () => ({ url: secrets.CODEPLAN_BANK_URL ?? '', secret: secrets.CODEPLAN_BANK_SECRET ?? '' }),
    clock: change.clock ?? systemClock,
    log: makeLog('silent'),
  })
  return opened.get(bench.document.id)
}

export const AMOUNT = minor(4900)
export const newPayment = (): PaymentId => makeId('pay', Date.now(), randomBytes(16))

export const newSetup = (): SetupId => makeId('set', Date.now(), randomBytes(16))

/** A method that is bound without a payment. */
export function setupFor(setupId: SetupId): SetupWish {
  const { debits, currency, title, returnUrl, notifyUrl, language, expiresAt, createdAt } = wishFor(newPayment(), true)
  return { setupId, debits, currency, title, returnUrl, notifyUrl, language, expiresAt, createdAt }
}

export function wishFor(paymentId: PaymentId, keep: boolean, now: number = Date.now()): CheckoutWish {
  return {
    paymentId,
    orderId: `ord_${paymentId.slice(4)}`,
    amount: AMOUNT,
    currency: 'CNY',
    title: 'GLM Coding Lite',
    keep,
    debits: keep ? { amountMax: AMOUNT, months: 1, firstAt: instant(now + 30 * DAY_MS) } : undefined,
    returnUrl: 'http://127.0.0.1:1/back',
    notifyUrl: 'http://127.0.0.1:1/told',
    language: 'en',
    expiresAt: now + 15 * MINUTE_MS,
    createdAt: now,
  }
}

import { HOUR_MS, MINUTE_MS, no, yes } from '@codeplan/core'
import type Stripe from 'stripe'

import type { Clock } from '../../platform/index.ts'
import {
  ProviderAway,
  type Asked,
  type AskedSetup,
  type ChargeWish,
  type CheckoutWish,
  type PaymentProvider,
  type SetupWish,
} from './port.ts'
import { eventNews, intentNews, NEEDS_CUSTOMER, refundNews, sessionNews, toStripe, type Mark } from './stripe-news.ts'
import { setupNews } from './stripe-setup-news.ts'
import { onWallClock } from './wall-clock.ts'

const TIMEOUT_MS = 10_000
/** Stripe takes pages that live between half an hour and a day; a little less, for the time that a repeat takes. */
const PAGE_MS_MIN = 35 * MINUTE_MS
const PAGE_MS_MAX = 23 * HOUR_MS

export interface StripeSettings {
  readonly id: string
  readonly secretKey: string
  readonly webhookSecret: string
  readonly apiBase: string | undefined
  readonly clock: Clock
}

/** Cards and what else Stripe takes: its page for the first payment, intents without the customer for the next ones. */
export async function stripeProvider(settings: StripeSettings): Promise<PaymentProvider> {
  const { default: StripeSdk } = await import('stripe')
  const { hostname, port, protocol } = new URL(settings.apiBase ?? 'https://api.stripe.com')
  const stripe = new StripeSdk(settings.secretKey, {
    host: hostname,
    port: port || (protocol === 'http:' ? 80 : 443),
    protocol: protocol === 'http:' ? 'http' : 'https',
    timeout: TIMEOUT_MS,
    maxNetworkRetries: 1,
    telemetry: false,
  })
  const { StripeCardError, StripeInvalidRequestError } = StripeSdk.errors
  type Refusal = InstanceType<typeof StripeCardError | typeof StripeInvalidRequestError>

  /** A refusal is an answer. Whatever else goes wrong, nobody knows what has become of it, and it is asked again. */
  async function ask<T, R>(work: () => Promise<T>, refused: (error: Refusal) => R | Promise<R>): Promise<T | R> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof ProviderAway) throw error
      const isRefusal = error instanceof StripeCardError || error instanceof StripeInvalidRequestError
      if (isRefusal) return refused(error)
      throw new ProviderAway('Stripe does not answer', { cause: error })
    }
  }
  const failed = (error: Refusal): Asked => ({
    state: 'failed',
    ref: null,
    failure: error.decline_code ?? error.code ?? 'refused',
  })
  const nothing = (): undefined => undefined

  async function charge(wish: ChargeWish): Promise<Asked> {
    const { paymentId, orderId, mandate, amount, currency, title } = wish
    const method = await ask(() => stripe.paymentMethods.retrieve(mandate), nothing)
    const customer = typeof method?.customer === 'string' ? method.customer : method?.customer?.id
    if (!customer) return { state: 'failed', ref: null, failure: 'unbound' }
    const mark: Mark = { payment_id: paymentId, order_id: orderId, by: 'charge', keep: 'no' }
    const intent = {
      amount: toStripe(amount, currency),
      currency: currency.toLowerCase(),
      customer,
      payment_method: mandate,
      // Only cards are kept, and none of them sends the customer elsewhere by itself.
      allowed_payment_method_types: ['card'],
      description: title,
      off_session: true,
      confirm: true,
      metadata: { ...mark },
    } satisfies Stripe.PaymentIntentCreateParams
    return ask(
      async () => known(intentNews(await stripe.paymentIntents.create(intent, { idempotencyKey: paymentId }))),
      async (error) => {
        const made = error.payment_intent
        return made && error.code === NEEDS_CUSTOMER
          ? callBack(made.id, wish)
          : { ...failed(error), ref: made?.id ?? null }
      },
    )
  }

  /** The same intent, now with the customer: the bank's own page asks him. */
  const callBack = (intentId: string, { paymentId, mandate, returnUrl }: ChargeWish): Promise<Asked> =>
    ask(
      async () =>
        known(
          intentNews(
            await stripe.paymentIntents.confirm(
              intentId,
              { payment_method: mandate, return_url: returnUrl },
              { idempotencyKey: `${paymentId}:customer` },
            ),
          ),
        ),
      (error) => ({ ...failed(error), ref: intentId }),
    )

  async function findIntent(paymentId: string): Promise<Stripe.PaymentIntent | undefined> {
    const { data } = await stripe.paymentIntents.search({ query: `metadata['payment_id']:'${paymentId}'` })
    return data.find(({ status }) => status === 'succeeded') ?? data[0]
  }

  const withCard = { expand: ['payment_intent.payment_method'] }
  const sessionOf = async (intentId: string): Promise<Stripe.Checkout.Session | undefined> => {
    const { data } = await stripe.checkout.sessions.list({ payment_intent: intentId })
    return data[0] && stripe.checkout.sessions.retrieve(data[0].id, withCard)
  }

  return {
    id: settings.id,
    kind: 'stripe',
    checkout: (wish) =>
      ask(async () => {
        const session = await stripe.checkout.sessions.create(pageOf(wish, settings.clock), {
          idempotencyKey: wish.paymentId,
        })
        return known(sessionNews(session))
      }, failed),
    charge,
    query: ({ paymentId, ref }) =>
      ask(async () => {
        if (ref?.startsWith('cs_')) return sessionNews(await stripe.checkout.sessions.retrieve(ref, withCard))
        const intent = ref === null ? await findIntent(paymentId) : await stripe.paymentIntents.retrieve(ref)
        if (!intent) return undefined
        if (intent.metadata.by === 'checkout') {
          const session = await sessionOf(intent.id)
          return session && sessionNews(session)
        }
        // Whoever has asked died before he put it to the customer: to be asked for again, with the same id.
        const isLeft = intent.status === 'requires_payment_method' && intent.last_payment_error?.code === NEEDS_CUSTOMER
        return isLeft ? undefined : intentNews(intent)
      }, nothing),
    refund: (wish) =>
      ask(
        async () => {
          const refund = await stripe.refunds.create(
            {
              payment_intent: await intentOf(stripe, wish.paymentRef),
              amount: toStripe(wish.amount, wish.currency),
              metadata: { refund_id: wish.refundId, payment_id: wish.paymentId, reason: wish.reason },
            },
            { idempotencyKey: wish.refundId },
          )
          return known(refundNews(refund))
        },
        (error) => ({ kind: 'refund', refundId: wish.refundId, state: 'failed', ref: null, failure: error.code }),
      ),
    queryRefund: ({ refundId, paymentRef, ref }) =>
      ask(async () => {
        if (ref !== null) return refundNews(await stripe.refunds.retrieve(ref))
        const list = stripe.refunds.list({ payment_intent: await intentOf(stripe, paymentRef), limit: 100 })
        for await (const refund of list) if (refund.metadata?.refund_id === refundId) return refundNews(refund)
        return undefined
      }, nothing),
    setups: {
      needsDebits: false,
      begin: (wish) =>
        ask(
          async (): Promise<AskedSetup> => {
            const page = setupPageOf(wish, settings.clock)
            return known(setupNews(await stripe.checkout.sessions.create(page, { idempotencyKey: wish.setupId })))
          },
          ({ code }) => ({ state: 'failed', ref: null, failure: code ?? 'refused' }),
        ),
      query: ({ ref }) =>
        ask(async () => {
          if (ref === null) return undefined
          return setupNews(await stripe.checkout.sessions.retrieve(ref, { expand: ['setup_intent.payment_method'] }))
        }, nothing),
    },
    unbind: async (mandate) => {
      await ask(() => stripe.paymentMethods.detach(mandate), nothing)
    },
    readNotification: (body, headers) => {
      const { webhookSecret } = settings
      if (webhookSecret === '') return no('off')
      try {
        // How old it may be is measured by Stripe's clock, which is everybody's, not by one that a sandbox moves.
        const event = stripe.webhooks.constructEvent(body, String(headers['stripe-signature'] ?? ''), webhookSecret)
        return yes({ eventId: event.id, news: eventNews(event) })
      } catch (error) {
        return no(error instanceof StripeSdk.errors.StripeSignatureVerificationError ? 'forged' : 'not_readable')
      }
    },
    thanks: { contentType: 'application/json', body: '{"received":true}' },
  }
}

function known<T>(news: T | undefined): T {
  if (news === undefined) throw new ProviderAway('Stripe has made something that does not bear our mark')
  return news
}

/** A page is known by itself; money goes back by its intent. */
async function intentOf(stripe: Stripe, ref: string): Promise<string> {
  if (!ref.startsWith('cs_')) return ref
  const { payment_intent: intent } = await stripe.checkout.sessions.retrieve(ref)
  return typeof intent === 'string' ? intent : (intent?.id ?? '')
}

/** Cards are what can be debited later, everywhere; they need a customer of Stripe's to belong to. */
const BINDS: Pick<Stripe.Checkout.SessionCreateParams, 'customer_creation' | 'allowed_payment_method_types'> = {
  customer_creation: 'always',
  allowed_payment_method_types: ['card'],
}

function pageOf(wish: CheckoutWish, clock: Clock): Stripe.Checkout.SessionCreateParams {
  const { paymentId, orderId, amount, currency, title, keep } = wish
  const mark: Mark = { payment_id: paymentId, order_id: orderId, by: 'checkout', keep: keep ? 'yes' : 'no' }
  return {
    mode: 'payment',
    client_reference_id: paymentId,
    metadata: { ...mark },
    line_items: [
      {
        quantity: 1,
        price_data: {
          currency: currency.toLowerCase(),
          unit_amount: toStripe(amount, currency),
          product_data: { name: title },
        },
      },
    ],
    payment_intent_data: {
      description: title,
      metadata: { ...mark },
      ...(keep ? { setup_future_usage: 'off_session' } : {}),
    },
    ...(keep ? BINDS : {}),
    ...pageFrame(wish, clock),
  }
}

/** Nothing is taken: the card is checked by its bank and belongs to a customer of Stripe's from then on. */
function setupPageOf(wish: SetupWish, clock: Clock): Stripe.Checkout.SessionCreateParams {
  const mark = { setup_id: wish.setupId }
  return {
    mode: 'setup',
    client_reference_id: wish.setupId,
    metadata: mark,
    setup_intent_data: { description: wish.title, metadata: mark },
    ...BINDS,
    ...pageFrame(wish, clock),
  }
}

/** Where a page leads, in which language, and how long it lives. */
function pageFrame(
  { returnUrl, language, createdAt, ...wish }: CheckoutWish | SetupWish,
  clock: Clock,
): Pick<Stripe.Checkout.SessionCreateParams, 'success_url' | 'cancel_url' | 'locale' | 'expires_at'> {
  const expiresAt = Math.min(Math.max(wish.expiresAt, createdAt + PAGE_MS_MIN), createdAt + PAGE_MS_MAX)
  return {
    success_url: returnUrl,
    cancel_url: returnUrl,
    locale: language,
    expires_at: Math.floor(onWallClock(expiresAt, clock) / 1000),
  }
}

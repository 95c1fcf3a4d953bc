import { decimalsOf, minor, type Minor } from '@codeplan/core'
import type Stripe from 'stripe'

import type { BoundMethod, News, PaymentNews, RefundNews } from './port.ts'
import { setupNews } from './stripe-setup-news.ts'

/** What we write on everything that belongs to a payment of ours: Stripe copies it from an intent to its charges. */
export interface Mark {
  readonly payment_id: string
  readonly order_id: string
  readonly by: 'checkout' | 'charge'
  readonly keep: 'yes' | 'no'
}

/** Where Stripe counts in another unit than ISO 4217 says. */
const DECIMALS: Readonly<Record<string, number>> = { ISK: 2, MGA: 0, UGX: 2 }
const scaleOf = (currency: string): number => (DECIMALS[currency] ?? decimalsOf(currency)) - decimalsOf(currency)

export const toStripe = (amount: Minor, currency: string): number => minor(amount * 10 ** scaleOf(currency))
export function fromStripe(amount: number, code: string): { readonly amount: Minor; readonly currency: string } {
  const currency = code.toUpperCase()
  return { amount: minor(amount / 10 ** scaleOf(currency)), currency }
}

/** A refusal of the bank that has the customer authenticate instead. */
export const NEEDS_CUSTOMER = 'authentication_required'

const INTENT: Readonly<Record<string, PaymentNews['state']>> = {
  succeeded: 'succeeded',
  processing: 'pending',
  requires_action: 'action_required',
  requires_confirmation: 'pending',
  requires_capture: 'pending',
  requires_payment_method: 'failed',
  canceled: 'failed',
}

/** The mark, unless it is of somebody else who uses the same account. */
const markOf = (metadata: Stripe.Metadata | null): Mark | undefined =>
  metadata?.payment_id === undefined ? undefined : (metadata as unknown as Mark)

/** A debit while the customer is away. */
export function intentNews(intent: Stripe.PaymentIntent): PaymentNews | undefined {
  const mark = markOf(intent.metadata)
  if (!mark) return undefined
  const error = intent.last_payment_error
  const url = intent.next_action?.redirect_to_url?.url
  const state = INTENT[intent.status] ?? 'pending'
  return {
    kind: 'payment',
    paymentId: mark.payment_id,
    state,
    // A payment by a page is known by its page.
    ref: mark.by === 'charge' ? intent.id : null,
    ...fromStripe(intent.amount, intent.currency),
    ...(state === 'failed' ? { failure: error?.decline_code ?? error?.code ?? 'canceled' } : {}),
    ...(state === 'action_required' && url ? { action: { redirectUrl: url } } : {}),
  }
}

/** A page. Its intent is there as an object only when it was asked for. */
export function sessionNews(session: Stripe.Checkout.Session): PaymentNews | undefined {
  const mark = markOf(session.metadata)
  if (!mark || session.amount_total === null || session.currency === null) return undefined
  const intent = typeof session.payment_intent === 'object' ? session.payment_intent : null
  const method = mark.keep === 'yes' ? cardOf(intent?.payment_method ?? null) : undefined
  const state = sessionState(session, intent)
  return {
    kind: 'payment',
    paymentId: mark.payment_id,
    // Money whose permission to debit is not told yet is looked at again: it must not be bound to nothing.
    state: state === 'succeeded' && mark.keep === 'yes' && !method ? 'pending' : state,
    ref: session.id,
    ...fromStripe(session.amount_total, session.currency),
    ...(state === 'failed' ? { failure: session.status === 'expired' ? 'expired' : 'declined' } : {}),
    ...(state === 'action_required' && session.url ? { action: { redirectUrl: session.url } } : {}),
    ...(method ? { method } : {}),
  }
}

function sessionState(
  { status, payment_status }: Stripe.Checkout.Session,
  intent: Stripe.PaymentIntent | null,
): PaymentNews['state'] {
  if (status === 'expired') return 'failed'
  if (status !== 'complete') return 'action_required'
  if (payment_status !== 'unpaid') return 'succeeded'
  return intent && INTENT[intent.status] === 'failed' ? 'failed' : 'pending'
}

export function cardOf(method: string | Stripe.PaymentMethod | null): BoundMethod | undefined {
  return typeof method === 'object' && method?.card ? boundCard(method.id, method.card) : undefined
}

const boundCard = (
  mandate: string,
  card: { readonly brand: string | null; readonly last4: string | null; readonly fingerprint?: string | null },
): BoundMethod => ({
  mandate,
  label: `${(card.brand ?? 'card').replace(/^./, (c) => c.toUpperCase())} •••• ${card.last4 ?? ''}`,
  fingerprint: card.fingerprint ?? mandate,
  amountMax: null,
})

/** The only event that says which card has paid. */
function chargeNews(charge: Stripe.Charge): PaymentNews | undefined {
  const mark = markOf(charge.metadata)
  const intent = typeof charge.payment_intent === 'string' ? charge.payment_intent : (charge.payment_intent?.id ?? null)
  if (!mark) return undefined
  const card = charge.payment_method_details?.card
  const method =
    mark.keep === 'yes' && card && charge.payment_method ? boundCard(charge.payment_method, card) : undefined
  return {
    kind: 'payment',
    paymentId: mark.payment_id,
    state: 'succeeded',
    ref: mark.by === 'charge' ? intent : null,
    ...fromStripe(charge.amount, charge.currency),
    ...(method ? { method } : {}),
  }
}

const REFUND: Readonly<Record<string, RefundNews['state']>> = {
  succeeded: 'succeeded',
  failed: 'failed',
  canceled: 'failed',
}

export function refundNews(refund: Stripe.Refund): RefundNews | undefined {
  const refundId = refund.metadata?.refund_id
  if (refundId === undefined) return undefined
  const state = REFUND[refund.status ?? ''] ?? 'pending'
  return { kind: 'refund', refundId, state, ref: refund.id, failure: refund.failure_reason ?? undefined }
}

/** What a verified event tells. Undefined: nothing that matters here. */
export function eventNews(event: Stripe.Event): News | undefined {
  switch (event.type) {
    case 'checkout.session.completed':
    case 'checkout.session.async_payment_succeeded':
    case 'checkout.session.expired':
      return event.data.object.mode === 'setup' ? setupNews(event.data.object) : sessionNews(event.data.object)
    case 'checkout.session.async_payment_failed': {
      const news = sessionNews(event.data.object)
      return news && { ...news, state: 'failed', failure: 'declined' }
    }
    case 'payment_intent.succeeded': {
      const { keep, by } = markOf(event.data.object.metadata) ?? {}
      const news = intentNews(event.data.object)
      return news && keep === 'yes' && by === 'checkout' ? { ...news, state: 'pending' } : news
    }
    case 'payment_intent.payment_failed':
    case 'payment_intent.requires_action': {
      // On a page the customer tries another card; a debit that needs the customer is put to him by whoever has asked.
      const { last_payment_error: error, metadata, status } = event.data.object
      const isAsked = status === 'requires_payment_method' && error?.code === NEEDS_CUSTOMER
      return isAsked || metadata.by === 'checkout' ? undefined : intentNews(event.data.object)
    }
    case 'charge.succeeded':
      return chargeNews(event.data.object)
    case 'refund.created':
    case 'refund.updated':
    case 'refund.failed':
      return refundNews(event.data.object)
    case 'payment_method.detached':
      return { kind: 'mandate', state: 'revoked', mandate: event.data.object.id }
    default:
      return undefined
  }
}

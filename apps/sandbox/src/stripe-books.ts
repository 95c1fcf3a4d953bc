import { randomBytes } from 'node:crypto'

import { fingerprintOf, type Card } from './bank-cards.ts'
import type { Form } from './form.ts'

const name = (prefix: string): string => `${prefix}_${randomBytes(12).toString('hex')}`

export interface Intent {
  readonly id: string
  readonly object: 'payment_intent'
  readonly amount: number
  readonly currency: string
  readonly metadata: Form
  readonly customer: string | null
  readonly keeps: boolean
  status: 'requires_payment_method' | 'requires_action' | 'processing' | 'succeeded' | 'canceled'
  payment_method: string | null
  last_payment_error: object | null
  next_action: object | null
  refunded: number
}

/** What binds a card without a payment. */
export interface SetupIntent {
  readonly id: string
  readonly object: 'setup_intent'
  readonly metadata: Form
  readonly status: 'succeeded'
  readonly payment_method: string
}

export interface Session {
  readonly id: string
  readonly object: 'checkout.session'
  readonly mode: 'payment' | 'setup'
  readonly amount_total: number | null
  readonly currency: string | null
  readonly client_reference_id: string
  readonly metadata: Form
  readonly intentMetadata: Form
  readonly keeps: boolean
  readonly expires_at: number
  status: 'open' | 'complete' | 'expired'
  payment_status: 'unpaid' | 'paid' | 'no_payment_required'
  payment_intent: string | null
  setup_intent: string | null
  url: string | null
}

interface Method {
  readonly id: string
  readonly card: Card
  customer: string | null
}

export interface StripeRefund {
  readonly id: string
  readonly object: 'refund'
  readonly payment_intent: string
  readonly amount: number
  readonly metadata: Form
  readonly status: 'succeeded'
}

/** A refusal in the shape of the API. */
export class Refused extends Error {
  readonly status: number
  readonly error: object
  constructor(status: number, error: object) {
    super('refused')
    this.status = status
    this.error = error
  }
}
const invalid = (code: string) => new Refused(400, { type: 'invalid_request_error', code, message: code })
/** A name that this version of the API has dropped. */
function refuseDropped(wish: Form): void {
  if (wish.payment_method_types) throw invalid('parameter_unknown')
}
export const missing = () =>
  new Refused(404, { type: 'invalid_request_error', code: 'resource_missing', message: 'none' })

export const shownCard = (card: Card) => ({
  brand: 'visa',
  last4: card.number.slice(-4),
  fingerprint: fingerprintOf(card),
})

/** The books of Stripe's stand-in: pages, intents, methods, refunds, and what it tells of them. */
export class StripeBooks {
  readonly intents = new Map<string, Intent>()
  readonly setups = new Map<string, SetupIntent>()
  readonly sessions = new Map<string, Session>()
  readonly methods = new Map<string, Method>()
  readonly refunds = new Map<string, StripeRefund>()
  private readonly tell: (type: string, object: object) => void

  constructor(tell: (type: string, object: object) => void) {
    this.tell = tell
  }

  openPage(wish: Form, base: string): Session {
    refuseDropped(wish)
    const isSetup = wish.mode === 'setup'
    // A page that takes no money has nothing to sell.
    if (isSetup !== (wish.line_items === undefined)) throw invalid('line_items')
    const [item] = Object.values((wish.line_items ?? {}) as Form) as Form[]
    const price = item?.price_data as Form | undefined
    const expires_at = Number(wish.expires_at)
    const livesSec = expires_at - Date.now() / 1000
    if (livesSec < 1800 || livesSec > 86_400) throw invalid('expires_at')
    const { metadata = {}, setup_future_usage } = (wish.payment_intent_data ?? wish.setup_intent_data) as Form
    const keeps = isSetup || setup_future_usage === 'off_session'
    if (keeps && wish.customer_creation !== 'always') throw invalid('customer_creation')
    const id = name('cs_test')
    const session: Session = {
      id,
      object: 'checkout.session',
      mode: isSetup ? 'setup' : 'payment',
      amount_total: price ? Number(price.unit_amount) * Number(item?.quantity) : null,
      currency: price ? String(price.currency) : null,
      client_reference_id: String(wish.client_reference_id),
      metadata: wish.metadata as Form,
      intentMetadata: metadata as Form,
      keeps,
      expires_at,
      status: 'open',
      payment_status: isSetup ? 'no_payment_required' : 'unpaid',
      payment_intent: null,
      setup_intent: null,
      url: `${base}/pay/${id}`,
    }
    this.sessions.set(id, session)
    return session
  }

  /** A card that is declined leaves the page open: the customer may take another. */
  choose(session: Session, card: Card): void {
    if (session.status !== 'open') return
    if (session.mode === 'setup') return this.bind(session, card)
    const customer = session.keeps ? name('cus') : null
    const known = session.payment_intent === null ? undefined : this.intents.get(session.payment_intent)
    const intent =
      known ??
      this.newIntent(session.amount_total ?? 0, session.currency ?? '', session.intentMetadata, customer, session.keeps)
    session.payment_intent = intent.id
    intent.payment_method = this.newMethod(card, null).id
    this.go(intent, card.page === 'confirms' || card.page === 'twice' ? 'pays' : card.page)
    if (intent.status === 'requires_payment_method') return
    session.status = 'complete'
    session.url = null
    session.payment_status = intent.status === 'succeeded' ? 'paid' : 'unpaid'
    this.tell('checkout.session.completed', session)
    if (card.page === 'twice') this.tell('checkout.session.completed', session)
  }

  /** Its bank is asked on the page, also to confirm. */
  private bind(session: Session, card: Card): void {
    if (card.page === 'declines') return
    const method = this.newMethod(card, name('cus'))
    const setup: SetupIntent = {
      id: name('seti'),
      object: 'setup_intent',
      metadata: session.intentMetadata,
      status: 'succeeded',
      payment_method: method.id,
    }
    this.setups.set(setup.id, setup)
    session.setup_intent = setup.id
    session.status = 'complete'
    session.url = null
    this.tell('setup_intent.succeeded', setup)
    this.tell('checkout.session.completed', session)
    if (card.page === 'twice') this.tell('checkout.session.completed', session)
  }

  expire(session: Session): void {
    if (session.status !== 'open') return
    session.status = 'expired'
    session.url = null
    this.tell('checkout.session.expired', session)
  }

  /** A debit while the customer is away. */
  debit(wish: Form): Intent {
    refuseDropped(wish)
    // Methods of every kind are thought of unless some are named, and some of these send the customer elsewhere.
    if (!wish.allowed_payment_method_types && !wish.return_url) throw invalid('parameter_missing')
    const method = this.methods.get(String(wish.payment_method))
    if (!method || method.customer === null || method.customer !== wish.customer)
      throw invalid('payment_method_unexpected_state')
    const intent = this.newIntent(
      Number(wish.amount),
      String(wish.currency),
      wish.metadata as Form,
      method.customer,
      false,
    )
    intent.payment_method = method.id
    if (method.card.debit === 'confirms') {
      this.fail(intent, { code: 'authentication_required', decline_code: 'authentication_required' })
    } else this.go(intent, method.card.debit)
    if (intent.last_payment_error) throw new Refused(402, { ...intent.last_payment_error, payment_intent: intent })
    return intent
  }

  /** The customer is there now: his bank's page asks him. */
  callBack(intent: Intent, returnUrl: string, base: string): Intent {
    if (intent.status !== 'requires_payment_method') return intent
    intent.status = 'requires_action'
    intent.last_payment_error = null
    const url = `${base}/3ds/${intent.id}`
    intent.next_action = { type: 'redirect_to_url', redirect_to_url: { url, return_url: returnUrl } }
    this.tell('payment_intent.requires_action', intent)
    return intent
  }

  confirm(intent: Intent): void {
    if (intent.status === 'requires_action') this.go(intent, 'pays')
  }

  settleLate(): void {
    for (const intent of this.intents.values()) {
      if (intent.status !== 'processing') continue
      this.go(intent, 'pays')
      const session = [...this.sessions.values()].find(({ payment_intent }) => payment_intent === intent.id)
      if (!session) continue
      session.payment_status = 'paid'
      this.tell('checkout.session.async_payment_succeeded', session)
    }
  }

  refund(wish: Form): StripeRefund {
    const intent = this.intents.get(String(wish.payment_intent))
    const amount = Number(wish.amount)
    if (intent?.status !== 'succeeded' || intent.refunded + amount > intent.amount)
      throw invalid('charge_already_refunded')
    intent.refunded += amount
    const refund: StripeRefund = {
      id: name('re'),
      object: 'refund',
      payment_intent: intent.id,
      amount,
      metadata: wish.metadata as Form,
      status: 'succeeded',
    }
    this.refunds.set(refund.id, refund)
    this.tell('refund.updated', refund)
    this.tell('charge.refunded', this.charge(intent))
    return refund
  }

  detach(method: Method): void {
    if (method.customer === null) throw invalid('payment_method_unexpected_state')
    method.customer = null
    this.tell('payment_method.detached', shownMethod(method))
  }

  private go(intent: Intent, how: Card['debit']): void {
    if (how === 'declines') return this.fail(intent, { code: 'card_declined', decline_code: 'insufficient_funds' })
    intent.last_payment_error = null
    intent.next_action = null
    intent.status = how === 'late' ? 'processing' : 'succeeded'
    if (intent.status !== 'succeeded') return
    const method = this.methods.get(intent.payment_method ?? '')
    if (method && intent.keeps) method.customer = intent.customer
    this.tell('payment_intent.succeeded', intent)
    this.tell('charge.succeeded', this.charge(intent))
  }

  private fail(intent: Intent, error: object): void {
    intent.status = 'requires_payment_method'
    intent.last_payment_error = { type: 'card_error', message: 'declined', ...error }
    this.tell('payment_intent.payment_failed', intent)
  }

  private charge(intent: Intent): object {
    const { amount, currency, metadata, payment_method, refunded } = intent
    const method = this.methods.get(payment_method ?? '')
    const payment_method_details = { type: 'card', card: method && shownCard(method.card) }
    return {
      object: 'charge',
      amount,
      currency,
      metadata,
      payment_intent: intent.id,
      payment_method,
      payment_method_details,
      amount_refunded: refunded,
    }
  }

  private newIntent(amount: number, currency: string, metadata: Form, customer: string | null, keeps: boolean): Intent {
    const intent: Intent = {
      id: name('pi'),
      object: 'payment_intent',
      amount,
      currency,
      metadata,
      customer,
      keeps,
      status: 'requires_payment_method',
      payment_method: null,
      last_payment_error: null,
      next_action: null,
      refunded: 0,
    }
    this.intents.set(intent.id, intent)
    return intent
  }

  private newMethod(card: Card, customer: string | null): Method {
    const method = { id: name('pm'), card, customer }
    this.methods.set(method.id, method)
    return method
  }
}

export const shownMethod = ({ id, card, customer }: Method) => ({
  id,
  object: 'payment_method',
  type: 'card',
  card: shownCard(card),
  customer,
})

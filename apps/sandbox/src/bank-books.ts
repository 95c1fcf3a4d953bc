import { randomBytes } from 'node:crypto'

import { cardOfMandate, fingerprintOf, labelOf, mandateOf, type Card } from './bank-cards.ts'

/** What a bank keeps of a payment. Amounts are whole minor units. */
export interface BankPayment {
  readonly ref: string
  readonly payment_id: string
  readonly amount: number
  readonly currency: string
  readonly title: string
  readonly keep: boolean
  readonly return_url: string
  readonly notify_url: string
  state: 'created' | 'action_required' | 'pending' | 'succeeded' | 'failed'
  failure?: string
  card?: Card
  mandate?: string
  refunded: number
}

export interface BankRefund {
  readonly ref: string
  readonly refund_id: string
  readonly payment_ref: string
  readonly amount: number
  readonly state: 'succeeded' | 'failed'
  readonly failure?: string
}

export interface BankEvent {
  readonly id: string
  readonly url: string
  readonly body: string
}

const name = (prefix: string): string => `${prefix}_${randomBytes(9).toString('hex')}`

/** The books of a bank that moves no money. The same payment or refund, asked for again, is the one that is there. */
export class BankBooks {
  readonly payments = new Map<string, BankPayment>()
  readonly refunds = new Map<string, BankRefund>()
  private readonly revoked = new Set<string>()
  private readonly tell: (event: BankEvent) => void

  constructor(tell: (event: BankEvent) => void) {
    this.tell = tell
  }

  byRef(ref: string): BankPayment | undefined {
    return [...this.payments.values()].find((payment) => payment.ref === ref)
  }

  open(
    wish: Pick<BankPayment, 'payment_id' | 'amount' | 'currency' | 'title' | 'keep' | 'return_url' | 'notify_url'>,
  ): BankPayment {
    const known = this.payments.get(wish.payment_id)
    if (known) return known
    const payment: BankPayment = { ...wish, ref: name('bp'), state: 'created', refunded: 0 }
    this.payments.set(wish.payment_id, payment)
    return payment
  }

  /** The customer has chosen a card on the bank's page. */
  choose(payment: BankPayment, card: Card): void {
    if (payment.state !== 'created' && payment.state !== 'action_required') return
    payment.card = card
    if (payment.keep) payment.mandate ??= mandateOf(card)
    this.go(payment, card.page)
    if (card.page === 'twice') this.told(payment)
  }

  confirm(payment: BankPayment): void {
    if (payment.state === 'action_required') this.go(payment, 'pays')
  }

  /** Debits a card that is not there to be asked. */
  debit(wish: Parameters<BankBooks['open']>[0], mandate: string): BankPayment {
    const known = this.payments.get(wish.payment_id)
    if (known) return known
    const payment = this.open(wish)
    const card = cardOfMandate(mandate)
    if (!card || this.revoked.has(mandate)) return this.go(payment, 'declines', 'no such permission')
    payment.card = card
    payment.mandate = mandate
    return this.go(payment, card.debit)
  }

  revoke(mandate: string): void {
    this.revoked.add(mandate)
  }

  /** Transfers that were on their way arrive. */
  settleLate(): void {
    for (const payment of this.payments.values()) if (payment.state === 'pending') this.go(payment, 'pays')
  }

  refund(wish: { refund_id: string; payment_ref: string; amount: number }): BankRefund {
    const known = this.refunds.get(wish.refund_id)
    if (known) return known
    const payment = this.byRef(wish.payment_ref)
    const fits = payment?.state === 'succeeded' && payment.refunded + wish.amount <= payment.amount
    if (payment && fits) payment.refunded += wish.amount
    const outcome = fits ? { state: 'succeeded' as const } : { state: 'failed' as const, failure: 'more than was paid' }
    const refund: BankRefund = { ...wish, ref: name('br'), ...outcome }
    this.refunds.set(wish.refund_id, refund)
    if (payment) this.event(payment.notify_url, 'refund', refund)
    return refund
  }

  private go(payment: BankPayment, how: Card['page'], failure = 'the card was declined'): BankPayment {
    if (how === 'declines') {
      payment.failure = failure
      payment.state = 'failed'
    } else payment.state = how === 'confirms' ? 'action_required' : how === 'late' ? 'pending' : 'succeeded'
    this.told(payment)
    return payment
  }

  private told(payment: BankPayment): void {
    this.event(payment.notify_url, 'payment', shown(payment))
  }

  private event(url: string, kind: string, data: object): void {
    if (url === '') return
    const id = name('ev')
    this.tell({ id, url, body: JSON.stringify({ id, kind, data }) })
  }
}

/** A payment as outsiders see it. */
export function shown(payment: BankPayment) {
  const { ref, payment_id, amount, currency, title, state, failure, card, mandate, refunded } = payment
  const method = mandate && card ? { label: labelOf(card), fingerprint: fingerprintOf(card) } : undefined
  return { ref, payment_id, amount, currency, title, state, failure, mandate, method, refunded }
}

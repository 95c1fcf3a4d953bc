import { randomBytes } from 'node:crypto'

import {
  makeId,
  no,
  plusMs,
  yes,
  type Instant,
  type MemberId,
  type OrderId,
  type Outcome,
  type PaymentId,
} from '@codeplan/core'

import type { Tx } from '../platform/index.ts'
import { debitsOf } from './debits.ts'
import type { BillingDeps } from './deps.ts'
import { carryOutFree, takeNews } from './money-in.ts'
import { CHECK_AFTER_MS } from './rules.ts'
import {
  checkPaymentAt,
  insertPayment,
  methodById,
  paymentById,
  paymentsOf,
  type PaymentRow,
} from './payments-store.ts'
import type { Asked, PaymentProvider } from './providers/port.ts'
import { lockOrder, orderById, type OrderRow } from './store.ts'

export type PayWith =
  /** A bound method is debited at once. */
  | { readonly methodId: string }
  /** The provider's page. `keep`: it may be debited for renewals. */
  | { readonly provider: string; readonly keep: boolean }

export type PayRefusal =
  | { readonly code: 'no_such_order' }
  | { readonly code: 'order_closed'; readonly state: OrderRow['state'] }
  | { readonly code: 'no_such_method' }
  | { readonly code: 'provider_off'; readonly providers: readonly string[] }
  | { readonly code: 'provider_away' }
  | { readonly code: 'method_too_small' }

export interface PayWish {
  readonly memberId: MemberId
  readonly orderId: string
  readonly with: PayWith
  /** Where the provider sends the customer back to: a path of ours. */
  readonly returnPath: string
  readonly language: 'zh' | 'en'
}

/** Starts to pay an open order. A double click is one payment: one that waits for the customer is answered again. */
export async function pay(
  deps: BillingDeps,
  wish: PayWish,
  now: Instant,
): Promise<Outcome<PaymentRow | 'paid', PayRefusal>> {
  const begun = await deps.db.tx(async (tx) => begin(deps, tx, wish, now))
  if (!begun.ok || begun.value === 'paid') return begun as Outcome<'paid', PayRefusal>
  const { payment, isNew } = begun.value
  if (isNew && !(await ask(deps, payment.id, wish, now))) return no({ code: 'provider_away' })
  const after = await paymentById(deps.db.queries, payment.id)
  return yes(after as PaymentRow)
}

async function begin(
  deps: BillingDeps,
  tx: Tx,
  wish: PayWish,
  now: Instant,
): Promise<Outcome<{ payment: { id: PaymentId }; isNew: boolean } | 'paid', PayRefusal>> {
  const order = await lockOrder(tx, wish.orderId)
  if (!order || order.member_id !== wish.memberId) return no({ code: 'no_such_order' })
  if (order.state === 'paid') return yes('paid')
  if (order.state !== 'open' || order.expires_at <= now) {
    return no({ code: 'order_closed', state: order.state === 'open' ? 'expired' : order.state })
  }
  if (order.amount === 0) {
    const done = await carryOutFree(deps, tx, order.id, now)
    return done ? yes('paid') : no({ code: 'order_closed', state: 'open' })
  }
  const method = 'methodId' in wish.with ? await methodById(tx, wish.with.methodId) : undefined
  if ('methodId' in wish.with && method?.member_id !== wish.memberId) return no({ code: 'no_such_method' })
  const provider = deps.providers().get(method?.provider ?? ('provider' in wish.with ? wish.with.provider : ''))
  if (!provider) return no({ code: 'provider_off', providers: [...deps.providers().keys()] })
  if (method && provider.allows && !provider.allows({ amountMax: method.amount_max }, order.amount)) {
    return no({ code: 'method_too_small' })
  }
  const waiting = (await paymentsOf(tx, order.id)).find(
    (p) =>
      p.provider === provider.id &&
      p.method_id === (method?.id ?? null) &&
      ['created', 'pending', 'action_required'].includes(p.state),
  )
  if (waiting) return yes({ payment: waiting, isNew: waiting.provider_ref === null })
  const id = makeId('pay', now, randomBytes(16))
  const { member_id, currency, amount } = order
  await insertPayment(
    tx,
    {
      id,
      order_id: order.id,
      member_id,
      provider: provider.id,
      method_id: method?.id ?? null,
      currency,
      amount,
      check_at: plusMs(now, CHECK_AFTER_MS),
    },
    now,
  )
  return yes({ payment: { id }, isNew: true })
}

/**
 * Asks the provider for a payment that is written down, and takes what it answers. False when it cannot be reached: the
 * payment stays, and is asked for again with the same id, so money moves once.
 */
export async function ask(
  deps: BillingDeps,
  paymentId: PaymentId,
  at: Pick<PayWish, 'returnPath' | 'language'> & { readonly with?: PayWith },
  now: Instant,
): Promise<boolean> {
  const payment = await paymentById(deps.db.queries, paymentId)
  const order = payment && (await orderById(deps.db.queries, payment.order_id))
  const provider = payment && deps.providers().get(payment.provider)
  if (!payment || !order || !provider) return false
  let asked: Asked
  try {
    asked = await askProvider(deps, provider, payment, order, at, now)
  } catch (error) {
    deps.log.warn({ err: error, payment: paymentId, provider: provider.id }, 'a payment provider did not answer')
    await checkPaymentAt(deps.db.queries, paymentId, plusMs(now, CHECK_AFTER_MS))
    return false
  }
  const { amount, currency } = payment
  const news = { ...asked, kind: 'payment', paymentId, amount, currency } as const
  await inTx(deps, (tx) => takeNews(deps, tx, provider.id, news, now))
  return true
}

async function askProvider(
  deps: BillingDeps,
  provider: PaymentProvider,
  payment: PaymentRow,
  order: OrderRow,
  at: Pick<PayWish, 'returnPath' | 'language'> & { readonly with?: PayWith },
  now: Instant,
): Promise<Asked> {
  const base = {
    paymentId: payment.id,
    orderId: order.id as OrderId,
    amount: payment.amount,
    currency: payment.currency,
    title: titleOf(deps, order),
    notifyUrl: `${deps.publicUrl()}/api/webhooks/${provider.id}`,
  }
  const method = payment.method_id === null ? undefined : await methodById(deps.db.queries, payment.method_id)
  if (payment.method_id !== null && !method) return { state: 'failed', ref: null, failure: 'unbound' }
  if (method) {
    const returnUrl = `${deps.publicUrl()}/subscription?order=${order.id}`
    return provider.charge({ ...base, methodId: method.id as `pmt_${string}`, mandate: method.mandate, returnUrl })
  }
  const keep = at.with !== undefined && 'keep' in at.with && at.with.keep && order.cycle !== null
  return provider.checkout({
    ...base,
    keep,
    debits: keep ? await debitsOf(deps, deps.db.queries, order, now) : undefined,
    returnUrl: `${deps.publicUrl()}${at.returnPath}`,
    language: at.language,
    expiresAt: order.expires_at,
    createdAt: payment.created_at,
  })
}

const titleOf = (deps: BillingDeps, { plan, kind }: OrderRow): string => {
  const { operator, plans } = deps.catalog.current()
  return plan === null ? `${operator.name} ${kind}` : `${plans.get(plan)?.name ?? plan}`
}

/** Two orders of one member that are paid in the same moment meet at an index: the later one looks again. */
export async function inTx<T>(deps: Pick<BillingDeps, 'db'>, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await deps.db.tx(work)
    } catch (error) {
      const { name, code } = error as { name?: string; code?: string }
      const mayRepeat = name === 'BegunElsewhere' || code === '40P01' || code === '40001'
      if (!mayRepeat || tries >= 5) throw error
    }
  }
}

import { randomBytes } from 'node:crypto'

import {
  chargeOpen,
  declined,
  ended,
  graceEndsAt,
  makeId,
  moneyText,
  nextDue,
  NOTHING,
  noticed,
  renewalOf,
  type Contract,
  type Instant,
  type PaymentId,
} from '@codeplan/core'

import { endSubscription } from '../entitlements/index.ts'
import type { Tx } from '../platform/index.ts'
import { carryOut, dueOf, storeContract } from './carry-out.ts'
import type { BillingDeps } from './deps.ts'
import { termsOf } from './plan-terms.ts'
import { letGo } from './let-go.ts'
import { tell } from '../identity/index.ts'
import { placeOrder } from './order.ts'
import { insertPayment, methodById } from './payments-store.ts'
import { CHECK_AFTER_MS, renewalRules } from './rules.ts'
import { lockContract, orderByKey, saveContract, type ContractRow, type OrderRow } from './store.ts'

/**
 * Does what is due for one contract: a notice, a charge, or its end. Answers the payment that is to be asked for after the
 * commit. A node that dies in between leaves it in state `created`, and the next look at it asks again with the same id.
 */
export async function workContract(
  deps: BillingDeps,
  tx: Tx,
  subscriptionId: string,
  now: Instant,
): Promise<PaymentId | undefined> {
  const row = await lockContract(tx, subscriptionId)
  if (!row || row.due_at === null || row.due_at > now) return undefined
  const due = nextDue(row.terms, renewalRules(deps.catalog.current()))
  // Rules may have changed since the time was noted.
  if (!due || due.at > now) {
    await saveContract(tx, { ...row, due_at: due?.at ?? null })
    return undefined
  }
  if (due.kind === 'charge') return charge(deps, tx, row, now)
  if (due.kind === 'notice') await notice(deps, tx, row, due.days, now)
  else await end(deps, tx, row, due.why, due.at, now)
  return undefined
}

async function notice(deps: BillingDeps, tx: Tx, row: ContractRow, days: number, now: Instant): Promise<void> {
  const { zone } = deps.catalog.current().operator
  const next = renewalOf(zone, row.terms)
  const { name } = await termsOf(deps, tx, next.planVersionId)
  const data = {
    plan: name,
    amount: moneyText(next.price, row.currency),
    currency: row.currency,
    at: row.terms.period.endsAt,
  }
  const dedupeKey = `notice:${row.subscription_id}:${row.terms.period.endsAt}:${days}`
  await tell(tx, row.member_id, { kind: 'renewal_notice', data, dedupeKey }, now)
  const terms = noticed(row.terms)
  await saveContract(tx, { ...row, terms, due_at: dueOf(deps, terms) })
}

/** The order of the next period, and a payment of it from the bound method. Without one it is declined by us. */
async function charge(deps: BillingDeps, tx: Tx, row: ContractRow, now: Instant): Promise<PaymentId | undefined> {
  const order = await renewalOrder(deps, tx, row, now)
  await storeContract(deps, tx, row, chargeOpen(row.terms))
  if (order.amount === 0) {
    await carryOut(deps, tx, order, { methodId: row.method_id, fingerprint: null }, now)
    return undefined
  }
  const method = row.method_id === null ? undefined : await methodById(tx, row.method_id)
  const provider = method && deps.providers().get(method.provider)
  const isAllowed =
    provider?.allows?.({ amountMax: method?.amount_max ?? null }, order.amount) ?? provider !== undefined
  if (!method || !provider || !isAllowed) {
    await renewalDeclined(deps, tx, order, now)
    return undefined
  }
  const id = makeId('pay', now, randomBytes(16))
  const { currency, amount, member_id } = order
  const payment = { id, order_id: order.id, member_id, provider: provider.id, method_id: method.id, currency, amount }
  await insertPayment(tx, { ...payment, check_at: (now + CHECK_AFTER_MS) as Instant }, now)
  return id
}

async function renewalOrder(deps: BillingDeps, tx: Tx, row: ContractRow, now: Instant): Promise<OrderRow> {
  const { zone } = deps.catalog.current().operator
  const next = renewalOf(zone, row.terms)
  const terms = await termsOf(deps, tx, next.planVersionId)
  const draft = {
    member_id: row.member_id,
    kind: 'renewal',
    plan: terms.plan,
    plan_version_id: next.planVersionId,
    cycle: next.cycle,
    currency: row.currency,
    price: next.price,
    discount: NOTHING,
    credit: NOTHING,
    coupon: null,
    subscription_id: row.subscription_id,
    quote: { periodStartsAt: next.period.startsAt },
    expires_at: graceEndsAt(row.terms, renewalRules(deps.catalog.current())),
    // One order a period: what is tried again is its payment.
    request_key: `renewal:${row.subscription_id}:${next.period.startsAt}:${next.planVersionId}:${next.cycle}`,
  } as const
  const placed = await placeOrder(tx, draft, now)
  if (!placed.ok) throw new Error(`the renewal of ${row.subscription_id} cannot be ordered: ${placed.no.code}`)
  return placed.value.order
}

/** The money did not come: the plan is served on until the grace is over, and the charge is tried again. */
export async function renewalDeclined(deps: BillingDeps, tx: Tx, order: OrderRow, now: Instant): Promise<void> {
  const row = order.subscription_id ? await lockContract(tx, order.subscription_id) : undefined
  if (!row || row.terms.status === 'ended' || order.state !== 'open') return
  const terms: Contract = declined(row.terms, now)
  await storeContract(deps, tx, row, terms)
  const rules = renewalRules(deps.catalog.current())
  const due = nextDue(terms, rules)
  const data = {
    plan: (await termsOf(deps, tx, terms.planVersionId)).name,
    amount: moneyText(order.amount, order.currency),
    currency: order.currency,
    next_try: due?.kind === 'charge' ? due.at : null,
    ends_at: graceEndsAt(terms, rules),
    pay_url: `${deps.publicUrl()}/subscription?order=${order.id}`,
  }
  const dedupeKey = `declined:${order.id}:${terms.declines}`
  await tell(tx, row.member_id, { kind: 'payment_declined', data, dedupeKey }, now)
}

async function end(
  deps: BillingDeps,
  tx: Tx,
  row: ContractRow,
  why: 'cancelled' | 'unpaid',
  at: Instant,
  now: Instant,
): Promise<void> {
  await endContract(deps, tx, row, why, at)
  const { name } = await termsOf(deps, tx, row.terms.planVersionId)
  const data = { plan: name, at }
  const dedupeKey = `ended:${row.subscription_id}:${at}`
  await tell(tx, row.member_id, { kind: 'subscription_ended', data, dedupeKey }, now)
  // The bill of a period that will not be is let go.
  const { zone } = deps.catalog.current().operator
  const next = renewalOf(zone, row.terms)
  const key = `renewal:${row.subscription_id}:${next.period.startsAt}:${next.planVersionId}:${next.cycle}`
  const order = await orderByKey(tx, row.member_id, key)
  if (order?.state === 'open') await letGo(deps, tx, order.id, 'expired', now)
}

/** Nothing more is charged; until `at` calls are let in. */
export async function endContract(
  deps: BillingDeps,
  tx: Tx,
  row: ContractRow,
  why: string,
  at: Instant,
): Promise<void> {
  const terms = ended(row.terms)
  await saveContract(tx, { ...row, terms, due_at: null }, { endedWhy: why, now: at })
  await endSubscription(tx, row.subscription_id, at)
}

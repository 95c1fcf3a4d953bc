import {
  instant,
  microsOfMinor,
  minor,
  moneyText,
  nextDue,
  periodOf,
  renewalOf,
  renewed,
  servedUntil,
  type Contract,
  type Instant,
  type Minor,
  type SubscriptionId,
} from '@codeplan/core'

import { endSubscription, fillBalance, openSubscription } from '../entitlements/index.ts'
import { balanceAccount } from '../ledger/index.ts'
import type { Tx } from '../platform/index.ts'
import { bookApplied, PLANS_ACCOUNT } from './books.ts'
import type { BillingDeps } from './deps.ts'
import { issueInvoice } from './invoice.ts'
import { tell } from '../identity/index.ts'
import { priceOf } from './order.ts'
import { termsOf } from './plan-terms.ts'
import { renewalRules } from './rules.ts'
import { seatsPaid } from './seat-contracts.ts'
import {
  closeOrder,
  cutPeriod,
  insertContract,
  insertPeriod,
  lockContract,
  periodAt,
  runningContract,
  saveContract,
  type ContractRow,
  type OrderRow,
} from './store.ts'

export interface Payer {
  /** The order's payment; absent when there was nothing to pay. */
  readonly paymentId?: string | undefined
  readonly methodId: string | null
  readonly fingerprint: string | null
}

/**
 * An order's money is there: what it is for happens, in the same transaction. False when that is no longer possible; then
 * nothing has happened and the money goes back.
 */
export async function carryOut(
  deps: BillingDeps,
  tx: Tx,
  order: OrderRow,
  payer: Payer,
  now: Instant,
): Promise<boolean> {
  const subscriptionId = await DOES[order.kind](deps, tx, order, payer, now)
  if (subscriptionId === false) return false
  const to = order.kind === 'balance' ? balanceAccount(order.member_id) : PLANS_ACCOUNT
  await bookApplied(tx, { id: order.id, to, amount: order.amount, currency: order.currency }, now)
  await closeOrder(tx, order.id, { state: 'paid', subscriptionId }, now)
  const invoice = await issueInvoice(deps, tx, order, now)
  if (invoice) await tellPaid(deps, tx, order, invoice, now)
  return true
}

type Doing = (
  deps: BillingDeps,
  tx: Tx,
  order: OrderRow,
  payer: Payer,
  now: Instant,
) => Promise<SubscriptionId | undefined | false>

const DOES: Readonly<Record<OrderRow['kind'], Doing>> = {
  purchase: begin,
  upgrade,
  renewal: renew,
  balance: async (_, tx, order) => {
    const amount = microsOfMinor(order.amount)
    await fillBalance(tx, { memberId: order.member_id, currency: order.currency, amount })
    return undefined
  },
  seats: async (...paid) => ((await seatsPaid(...paid)) ? undefined : false),
}

async function begin(deps: BillingDeps, tx: Tx, order: OrderRow, payer: Payer, now: Instant) {
  const { member_id: memberId, cycle, plan_version_id: planVersionId } = order
  if (!cycle || !planVersionId) throw new Error(`order ${order.id} has no plan`)
  // Two orders of one person may be paid in the same moment: one of them finds the other's subscription.
  if (await runningContract(tx, memberId, 'locked')) return false
  if (!(await deps.stock().sell(tx, order.id, payer, now))) return false
  const { zone } = deps.catalog.current().operator
  const period = periodOf(zone, now, cycle, 0)
  const contract: Contract = {
    status: 'active',
    planVersionId,
    cycle,
    price: order.price,
    anchorAt: now,
    periodNo: 0,
    period,
    renews: true,
    noticesSent: 0,
    declines: 0,
  }
  const source = `order:${order.id}`
  const id = await openSubscription(
    tx,
    deps.catalog,
    { memberId, planVersionId, source, startsAt: now, endsAt: period.endsAt },
    now,
  )
  await insertPeriod(tx, paid(id, period, order))
  const row = { subscription_id: id, member_id: memberId, currency: order.currency, terms: contract }
  const isAlone = await insertContract(tx, { ...row, method_id: payer.methodId, due_at: dueOf(deps, contract) }, now)
  // The index on running contracts decides what two transactions cannot see of each other.
  if (!isAlone) throw new BegunElsewhere(order.id)
  return id
}

/** Another order of this person was carried out at the same time; the transaction is repeated and finds it. */
export class BegunElsewhere extends Error {
  override readonly name = 'BegunElsewhere'
  constructor(orderId: string) {
    super(`order ${orderId}: another one of this member has begun a subscription`)
  }
}

async function upgrade(deps: BillingDeps, tx: Tx, order: OrderRow, payer: Payer, now: Instant) {
  const { member_id: memberId, cycle, plan_version_id: planVersionId, quote, subscription_id: oldId } = order
  const shown = quote.upgrade
  if (!cycle || !planVersionId || !shown || !oldId) throw new Error(`order ${order.id} has no quote`)
  const old = await lockContract(tx, oldId)
  const period = await periodAt(tx, oldId, now)
  // What was quoted must still be there: the same subscription, in the same period, with nothing taken out of it.
  if (!old || old.terms.status !== 'active' || !period || period.ends_at !== old.terms.period.endsAt) return false
  if (period.net < shown.credit) return false
  const isFresh = shown.windows === 'fresh'
  const startsAt = now
  // A locked quote is carried out as it was shown; a whole period begins when it is paid.
  const next = isFresh
    ? periodOf(deps.catalog.current().operator.zone, now, cycle, 0)
    : { startsAt, endsAt: shown.period.endsAt }
  const contract: Contract = {
    ...old.terms,
    planVersionId,
    cycle,
    price: priceOf(await termsOf(deps, tx, planVersionId), cycle, order.currency) as Minor,
    anchorAt: isFresh ? now : shown.anchorAt,
    periodNo: shown.periodNo,
    period: next,
    renews: true,
    next: undefined,
    noticesSent: isFresh ? 0 : old.terms.noticesSent,
  }
  const id = await openSubscription(
    tx,
    deps.catalog,
    {
      memberId,
      planVersionId,
      source: `order:${order.id}`,
      startsAt,
      endsAt: next.endsAt,
      ...(isFresh ? {} : { carries: oldId }),
    },
    now,
  )
  await endSubscription(tx, oldId, now)
  await cutPeriod(tx, period, now, shown.credit)
  await insertPeriod(tx, paid(id, next, order))
  const saved = { subscription_id: oldId, terms: contract, due_at: dueOf(deps, contract) }
  await saveContract(tx, { ...saved, method_id: payer.methodId ?? old.method_id }, { to: id })
  const [from, to] = [await termsOf(deps, tx, old.terms.planVersionId), await termsOf(deps, tx, planVersionId)]
  const data = { from: from.name, to: to.name, at: now }
  await tell(tx, memberId, { kind: 'upgrade_done', data, dedupeKey: `upgrade:${order.id}` }, now)
  return id
}

async function renew(deps: BillingDeps, tx: Tx, order: OrderRow, payer: Payer, now: Instant) {
  const id = order.subscription_id
  if (!id) throw new Error(`order ${order.id} renews nothing`)
  const contract = await lockContract(tx, id)
  if (!contract || contract.terms.status === 'ended') return false
  const { zone } = deps.catalog.current().operator
  const next = renewalOf(zone, contract.terms)
  // Money for a period that has been paid meanwhile.
  if (next.period.startsAt !== order.quote.periodStartsAt) return false
  const terms = { ...renewed(zone, contract.terms), renews: contract.terms.renews }
  const isSame = next.planVersionId === contract.terms.planVersionId
  const { renewalWindows } = await termsOf(deps, tx, next.planVersionId)
  const row = { ...contract, terms, method_id: payer.methodId ?? contract.method_id }
  const due_at = dueOf(deps, terms)
  if (isSame && renewalWindows !== 'fresh') {
    await endSubscription(tx, id, next.period.endsAt)
    await insertPeriod(tx, paid(id, next.period, order))
    await saveContract(tx, { ...row, due_at })
    return id
  }
  // Another plan, or windows that begin anew: a subscription of its own, from where the old one ends.
  const startsAt = instant(Math.max(next.period.startsAt, now))
  const follower = await openSubscription(
    tx,
    deps.catalog,
    {
      memberId: order.member_id,
      planVersionId: next.planVersionId,
      source: `order:${order.id}`,
      startsAt,
      endsAt: next.period.endsAt,
    },
    now,
  )
  await endSubscription(tx, id, startsAt)
  await insertPeriod(tx, paid(follower, next.period, order))
  await saveContract(tx, { ...row, due_at }, { to: follower })
  return follower
}

/** What was paid for a period: the money, and the credit of money paid before. */
const paid = (id: SubscriptionId, period: { startsAt: Instant; endsAt: Instant }, order: OrderRow) => ({
  subscription_id: id,
  starts_at: period.startsAt,
  ends_at: period.endsAt,
  net: minor(order.amount + order.credit),
  order_id: order.id,
})

export const dueOf = (deps: Pick<BillingDeps, 'catalog'>, contract: Contract): Instant | null =>
  nextDue(contract, renewalRules(deps.catalog.current()))?.at ?? null

/** Stores a contract with what follows from it: when the clock has to do with it, and until when calls are let in. */
export async function storeContract(deps: BillingDeps, tx: Tx, row: ContractRow, terms: Contract): Promise<void> {
  await saveContract(tx, { ...row, terms, due_at: dueOf(deps, terms) })
  const served = servedUntil(terms, renewalRules(deps.catalog.current()))
  await endSubscription(tx, row.subscription_id, served, terms.status === 'past_due' ? terms.period.endsAt : null)
}

async function tellPaid(deps: BillingDeps, tx: Tx, order: OrderRow, invoice: string, now: Instant): Promise<void> {
  const { member_id: memberId, amount, currency, plan, kind } = order
  const what = plan === null ? kind : (deps.catalog.current().plans.get(plan)?.name ?? plan)
  const data = { what, amount: moneyText(amount, currency), currency, invoice }
  await tell(tx, memberId, { kind: 'receipt', data, dedupeKey: `receipt:${order.id}` }, now)
}

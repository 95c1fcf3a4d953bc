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
  plusMs,
  renewalOf,
  type Instant,
  type PaymentId,
} from '@codeplan/core'

import type { Tx } from '../platform/index.ts'
import { carryOut } from './carry-out.ts'
import type { BillingDeps } from './deps.ts'
import { letGo } from './let-go.ts'
import { placeOrder } from './order.ts'
import { insertPayment, methodById } from './payments-store.ts'
import { CHECK_AFTER_MS, renewalRules } from './rules.ts'
import { dueOfSeats, sourceOf, storeSeats, tellAdmins, titleOfSeats } from './seat-contracts.ts'
import { lockSeatContract, openSeatBill, saveSeatContract, type SeatContractRow } from './seat-contracts-store.ts'
import type { OrderRow } from './store.ts'

/**
 * Does what is due for the seats of a team: a notice, a charge, or their end, by the same rules as a person's subscription.
 * Answers the payment that is to be asked for after the commit.
 */
export async function workSeats(deps: BillingDeps, tx: Tx, id: string, now: Instant): Promise<PaymentId | undefined> {
  const row = await lockSeatContract(tx, id)
  if (!row || row.due_at === null || row.due_at > now) return undefined
  const due = nextDue(row.terms, renewalRules(deps.catalog.current()))
  // Rules may have changed since the time was noted.
  if (!due || due.at > now) await saveSeatContract(tx, { ...row, due_at: due?.at ?? null })
  else if (due.kind === 'charge') return chargeSeats(deps, tx, row, now)
  else if (due.kind === 'notice') await notice(deps, tx, row, due.days, now)
  else await end(deps, tx, row, due, now)
  return undefined
}

async function notice(deps: BillingDeps, tx: Tx, row: SeatContractRow, days: number, now: Instant): Promise<void> {
  const { terms, currency } = row
  const at = terms.period.endsAt
  const data = { plan: await titleOfSeats(deps, tx, row), amount: moneyText(terms.price, currency), currency, at }
  await tellAdmins(deps, tx, row, { kind: 'renewal_notice', data, key: `notice:${at}:${days}` }, now)
  const next = noticed(terms)
  await saveSeatContract(tx, { ...row, terms: next, due_at: dueOfSeats(deps, next) })
}

/**
 * The bill of the next period, and a payment of it by the team's method. A method of somebody who looks after the team no
 * longer is not charged; the bill then goes to whoever does.
 */
export async function chargeSeats(
  deps: BillingDeps,
  tx: Tx,
  before: SeatContractRow,
  now: Instant,
): Promise<PaymentId | undefined> {
  const admins = await deps.seats.admins(tx, before.team_id)
  const isAdmin = admins.includes(before.member_id)
  const row = isAdmin ? before : { ...before, member_id: admins[0] ?? before.member_id, method_id: null }
  const order = await billOf(deps, tx, row, now)
  await storeSeats(deps, tx, row, chargeOpen(row.terms))
  if (order.amount === 0) {
    await carryOut(deps, tx, order, { methodId: row.method_id, fingerprint: null }, now)
    return undefined
  }
  const method = row.method_id === null ? undefined : await methodById(tx, row.method_id)
  const provider = method && deps.providers().get(method.provider)
  const isAllowed = provider?.allows?.({ amountMax: method?.amount_max ?? null }, order.amount) ?? !!provider
  if (!method || !provider || !isAllowed) {
    await seatsDeclined(deps, tx, order, now)
    return undefined
  }
  const id = makeId('pay', now, randomBytes(16))
  const { currency, amount, member_id } = order
  const payment = { id, order_id: order.id, member_id, provider: provider.id, method_id: method.id, currency, amount }
  await insertPayment(tx, { ...payment, check_at: plusMs(now, CHECK_AFTER_MS) }, now)
  return id
}

/** One order a period and payer: what is tried again is its payment. */
async function billOf(deps: BillingDeps, tx: Tx, row: SeatContractRow, now: Instant): Promise<OrderRow> {
  const { operator } = deps.catalog.current()
  const { order_id: renews, team_id: teamId, count, plan, member_id, currency } = row
  const next = renewalOf(operator.zone, row.terms)
  const open = await openSeatBill(tx, renews)
  if (open?.member_id === member_id) return open
  if (open) await letGo(deps, tx, open.id, 'cancelled', now)
  const placed = await placeOrder(
    tx,
    {
      member_id,
      kind: 'seats',
      plan,
      plan_version_id: next.planVersionId,
      cycle: next.cycle,
      currency,
      price: next.price,
      discount: NOTHING,
      credit: NOTHING,
      coupon: null,
      subscription_id: null,
      quote: { seats: { teamId, count, renews }, periodStartsAt: next.period.startsAt },
      expires_at: graceEndsAt(row.terms, renewalRules(deps.catalog.current())),
      request_key: `seats:${renews}:${next.period.startsAt}:${now}`,
    },
    now,
  )
  if (!placed.ok) throw new Error(`the renewal of the seats of ${renews} cannot be ordered: ${placed.no.code}`)
  return placed.value.order
}

/** The money did not come: the seats are served on until the grace is over, and the charge is tried again. */
export async function seatsDeclined(deps: BillingDeps, tx: Tx, order: OrderRow, now: Instant): Promise<void> {
  const row = await lockSeatContract(tx, order.quote.seats?.renews ?? '')
  if (!row || row.terms.status === 'ended' || order.state !== 'open') return
  const terms = declined(row.terms, now)
  await storeSeats(deps, tx, row, terms)
  const rules = renewalRules(deps.catalog.current())
  const due = nextDue(terms, rules)
  const data = {
    plan: await titleOfSeats(deps, tx, row),
    amount: moneyText(order.amount, order.currency),
    currency: order.currency,
    next_try: due?.kind === 'charge' ? due.at : null,
    ends_at: graceEndsAt(terms, rules),
    pay_url: `${deps.publicUrl()}/team`,
  }
  await tellAdmins(
    deps,
    tx,
    row,
    { kind: 'payment_declined', data, key: `declined:${order.id}:${terms.declines}` },
    now,
  )
}

async function end(
  deps: BillingDeps,
  tx: Tx,
  row: SeatContractRow,
  { why, at }: { readonly why: string; readonly at: Instant },
  now: Instant,
): Promise<void> {
  await endSeats(deps, tx, row, { why, at })
  const data = { plan: await titleOfSeats(deps, tx, row), at }
  await tellAdmins(deps, tx, row, { kind: 'subscription_ended', data, key: `ended:${at}` }, now)
  const bill = await openSeatBill(tx, row.order_id)
  if (bill) await letGo(deps, tx, bill.id, 'cancelled', now)
}

/** Nothing more is charged; until `at` the seats are served. */
export async function endSeats(
  deps: BillingDeps,
  tx: Tx,
  row: SeatContractRow,
  { why, at }: { readonly why: string; readonly at: Instant },
): Promise<void> {
  await saveSeatContract(tx, { ...row, terms: ended(row.terms), due_at: null }, { why, at })
  await deps.seats.moveEnd(tx, sourceOf(row.order_id), at)
}

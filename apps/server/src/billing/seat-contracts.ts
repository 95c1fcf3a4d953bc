import {
  minor,
  nextDue,
  periodOf,
  renewalOf,
  renewed,
  servedUntil,
  type Contract,
  type Instant,
  type OrderId,
} from '@codeplan/core'

import { tell } from '../identity/index.ts'
import type { MailData } from '../platform/index.ts'
import type { Tx } from '../platform/index.ts'
import type { Payer } from './carry-out.ts'
import type { BillingDeps } from './deps.ts'
import { termsOf } from './plan-terms.ts'
import { renewalRules } from './rules.ts'
import {
  insertSeatContract,
  insertSeatPeriod,
  lockSeatContract,
  saveSeatContract,
  type SeatContractRow,
} from './seat-contracts-store.ts'
import type { OrderRow } from './store.ts'

/** By which the room of teams knows the seats of a contract. */
export const sourceOf = (id: OrderId): string => `order:${id}`

/** Seats were paid for: new ones, or a further period of those that are there. False: the money goes back. */
export async function seatsPaid(
  deps: BillingDeps,
  tx: Tx,
  order: OrderRow,
  payer: Payer,
  now: Instant,
): Promise<boolean> {
  return order.quote.seats?.renews === undefined
    ? beginSeats(deps, tx, order, payer, now)
    : renewSeats(deps, tx, order, order.quote.seats.renews, payer)
}

async function beginSeats(deps: BillingDeps, tx: Tx, order: OrderRow, payer: Payer, now: Instant): Promise<boolean> {
  const { id, plan, plan_version_id: planVersionId, cycle, quote, member_id, currency, price } = order
  if (!quote.seats || !plan || !planVersionId || !cycle) throw new Error(`order ${id} has no seats`)
  const { teamId: team_id, count } = quote.seats
  const period = periodOf(deps.catalog.current().operator.zone, now, cycle, 0)
  const seats = { ...quote.seats, planVersionId, endsAt: period.endsAt, source: sourceOf(id) }
  if (!(await deps.seats.add(tx, seats, now))) return false
  const counts = { anchorAt: now, periodNo: 0, period, noticesSent: 0, declines: 0 }
  const terms: Contract = { status: 'active', planVersionId, cycle, price, renews: true, ...counts }
  const row = { order_id: id, team_id, member_id, plan, count, currency, terms, method_id: payer.methodId }
  await insertSeatContract(tx, { ...row, due_at: dueOfSeats(deps, terms) }, now)
  await insertSeatPeriod(tx, paid(id, period, order))
  return true
}

async function renewSeats(deps: BillingDeps, tx: Tx, order: OrderRow, id: OrderId, payer: Payer): Promise<boolean> {
  const row = await lockSeatContract(tx, id)
  if (!row || row.terms.status === 'ended') return false
  const { zone } = deps.catalog.current().operator
  const { period } = renewalOf(zone, row.terms)
  // Money for a period that has been paid meanwhile.
  if (period.startsAt !== order.quote.periodStartsAt) return false
  const terms = { ...renewed(zone, row.terms), renews: row.terms.renews }
  // Whoever has paid the bill by hand is who pays from now on, if he let his method be kept.
  const by = payer.methodId === null ? {} : { method_id: payer.methodId, member_id: order.member_id }
  await storeSeats(deps, tx, { ...row, ...by }, terms)
  await insertSeatPeriod(tx, paid(id, period, order))
  return true
}

const paid = (id: OrderId, period: { startsAt: Instant; endsAt: Instant }, order: OrderRow) => ({
  contract_id: id,
  starts_at: period.startsAt,
  ends_at: period.endsAt,
  net: minor(order.amount),
  order_id: order.id,
})

export const dueOfSeats = (deps: Pick<BillingDeps, 'catalog'>, terms: Contract): Instant | null =>
  nextDue(terms, renewalRules(deps.catalog.current()))?.at ?? null

/** Stores a contract with what follows from it: when the clock has to do with it, and until when its seats are served. */
export async function storeSeats(deps: BillingDeps, tx: Tx, row: SeatContractRow, terms: Contract): Promise<void> {
  await saveSeatContract(tx, { ...row, terms, due_at: dueOfSeats(deps, terms) })
  await deps.seats.moveEnd(tx, sourceOf(row.order_id), servedUntil(terms, renewalRules(deps.catalog.current())))
}

/** How letters call the seats. */
export async function titleOfSeats(deps: BillingDeps, tx: Tx, { terms, count }: SeatContractRow): Promise<string> {
  return `${(await termsOf(deps, tx, terms.planVersionId)).name} × ${count}`
}

/** A letter to everybody who looks after the team. */
export async function tellAdmins<Kind extends 'renewal_notice' | 'payment_declined' | 'subscription_ended'>(
  deps: BillingDeps,
  tx: Tx,
  row: SeatContractRow,
  letter: { readonly kind: Kind; readonly data: MailData[Kind]; readonly key: string },
  now: Instant,
): Promise<void> {
  for (const memberId of await deps.seats.admins(tx, row.team_id)) {
    const { kind, data, key } = letter
    await tell(tx, memberId, { kind, data, dedupeKey: `seats:${key}:${row.order_id}:${memberId}` }, now)
  }
}

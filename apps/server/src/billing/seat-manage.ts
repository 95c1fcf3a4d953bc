import type { SeatContract } from '@codeplan/contract'
import {
  minor,
  MINUTE_MS,
  no,
  plusMs,
  quoteRefund,
  renewalOf,
  servedUntil,
  shareDown,
  withRenewal,
  yes,
  type Instant,
  type MemberId,
  type Minor,
  type Outcome,
  type PaymentId,
  type RefundQuote,
} from '@codeplan/core'

import { chargedIn } from '../entitlements/index.ts'
import type { Language, Tx } from '../platform/index.ts'
import type { BillingDeps } from './deps.ts'
import { letGo } from './let-go.ts'
import { ask, inTx } from './pay.ts'
import { methodById } from './payments-store.ts'
import { termsOf } from './plan-terms.ts'
import { sendBack } from './refund.ts'
import { renewalRules } from './rules.ts'
import { sourceOf, storeSeats } from './seat-contracts.ts'
import {
  cutSeatPeriod,
  lockSeatContract,
  openSeatBill,
  seatContractsOf,
  seatPayments,
  seatPeriodAt,
  type SeatContractRow,
} from './seat-contracts-store.ts'
import { chargeSeats, endSeats } from './seat-renewals.ts'
import { isoOf, moneyOf, shownOrder } from './shown.ts'
import { allowanceOf } from './upgrade.ts'

export type NoSeats = { readonly code: 'no_such_seats' }
export type NoSeatRefund =
  | NoSeats
  | { readonly code: 'renewed_ahead'; readonly at: Instant }
  | { readonly code: 'refund_too_late'; readonly until: Instant }
  | { readonly code: 'quote_changed'; readonly due: Minor }

/** Which seats of which team: that the caller looks after it is looked at by whoever hands this in. */
export interface SeatsAt {
  readonly teamId: string
  readonly id: string
}

async function runningSeats(tx: Tx, { teamId, id }: SeatsAt): Promise<SeatContractRow | undefined> {
  const row = await lockSeatContract(tx, id)
  return row?.team_id === teamId && row.terms.status !== 'ended' ? row : undefined
}

/** What a team has agreed to pay, with the arithmetic that charges it. */
export async function viewSeats(deps: BillingDeps, teamId: string): Promise<readonly SeatContract[]> {
  const catalog = deps.catalog.current()
  return deps.db.tx(async (tx) => {
    const shown: SeatContract[] = []
    for (const row of await seatContractsOf(tx, teamId)) {
      const { terms, currency } = row
      const next = renewalOf(catalog.operator.zone, terms)
      const bill = await openSeatBill(tx, row.order_id)
      const method = row.method_id === null ? undefined : await methodById(tx, row.method_id)
      shown.push({
        id: row.order_id,
        plan: row.plan,
        count: row.count,
        cycle: terms.cycle,
        status: terms.status === 'past_due' ? 'past_due' : 'active',
        period: { starts_at: isoOf(terms.period.startsAt), ends_at: isoOf(terms.period.endsAt) },
        served_until: isoOf(servedUntil(terms, renewalRules(catalog))),
        renews: terms.renews,
        renewal: terms.renews ? { price: moneyOf(next.price, currency), at: isoOf(next.period.startsAt) } : null,
        method: method ? { id: method.id, label: method.label, payer: row.member_id } : null,
        open_order: bill ? { ...shownOrder(bill), payer: bill.member_id } : null,
      })
    }
    return shown
  })
}

/** The renewal switch. Off: the seats run to the end of what is paid. It can be put on again until then. */
export const switchSeats = (
  deps: BillingDeps,
  at: SeatsAt,
  on: boolean,
  now: Instant,
): Promise<Outcome<void, NoSeats>> =>
  inTx(deps, async (tx) => {
    const row = await runningSeats(tx, at)
    if (!row) return no({ code: 'no_such_seats' })
    await storeSeats(deps, tx, row, withRenewal(row.terms, on))
    const bill = on ? undefined : await openSeatBill(tx, row.order_id)
    if (bill) await letGo(deps, tx, bill.id, 'cancelled', now)
    return yes(undefined)
  })

/** An administrator has the seats charged to a method of his own from now on, and an open bill at once. */
export async function chooseSeatMethod(
  deps: BillingDeps,
  wish: SeatsAt & { readonly memberId: MemberId; readonly methodId: string; readonly language: Language },
  now: Instant,
): Promise<Outcome<void, NoSeats | { readonly code: 'no_such_method' }>> {
  let payment: PaymentId | undefined
  const done = await inTx(deps, async (tx) => {
    const method = await methodById(tx, wish.methodId)
    if (method?.member_id !== wish.memberId) return no({ code: 'no_such_method' } as const)
    const row = await runningSeats(tx, wish)
    if (!row) return no({ code: 'no_such_seats' } as const)
    const chosen = { ...row, member_id: wish.memberId, method_id: method.id }
    await storeSeats(deps, tx, chosen, row.terms)
    payment = (await openSeatBill(tx, row.order_id)) ? await chargeSeats(deps, tx, chosen, now) : undefined
    return yes(undefined)
  })
  if (payment) await ask(deps, payment, { returnPath: '/team', language: wish.language }, now)
  return done
}

/** What a team would get back now that gives up the running period of these seats: the published rule, seat by seat. */
export async function offerSeatRefund(
  deps: BillingDeps,
  tx: Tx,
  at: SeatsAt,
  now: Instant,
  shownAt: Instant = now,
): Promise<Outcome<RefundQuote, NoSeatRefund>> {
  const row = await runningSeats(tx, at)
  const period = row && (await seatPeriodAt(tx, row.order_id, now))
  if (!row || !period) return no({ code: 'no_such_seats' })
  const { starts_at: startsAt, ends_at: endsAt, net } = period
  if (endsAt !== row.terms.period.endsAt) return no({ code: 'renewed_ahead', at: row.terms.period.startsAt })
  const plan = await termsOf(deps, tx, row.terms.planVersionId)
  const allowance = allowanceOf(plan, endsAt - startsAt)
  const rules = deps.catalog.current().billing.refund
  const netPaid = shareDown(net, 1, row.count)
  const quotes: RefundQuote[] = []
  for (const subscriptions of await deps.seats.uses(tx, sourceOf(row.order_id))) {
    let used = 0
    for (const id of subscriptions) used += await chargedIn(tx, id, startsAt, endsAt)
    quotes.push(quoteRefund({ period: { startsAt, endsAt }, netPaid, allowance, used }, rules, shownAt))
  }
  const sum = (of: 'amount' | 'byTime' | 'byUse') => minor(quotes.reduce((total, quote) => total + quote[of], 0))
  const [first] = quotes
  if (!first) return no({ code: 'no_such_seats' })
  return yes({ ...first, amount: sum('amount'), byTime: sum('byTime'), byUse: sum('byUse'), netPaid: net })
}

/** Ends the seats now and sends back what was shown, if it was right some minutes ago: time alone must not change it. */
export async function refundSeats(
  deps: BillingDeps,
  tx: Tx,
  at: SeatsAt & { readonly expected: Minor },
  now: Instant,
): Promise<Outcome<{ readonly amount: Minor }, NoSeatRefund>> {
  const offer = await offerSeatRefund(deps, tx, at, now)
  if (!offer.ok) return offer
  if (!offer.value.allowed) return no({ code: 'refund_too_late', until: offer.value.until })
  const shownAt = plusMs(now, -deps.catalog.current().billing.quote_minutes * MINUTE_MS)
  const before = await offerSeatRefund(deps, tx, at, now, shownAt)
  const isAsShown = before.ok && at.expected <= before.value.amount
  const due = isAsShown ? Math.max(at.expected, offer.value.amount) : offer.value.amount
  const amount = minor(Math.min(due, offer.value.netPaid))
  if (amount < at.expected) return no({ code: 'quote_changed', due: amount })
  const row = await runningSeats(tx, at)
  const period = row && (await seatPeriodAt(tx, row.order_id, now))
  if (!row || !period) return no({ code: 'no_such_seats' })
  await endSeats(deps, tx, row, { why: 'refunded', at: now })
  await cutSeatPeriod(tx, period, now, amount)
  await sendBack(tx, await seatPayments(tx, row.order_id), amount, 'the team gave the seats up', now)
  return yes({ amount })
}

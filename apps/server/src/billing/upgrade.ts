import {
  minor,
  MINUTE_MS,
  no,
  NOTHING,
  plusMs,
  quoteUpgrade,
  yes,
  type Cycle,
  type Instant,
  type MemberId,
  type Minor,
  type Outcome,
  type PlanTerms,
  type RunningTerm,
  type UpgradeQuote,
  type UpgradeRefusal,
} from '@codeplan/core'

import { carriedInto, chargedIn } from '../entitlements/index.ts'
import type { Tx } from '../platform/index.ts'
import type { BillingDeps } from './deps.ts'
import { termsOf } from './plan-terms.ts'
import { placeOrder, priceOf, type OrderRefusal } from './order.ts'
import { orderByKey, periodAt, runningContract, type ContractRow, type OrderRow } from './store.ts'

export type NoUpgrade =
  | UpgradeRefusal
  | OrderRefusal
  | { readonly code: 'not_subscribed' }
  | { readonly code: 'payment_open' }
  /** The next period is paid and has not begun: changes are possible when it has. */
  | { readonly code: 'renewed_ahead'; readonly at: Instant }

export interface UpgradeWish {
  readonly memberId: MemberId
  readonly plan: string
  readonly cycle?: Cycle | undefined
}

export interface UpgradeOffer {
  readonly quote: UpgradeQuote
  readonly contract: ContractRow
  readonly planVersionId: string
  readonly plan: PlanTerms
  readonly cycle: Cycle
  readonly fullPrice: Minor
}

/** What is wished for, and what runs: neither can be changed while a payment is open. */
async function readWish(deps: BillingDeps, tx: Tx, wish: UpgradeWish) {
  const { plans } = deps.catalog.current()
  const contract = await runningContract(tx, wish.memberId, 'locked')
  if (!contract) return no({ code: 'not_subscribed' } as const)
  if (contract.terms.status === 'past_due') return no({ code: 'payment_open' } as const)
  const version = plans.has(wish.plan) ? await deps.catalog.newestPlanVersion(tx, wish.plan) : undefined
  if (!version) return no({ code: 'no_such_plan', plan: wish.plan, plans: [...plans.keys()] } as const)
  const cycle = wish.cycle ?? contract.terms.cycle
  const price = priceOf(version.terms, cycle, contract.currency)
  if (price === undefined)
    return no({ code: 'cycle_not_sold', cycle, cycles: Object.keys(version.terms.prices) } as const)
  return yes({ contract, version, cycle, price })
}

/** What an upgrade would cost now, and what it would do; the same arithmetic as the order's. */
export async function offerUpgrade(
  deps: BillingDeps,
  tx: Tx,
  wish: UpgradeWish,
  now: Instant,
): Promise<Outcome<UpgradeOffer, NoUpgrade>> {
  const { operator, billing } = deps.catalog.current()
  const wished = await readWish(deps, tx, wish)
  if (!wished.ok) return wished
  const { contract, version, cycle, price: fullPrice } = wished.value
  const from = await runningTerm(deps, tx, contract, now)
  if (!from) return no({ code: 'period_over' })
  if (from.period.endsAt !== contract.terms.period.endsAt) {
    return no({ code: 'renewed_ahead', at: contract.terms.period.startsAt })
  }
  const to = { rank: version.terms.rank, cycle, price: fullPrice }
  const quote = quoteUpgrade(operator.zone, from, to, billing.upgrade, now)
  if (!quote.ok) return quote
  return yes({ quote: quote.value, contract, planVersionId: version.id, plan: version.terms, cycle, fullPrice })
}

/** Locks the offer for some minutes as an order. Nothing of the old plan changes before it is paid (F63, F64). */
export async function orderUpgrade(
  deps: BillingDeps,
  wish: UpgradeWish & { readonly requestKey: string; readonly expected?: Minor | undefined },
  now: Instant,
): Promise<Outcome<OrderRow, NoUpgrade | { readonly code: 'quote_changed'; readonly due: Minor }>> {
  return deps.db.tx(async (tx) => {
    const again = await orderByKey(tx, wish.memberId, wish.requestKey)
    if (again) return yes(again)
    const offer = await offerUpgrade(deps, tx, wish, now)
    if (!offer.ok) return offer
    const { quote, contract, planVersionId, plan, cycle } = offer.value
    if (wish.expected !== undefined && wish.expected < quote.due) return no({ code: 'quote_changed', due: quote.due })
    const placed = await placeOrder(
      tx,
      {
        member_id: wish.memberId,
        kind: 'upgrade',
        plan: plan.plan,
        plan_version_id: planVersionId,
        cycle,
        currency: contract.currency,
        price: quote.price,
        discount: NOTHING,
        credit: quote.credit,
        coupon: null,
        subscription_id: contract.subscription_id,
        quote: { upgrade: quote },
        expires_at: plusMs(now, deps.catalog.current().billing.quote_minutes * MINUTE_MS),
        request_key: wish.requestKey,
      },
      now,
    )
    return placed.ok ? yes(placed.value.order) : placed
  })
}

/** What runs now, what was paid for it, and how much of its allowance is used. */
export async function runningTerm(
  deps: BillingDeps,
  tx: Tx,
  contract: ContractRow,
  now: Instant,
): Promise<RunningTerm | undefined> {
  const { subscription_id: id, terms } = contract
  const period = await periodAt(tx, id, now)
  if (!period) return undefined
  const plan = await termsOf(deps, tx, terms.planVersionId)
  const { starts_at: startsAt, ends_at: endsAt, net } = period
  return {
    rank: plan.rank,
    cycle: terms.cycle,
    anchorAt: terms.anchorAt,
    periodNo: terms.periodNo,
    period: { startsAt, endsAt },
    netPaid: minor(net),
    allowance: allowanceOf(plan, endsAt - startsAt),
    // Also what was used before an upgrade, in the window that went on.
    used: (await chargedIn(tx, id, startsAt, endsAt)) + (await carriedInto(tx, id, longestOf(plan)?.id ?? '')),
  }
}

const longestOf = ({ windows }: PlanTerms) => windows.toSorted((a, b) => b.lengthMs - a.lengthMs)[0]

/** What a plan allows in a time, by its longest window: 400 a week are 1,600 in 28 days and 2,000 in 29 to 35. */
export function allowanceOf(plan: PlanTerms, lengthMs: number): number {
  const longest = longestOf(plan)
  return longest ? longest.allowance * Math.ceil(lengthMs / longest.lengthMs) : 0
}

/** A lower plan, or a shorter cycle, takes over at the next period; so does a price that the member agrees to. */
export async function changeAtRenewal(
  deps: BillingDeps,
  tx: Tx,
  wish: UpgradeWish,
): Promise<
  Outcome<{ readonly contract: ContractRow; readonly next: NonNullable<ContractRow['terms']['next']> }, NoUpgrade>
> {
  const wished = await readWish(deps, tx, wish)
  if (!wished.ok) return wished
  const { contract, version, cycle, price } = wished.value
  return yes({ contract, next: { planVersionId: version.id, cycle, price } })
}

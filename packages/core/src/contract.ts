import { periodOf, type Cycle, type Period } from './cycle.ts'
import type { Minor } from './money.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from './time.ts'
import { instant, type Instant } from './units.ts'

/** How subscriptions are renewed: the operator's data. */
export interface RenewalRules {
  /** The charge is tried so long before the period ends, so that nobody who pays is ever without service. */
  readonly chargeBeforeMinutes: number
  /** Days before the end on which the member is told what will be charged; the longest first. */
  readonly noticeDays: readonly number[]
  /** Hours after the first declined charge at which it is tried again. */
  readonly retryHours: readonly number[]
  /** Days after the period's end in which the plan is still served while the payment is open. */
  readonly graceDays: number
}

/** What a member has agreed to pay, and how far it is paid. One per paid subscription. */
export interface Contract {
  readonly status: 'active' | 'past_due' | 'ended'
  readonly planVersionId: string
  readonly cycle: Cycle
  /** Of one period: what was shown at the purchase, for as long as the subscription lasts. */
  readonly price: Minor
  /** Periods are counted from here. */
  readonly anchorAt: Instant
  readonly periodNo: number
  readonly period: Period
  readonly renews: boolean
  /** What takes over at the next period: a plan of lower rank, or a price that the member has agreed to. */
  readonly next?: { readonly planVersionId: string; readonly cycle: Cycle; readonly price: Minor } | undefined
  /** Notices of this period that were sent. */
  readonly noticesSent: number
  /** Declined charges of this renewal, and when the first was. */
  readonly declines: number
  readonly declinedAt?: Instant | undefined
}

export type Due =
  | { readonly kind: 'notice'; readonly at: Instant; readonly days: number }
  | { readonly kind: 'charge'; readonly at: Instant }
  | { readonly kind: 'end'; readonly at: Instant; readonly why: 'cancelled' | 'unpaid' }

/** The renewal that comes next, with the terms that will hold then. */
export function renewalOf(
  zone: string,
  contract: Contract,
): {
  readonly planVersionId: string
  readonly cycle: Cycle
  readonly price: Minor
  readonly anchorAt: Instant
  readonly periodNo: number
  readonly period: Period
} {
  const { planVersionId, cycle, price } = contract.next ?? contract
  // Another cycle begins a count of its own at the end of what was paid.
  const anchorAt = cycle === contract.cycle ? contract.anchorAt : contract.period.endsAt
  const periodNo = cycle === contract.cycle ? contract.periodNo + 1 : 0
  return { planVersionId, cycle, price, anchorAt, periodNo, period: periodOf(zone, anchorAt, cycle, periodNo) }
}

export const graceEndsAt = (contract: Contract, rules: RenewalRules): Instant =>
  instant(contract.period.endsAt + rules.graceDays * DAY_MS)

/** Until when calls are let in: what is paid, and the grace while a payment is open. */
export const servedUntil = (contract: Contract, rules: RenewalRules): Instant =>
  contract.status === 'past_due' && contract.renews ? graceEndsAt(contract, rules) : contract.period.endsAt

/** What the clock will do to a contract next; nothing to one that has ended. */
export function nextDue(contract: Contract, rules: RenewalRules): Due | undefined {
  const { status, renews, period } = contract
  if (status === 'ended') return undefined
  if (!renews) return { kind: 'end', at: period.endsAt, why: status === 'past_due' ? 'unpaid' : 'cancelled' }
  const end = { kind: 'end', at: graceEndsAt(contract, rules), why: 'unpaid' } as const
  if (status === 'past_due') {
    const hours = rules.retryHours[contract.declines - 1]
    if (hours === undefined) return end
    const at = instant((contract.declinedAt ?? period.endsAt) + hours * HOUR_MS)
    return at < end.at ? { kind: 'charge', at } : end
  }
  const chargeAt = instant(period.endsAt - rules.chargeBeforeMinutes * MINUTE_MS)
  const days = rules.noticeDays[contract.noticesSent]
  if (days !== undefined) {
    const at = instant(period.endsAt - days * DAY_MS)
    if (at < chargeAt) return { kind: 'notice', at, days }
  }
  return { kind: 'charge', at: chargeAt }
}

/** The renewal was paid: the next period runs from the end of the last, however late the money came. */
export function renewed(zone: string, contract: Contract): Contract {
  const { planVersionId, cycle, price, anchorAt, periodNo, period } = renewalOf(zone, contract)
  return {
    ...contract,
    status: 'active',
    planVersionId,
    cycle,
    price,
    anchorAt,
    periodNo,
    period,
    next: undefined,
    noticesSent: 0,
    declines: 0,
    declinedAt: undefined,
  }
}

/** A charge has been asked for, and no answer is there yet: served as in the grace until there is one. */
export const chargeOpen = (contract: Contract): Contract => ({ ...contract, status: 'past_due' })

export const declined = (contract: Contract, now: Instant): Contract => ({
  ...contract,
  status: 'past_due',
  declines: contract.declines + 1,
  declinedAt: contract.declinedAt ?? now,
})

export const noticed = (contract: Contract): Contract => ({ ...contract, noticesSent: contract.noticesSent + 1 })

/** The renewal switch: off until the period ends, and back on for as long as it has not. */
export const withRenewal = (contract: Contract, renews: boolean): Contract =>
  // Whoever comes back is not told again of what he was told before, but is charged in time.
  ({ ...contract, renews, ...(renews ? {} : { next: undefined }) })

export const ended = (contract: Contract): Contract => ({ ...contract, status: 'ended', renews: false })

import { no, yes, type Outcome } from './outcome.ts'
import { plusMonths } from './time.ts'
import type { Instant } from './units.ts'

/** What a plan gives of a service: calls in each month of the subscription, or once for its whole life (a trial). */
export interface ServiceRule {
  readonly calls: number
  readonly per: 'month' | 'once'
}

/** The counter as it is stored: how many calls were taken in the period that began then. */
export interface ServiceCount {
  readonly startsAt: Instant
  readonly used: number
}

export interface ServiceStanding {
  readonly calls: number
  readonly per: ServiceRule['per']
  readonly used: number
  readonly startsAt: Instant
  /** Absent: a trial does not come back. */
  readonly resetsAt: Instant | undefined
}

/** What is left now. A count of a period that is over counts no more. */
export function serviceNow(
  rule: ServiceRule,
  subscription: { readonly zone: string; readonly anchorAt: Instant },
  count: ServiceCount | undefined,
  now: Instant,
): ServiceStanding {
  const { startsAt, resetsAt } = periodAt(rule, subscription, now)
  const used = count?.startsAt === startsAt ? count.used : 0
  return { calls: rule.calls, per: rule.per, used, startsAt, resetsAt }
}

/** One call more, if there is one left. An allowance that was made smaller meanwhile takes nothing back. */
export function takeCall({ calls, used, startsAt }: ServiceStanding): Outcome<ServiceCount, { readonly used: number }> {
  return used < calls ? yes({ startsAt, used: used + 1 }) : no({ used })
}

/** A call that did not count is given back to the period that it was taken from, and to no other. */
export function giveBackCall(count: ServiceCount, takenIn: Instant): ServiceCount {
  return count.startsAt === takenIn ? { ...count, used: count.used - 1 } : count
}

/** Months are counted from the anchor on the operator's calendar, as paid periods are. */
function periodAt(
  { per }: ServiceRule,
  { zone, anchorAt }: { readonly zone: string; readonly anchorAt: Instant },
  now: Instant,
): { readonly startsAt: Instant; readonly resetsAt: Instant | undefined } {
  if (per === 'once') return { startsAt: anchorAt, resetsAt: undefined }
  // Never too high: no month is longer than 31 days. A zone may shift the anchor's clock by hours, so one less.
  let n = Math.max(0, Math.floor((now - anchorAt) / LONGEST_MONTH_MS) - 1)
  while (plusMonths(zone, anchorAt, n + 1) <= now) n++
  return { startsAt: plusMonths(zone, anchorAt, n), resetsAt: plusMonths(zone, anchorAt, n + 1) }
}

const LONGEST_MONTH_MS = 31 * 86_400_000

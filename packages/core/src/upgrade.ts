import { MONTHS, periodOf, type Cycle, type Period } from './cycle.ts'
import { minor, shareDown, type Minor } from './money.ts'
import { no, yes, type Outcome } from './outcome.ts'
import { DAY_MS } from './time.ts'
import type { Instant } from './units.ts'

export interface UpgradeRules {
  /** `keep`: the period ends when it would have; only its rest is paid. `restart`: a whole period from now. */
  readonly anchor: 'keep' | 'restart'
}

/** What runs now, and what was paid for it: money and credit of money, less refunds; nothing for what was a gift (F66). */
export interface RunningTerm {
  readonly rank: number
  readonly cycle: Cycle
  readonly anchorAt: Instant
  readonly periodNo: number
  readonly period: Period
  readonly netPaid: Minor
  /** What the period's whole allowance is, and how much of it is used, in micro-prompts. */
  readonly allowance: number
  readonly used: number
}

export interface UpgradeWish {
  readonly rank: number
  readonly cycle: Cycle
  /** Of a whole period. */
  readonly price: Minor
}

export interface UpgradeQuote {
  readonly anchor: 'keep' | 'restart'
  /** Windows go on with what was used in them, or begin anew with the new period. */
  readonly windows: 'carry' | 'fresh'
  readonly anchorAt: Instant
  readonly periodNo: number
  /** What is paid for: from now, to the old end or for a whole period. */
  readonly period: Period
  readonly daysLeft: number
  /** The value of what is left of the old period. */
  readonly credit: Minor
  /** The price of the new plan for the time that is paid for. */
  readonly price: Minor
  /** What is to pay: price − credit. */
  readonly due: Minor
}

export type UpgradeRefusal =
  | { readonly code: 'not_higher' }
  | { readonly code: 'shorter_cycle' }
  | { readonly code: 'credit_exceeds_price'; readonly credit: Minor; readonly price: Minor }
  | { readonly code: 'period_over' }

/**
 * The difference, to the millisecond. What is given back is rounded down and what is charged up, each to the minor unit.
 *
 * With the anchor kept, windows go on with what was used in them, so a window never yields more than the best plan that was
 * paid for in it. With a new period, windows begin anew, and what is credited for the old one is the smaller of the time
 * and the allowance that are left: who has used it up gets nothing back for it (F65).
 */
export function quoteUpgrade(
  zone: string,
  from: RunningTerm,
  to: UpgradeWish,
  rules: UpgradeRules,
  now: Instant,
): Outcome<UpgradeQuote, UpgradeRefusal> {
  const { startsAt, endsAt } = from.period
  if (to.rank <= from.rank) return no({ code: 'not_higher' })
  if (MONTHS[to.cycle] < MONTHS[from.cycle]) return no({ code: 'shorter_cycle' })
  if (now >= endsAt) return no({ code: 'period_over' })
  const whole = endsAt - startsAt
  const left = Math.min(endsAt - now, whole)
  const daysLeft = Math.floor(left / DAY_MS)
  const keeps = rules.anchor === 'keep' && to.cycle === from.cycle
  const byTime = shareDown(from.netPaid, left, whole)
  const quote: UpgradeQuote = keeps
    ? {
        anchor: 'keep',
        windows: 'carry',
        anchorAt: from.anchorAt,
        periodNo: from.periodNo,
        period: { startsAt: now, endsAt },
        daysLeft,
        credit: byTime,
        // What has gone by is rounded down, so what is left is rounded up.
        price: minor(to.price - shareDown(to.price, whole - left, whole)),
        due: minor(0),
      }
    : {
        anchor: 'restart',
        windows: 'fresh',
        anchorAt: now,
        periodNo: 0,
        period: periodOf(zone, now, to.cycle, 0),
        daysLeft,
        credit: minor(Math.min(byTime, unusedShare(from))),
        price: to.price,
        due: minor(0),
      }
  const { credit, price } = quote
  if (credit > price) return no({ code: 'credit_exceeds_price', credit, price })
  return yes({ ...quote, due: minor(price - credit) })
}

/** What was paid, by the allowance that is left of the period. */
export const unusedShare = ({ netPaid, allowance, used }: Pick<RunningTerm, 'netPaid' | 'allowance' | 'used'>): Minor =>
  allowance <= 0 ? minor(0) : shareDown(netPaid, allowance - used, allowance)

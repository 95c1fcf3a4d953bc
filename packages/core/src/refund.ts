import { minor, shareDown, type Minor } from './money.ts'
import { DAY_MS } from './time.ts'
import { unusedShare, type RunningTerm } from './upgrade.ts'
import type { Instant } from './units.ts'

export interface RefundRules {
  /** Days from the begin of a period in which it may be given back; 0: never. */
  readonly days: number
}

export interface RefundQuote {
  readonly allowed: boolean
  /** Until when it may be asked for. */
  readonly until: Instant
  readonly amount: Minor
  readonly byTime: Minor
  readonly byUse: Minor
  /** What was paid for the period: more never goes back. */
  readonly netPaid: Minor
}

/**
 * What a member gets back who gives up the running period: of what was paid for it, the smaller of the share of time and
 * the share of allowance that are left, rounded down. Published, and computed from the ledger alone.
 */
export function quoteRefund(
  term: Pick<RunningTerm, 'period' | 'netPaid' | 'allowance' | 'used'>,
  rules: RefundRules,
  now: Instant,
): RefundQuote {
  const { startsAt, endsAt } = term.period
  const until = Math.min(startsAt + rules.days * DAY_MS, endsAt) as Instant
  const byTime = shareDown(term.netPaid, endsAt - now, endsAt - startsAt)
  const byUse = unusedShare(term)
  return { allowed: now < until, until, amount: minor(Math.min(byTime, byUse)), byTime, byUse, netPaid: term.netPaid }
}

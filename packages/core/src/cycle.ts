import { plusMonths } from './time.ts'
import type { Instant } from './units.ts'

/** How often a subscription is paid for. */
export type Cycle = 'month' | 'quarter' | 'year'

export const CYCLES: readonly Cycle[] = ['month', 'quarter', 'year']
export const MONTHS: Readonly<Record<Cycle, number>> = { month: 1, quarter: 3, year: 12 }

/** What one payment pays for: `startsAt ≤ t < endsAt`. */
export interface Period {
  readonly startsAt: Instant
  readonly endsAt: Instant
}

/**
 * The n-th period (from 0) of a subscription, on the operator's calendar. Always counted from the anchor: a year of
 * months from 31 January ends on 28 February, 31 March, 30 April … and on 31 January again.
 */
export function periodOf(zone: string, anchor: Instant, cycle: Cycle, n: number): Period {
  const months = MONTHS[cycle]
  return { startsAt: plusMonths(zone, anchor, n * months), endsAt: plusMonths(zone, anchor, (n + 1) * months) }
}

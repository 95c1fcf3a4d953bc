/**
 * How much extra work failures may make: so many retries for each hundred calls, and a reserve for quiet hours. Kept in
 * thousandths of a retry. Whatever happens, retries ≤ reserve + share × calls, so an outage does not double the load.
 */
export interface RetryRule {
  /** What each call puts in, in thousandths of a retry. */
  readonly sharePermille: number
  /** The most that is kept, and what one begins with, in retries. */
  readonly reserve: number
}

const RETRY = 1000

export const fullBudget = (rule: RetryRule): number => rule.reserve * RETRY

export const afterCall = (budget: number, rule: RetryRule): number =>
  Math.min(budget + rule.sharePermille, fullBudget(rule))

export const coversRetry = (budget: number): boolean => budget >= RETRY

/** Only after `coversRetry`: a budget never falls below nothing. */
export function afterRetry(budget: number): number {
  if (!coversRetry(budget)) throw new RangeError(`a budget of ${budget} does not cover a retry`)
  return budget - RETRY
}

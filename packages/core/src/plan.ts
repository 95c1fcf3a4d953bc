import type { Meter } from './metering.ts'
import type { WindowRule } from './quota.ts'
import { holdsAt, type Span } from './span.ts'
import type { Instant } from './units.ts'

/** What a subscriber has bought for as long as the subscription lasts: immutable, pinned by plan version. */
export interface PlanTerms {
  readonly plan: string
  readonly name: string
  /** Higher is better: of several running plans the best one is drawn. */
  readonly rank: number
  readonly meter: Meter
  /** What a million micro-units are called. */
  readonly unit: 'prompts' | 'credits'
  readonly windows: readonly WindowRule[]
  /** Calls that may run at the same time … */
  readonly concurrencyMax: number
  /** … and at certain hours; the first that holds. Absent where a plan has none. */
  readonly concurrencyHours?: readonly ConcurrencyHours[] | undefined
  /** Fees in the main unit of the operator's currency, as decimal text. */
  readonly prices: { readonly month: string; readonly quarter?: string | undefined; readonly year?: string | undefined }
  /** Windows begin anew with each period; absent: they go on over a renewal (F41). */
  readonly renewalWindows?: 'fresh' | undefined
  /** How existing meters are told of the windows: as shares (`tokens`) or as counts (`credits`). */
  readonly reportedAs: 'tokens' | 'credits'
  /** Models that were part of the plan when it was bought. Those of the running catalog come on top while `live`. */
  readonly models: readonly string[]
}

export interface ConcurrencyHours extends Span {
  readonly calls: number
}

/** How many calls of a subscriber may run at the same time now. */
export function concurrencyAt(terms: Pick<PlanTerms, 'concurrencyMax' | 'concurrencyHours'>, now: Instant): number {
  return terms.concurrencyHours?.find((hours) => holdsAt(hours, now))?.calls ?? terms.concurrencyMax
}

export interface Subscription {
  readonly id: string
  readonly planVersionId: string
  readonly rank: number
  /** Instant of purchase: weekly windows are counted from here. */
  readonly anchorAt: Instant
  readonly startsAt: Instant
  readonly endsAt: Instant
}

export type SubscriptionChoice =
  | { readonly state: 'running'; readonly subscription: Subscription }
  | { readonly state: 'expired'; readonly endedAt: Instant }
  | { readonly state: 'none' }

/** The subscription that a member draws on: of those running the best, of equals the one that ends first. */
export function chooseSubscription(all: readonly Subscription[], now: Instant): SubscriptionChoice {
  const running = all.filter((s) => s.startsAt <= now && now < s.endsAt)
  const best = running.toSorted((a, b) => b.rank - a.rank || a.endsAt - b.endsAt)[0]
  if (best) return { state: 'running', subscription: best }
  const ended = all.filter((s) => s.endsAt <= now).toSorted((a, b) => b.endsAt - a.endsAt)[0]
  return ended ? { state: 'expired', endedAt: ended.endsAt } : { state: 'none' }
}

import type { Instant } from './units.ts'

/** When a route that fails is given a rest. Hours of this are catalog data; each figure has its name there. */
export interface BreakerRule {
  /** Failures in a row … */
  readonly failuresMax: number
  /** … or this share of the calls of a window, once there were `callsMin`. */
  readonly errorPermilleMax: number
  readonly callsMin: number
  readonly windowMs: number
  /** The first rest; each that follows at once is twice as long, up to the longest. */
  readonly restMs: number
  readonly restMsMax: number
}

/** What a route's calls have shown of late. Closed while `restsUntil` is 0. */
export interface Breaker {
  /** Since its last opening or closing: what was asked before says nothing about it. */
  readonly changedAt: number
  readonly failures: number
  /** Calls and errors of the running window and of the one before; what is older is forgotten. */
  readonly windowAt: number
  readonly calls: number
  readonly errors: number
  readonly callsBefore: number
  readonly errorsBefore: number
  readonly restsUntil: number
  /** Rests in a row, which decide the length of the next one. */
  readonly rests: number
  /** It has rested and a probe has found it alive: one call may try. */
  readonly probed: boolean
  /** When the last call was sent to try; 0: none. */
  readonly trialAt: number
}

export const newBreaker: Breaker = {
  changedAt: 0,
  failures: 0,
  windowAt: 0,
  calls: 0,
  errors: 0,
  callsBefore: 0,
  errorsBefore: 0,
  restsUntil: 0,
  rests: 0,
  probed: false,
  trialAt: 0,
}

/**
 * What one call has shown: its answer began; it failed before; it broke after it had begun (told beside `began`); or it
 * ended without telling anything, for example because its caller left.
 */
export type RouteOutcome = 'began' | 'failed' | 'cut' | 'unknown'

/** Calls fail this often: a route is not relied on for retries, though it still serves. */
const SHAKY_PERMILLE = 200

export type Health =
  | 'good'
  /** It serves, but a part of its calls fails. */
  | 'shaky'
  /** It has rested; one call may find out whether it is well. */
  | 'trial'
  | 'resting'

export function healthOf(breaker: Breaker, rule: BreakerRule, now: Instant): Health {
  if (breaker.restsUntil === 0) return isShaky(breaker, rule, now) ? 'shaky' : 'good'
  if (!breaker.probed) return 'resting'
  // A trial that hangs is not waited for longer than the longest rest.
  return breaker.trialAt === 0 || now - breaker.trialAt >= rule.restMsMax ? 'trial' : 'resting'
}

function isShaky(breaker: Breaker, rule: BreakerRule, now: Instant): boolean {
  if (breaker.failures > 0) return true
  if (breaker.errors + breaker.errorsBefore === 0) return false
  const { calls, errors, callsBefore, errorsBefore } = inWindow(breaker, rule, now)
  return exceeds(errors + errorsBefore, calls + callsBefore, SHAKY_PERMILLE)
}

/** Should its upstream be asked now, whether it is alive? */
export const wantsProbe = (breaker: Breaker, now: Instant): boolean =>
  breaker.restsUntil !== 0 && !breaker.probed && now >= breaker.restsUntil

export function afterProbe(breaker: Breaker, rule: BreakerRule, alive: boolean, now: Instant): Breaker {
  if (!wantsProbe(breaker, now)) return breaker
  return alive ? { ...breaker, probed: true } : rest(breaker, rule, now)
}

/** A call is sent to a route that is not closed: to try it, or because no other is left. */
export const afterTrialBegan = (breaker: Breaker, now: Instant): Breaker =>
  breaker.restsUntil === 0 ? breaker : { ...breaker, trialAt: now }

/** The breaker after an outcome of a call that was sent to its route at `askedAt`. */
export function afterOutcome(
  breaker: Breaker,
  rule: BreakerRule,
  call: { readonly outcome: RouteOutcome; readonly askedAt: number },
  now: Instant,
): Breaker {
  if (breaker.restsUntil !== 0) return afterTrial(breaker, rule, call, now)
  if (call.askedAt < breaker.changedAt || call.outcome === 'unknown') return breaker
  const counted = count(inWindow(breaker, rule, now), call.outcome)
  const calls = counted.calls + counted.callsBefore
  const tooMany =
    counted.failures >= rule.failuresMax ||
    (calls >= rule.callsMin && exceeds(counted.errors + counted.errorsBefore, calls, rule.errorPermilleMax))
  if (call.outcome === 'began' || !tooMany) return counted
  // Who has been well for longer than the longest rest begins with a short one again.
  const wellMs = now - breaker.changedAt
  return rest({ ...counted, rests: wellMs > rule.restMsMax ? 0 : breaker.rests }, rule, now)
}

function afterTrial(
  breaker: Breaker,
  rule: BreakerRule,
  { outcome, askedAt }: { readonly outcome: RouteOutcome; readonly askedAt: number },
  now: Instant,
): Breaker {
  if (askedAt <= breaker.changedAt) return breaker
  switch (outcome) {
    case 'began':
      return { ...newBreaker, changedAt: now, windowAt: now, rests: breaker.rests }
    case 'unknown':
      return { ...breaker, trialAt: 0 }
    default:
      // Calls that are sent before the rest is over, for want of another route, do not make it longer.
      return breaker.probed ? rest(breaker, rule, now) : breaker
  }
}

function rest(breaker: Breaker, rule: BreakerRule, now: Instant): Breaker {
  const restMs = Math.min(rule.restMs * 2 ** breaker.rests, rule.restMsMax)
  return { ...newBreaker, changedAt: now, restsUntil: now + restMs, rests: Math.min(breaker.rests + 1, RESTS_MAX) }
}

/** 2 ** 30 times the shortest rest is beyond any longest one. */
const RESTS_MAX = 30

function count(breaker: Breaker, outcome: 'began' | 'failed' | 'cut'): Breaker {
  const { calls, errors, failures } = breaker
  if (outcome === 'began') return { ...breaker, calls: calls + 1, failures: 0 }
  // A call that is cut was counted when it began.
  return { ...breaker, calls: outcome === 'cut' ? calls : calls + 1, errors: errors + 1, failures: failures + 1 }
}

function inWindow(breaker: Breaker, rule: BreakerRule, now: Instant): Breaker {
  const age = now - breaker.windowAt
  if (age < rule.windowMs) return breaker
  const [callsBefore, errorsBefore] = age < 2 * rule.windowMs ? [breaker.calls, breaker.errors] : [0, 0]
  return { ...breaker, windowAt: now, calls: 0, errors: 0, callsBefore, errorsBefore }
}

const exceeds = (errors: number, calls: number, permille: number): boolean =>
  errors > 0 && errors * 1000 >= permille * calls

/** A route as one call sees it. */
export interface RouteView {
  readonly health: Health
  readonly restsUntil: number
  /** Lower first. */
  readonly priority: number
  /** How near the route is to the conversation; the greatest first. */
  readonly score: number
  readonly hasPlace: boolean
  /** It has failed this call. */
  readonly failed: boolean
  /** Something of the same upstream has. */
  readonly upstreamFailed: boolean
  /** Its retry budget has something left. */
  readonly coversRetry: boolean
}

export type RouteChoice<View extends RouteView> =
  | { readonly kind: 'ask'; readonly view: View }
  /** A route would do, but all its places are taken. */
  | { readonly kind: 'wait' }
  | { readonly kind: 'none' }

/**
 * Which route a call asks now. Of those that are well, by priority and nearness; a retry first goes to another upstream, and
 * to a route whose calls do not fail, which costs no budget. Where none is well, the one whose rest ends first is asked all
 * the same: a refusal would help nobody. A route that has failed a call is never asked by it again.
 */
export function chooseRoute<View extends RouteView>(views: readonly View[], isRetry: boolean): RouteChoice<View> {
  const open = views.filter((v) => !v.failed && (!isRetry || v.health === 'good' || v.coversRetry))
  const well = open.filter((v) => v.health !== 'resting')
  const [among, order] = well.length > 0 ? [well, isRetry ? byRetry : byNearness] : [open, byRest]
  const view = among.filter((v) => v.hasPlace).toSorted(order)[0]
  if (view) return { kind: 'ask', view }
  return { kind: among.length > 0 ? 'wait' : 'none' }
}

const RETRY_ORDER: readonly Health[] = ['good', 'shaky', 'trial', 'resting']

const byNearness = (a: RouteView, b: RouteView): number => a.priority - b.priority || b.score - a.score
const byRest = (a: RouteView, b: RouteView): number => a.restsUntil - b.restsUntil || byNearness(a, b)
const byRetry = (a: RouteView, b: RouteView): number =>
  Number(a.upstreamFailed) - Number(b.upstreamFailed) ||
  RETRY_ORDER.indexOf(a.health) - RETRY_ORDER.indexOf(b.health) ||
  byNearness(a, b)

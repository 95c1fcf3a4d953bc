import {
  afterCall,
  afterOutcome,
  afterProbe,
  afterRetry,
  afterTrialBegan,
  coversRetry,
  fullBudget,
  healthOf,
  nearness,
  newBreaker,
  wantsProbe,
  type Breaker,
  type Health,
  type Instant,
  type RouteOutcome,
} from '@codeplan/core'

import type { Route, RoutingRules } from '../catalog/index.ts'
import type { UpstreamKey } from './upstream-pools.ts'

/** What this node knows of a route: how its calls go, how many run, which of its keys rest. The rules are in core. */
export class RouteHealth {
  route: Route
  running = 0
  breaker: Breaker = newBreaker
  isProbed = false
  /** The operator wants no more calls there. */
  isDrained = false
  private rules: RoutingRules
  private budget: number
  /** Names of the keys that open its upstream; the name of none is empty. */
  private keyNames: readonly string[]
  /** When keys that were refused may be used again, by their names. Nearly always empty. */
  private readonly keyRests = new Map<string, number>()

  constructor(route: Route, rules: RoutingRules, keyNames: readonly string[]) {
    this.route = route
    this.rules = rules
    this.keyNames = keyNames
    this.budget = fullBudget(rules.retries)
  }

  /** A new version of the catalog says otherwise; what has been learnt stays. */
  renew(route: Route, rules: RoutingRules, keyNames: readonly string[]): void {
    this.route = route
    this.rules = rules
    this.keyNames = keyNames
    this.budget = Math.min(this.budget, fullBudget(rules.retries))
  }

  get hasPlace(): boolean {
    const { concurrency } = this.route
    return concurrency === undefined || this.running < concurrency
  }

  get coversRetry(): boolean {
    return coversRetry(this.budget)
  }

  health(now: Instant): Health {
    return this.keyRestsUntil(now) > now ? 'resting' : healthOf(this.breaker, this.rules, now)
  }

  restsUntil(now: Instant): number {
    return Math.max(this.breaker.restsUntil, this.keyRestsUntil(now))
  }

  /** A call is sent here. */
  begin(isRetry: boolean, now: Instant): void {
    this.running++
    if (!isRetry) this.budget = afterCall(this.budget, this.rules.retries)
    // A retry to a route that is well does not add to any trouble.
    else if (this.health(now) !== 'good') this.budget = afterRetry(this.budget)
    this.breaker = afterTrialBegan(this.breaker, now)
  }

  learn(outcome: RouteOutcome, askedAt: Instant, now: Instant): void {
    this.breaker = afterOutcome(this.breaker, this.rules, { outcome, askedAt }, now)
  }

  wantsProbe(now: Instant): boolean {
    return !this.isProbed && wantsProbe(this.breaker, now)
  }

  learnProbe(alive: boolean, now: Instant): void {
    this.breaker = afterProbe(this.breaker, this.rules, alive, now)
  }

  /** Of several keys the one nearest to the conversation, since prompt caches are kept for each; no key that rests. */
  keyFor(keys: readonly UpstreamKey[], session: string, now: Instant): UpstreamKey {
    const [first] = keys
    if (!first || keys.length === 1) return first as UpstreamKey
    const fresh = keys.filter(({ name }) => (this.keyRests.get(name) ?? 0) <= now)
    const among = fresh.length > 0 ? fresh : keys
    return among.toSorted((a, b) => nearness(b.name, session) - nearness(a.name, session))[0] as UpstreamKey
  }

  /** A key was refused. True when the route has another one that may be used. */
  restKey(name: string, until: number, now: Instant): boolean {
    this.keyRests.set(name, until)
    return this.keyRestsUntil(now) <= now
  }

  /** When the first of the keys may be used. */
  private keyRestsUntil(now: Instant): number {
    if (this.keyRests.size === 0) return 0
    for (const [name, until] of this.keyRests) if (until <= now) this.keyRests.delete(name)
    return Math.min(...this.keyNames.map((name) => this.keyRests.get(name) ?? 0))
  }
}

import {
  chooseRoute,
  FairQueue,
  weightedNearness,
  type Instant,
  type RouteChoice,
  type RouteView,
} from '@codeplan/core'

import type { Model, RoutingRules, Upstream } from '../catalog/index.ts'
import { CapacityFigures } from './capacity-figures.ts'
import { RouteHealth } from './route-health.ts'

/** A call that looks for a route: who it is for, and what it has seen. */
export interface Seeker {
  readonly session: string
  readonly tier: string
  readonly weight: number
  readonly caller: string
  /** Routes that have failed it, and upstreams of which something has. */
  readonly failedRoutes: readonly RouteHealth[]
  readonly failedUpstreams: readonly string[]
}

/** Why a call got no route: nothing is left to ask; no room to wait; waited too long; its caller left; the server stops. */
export type NoRoute = 'none' | 'full' | 'late' | 'left' | 'draining'

interface View extends RouteView {
  readonly state: RouteHealth
}

interface Waiter {
  readonly seeker: Seeker
  readonly since: Instant
  readonly end: (found: RouteHealth | NoRoute) => void
}

/**
 * The places of one model on this node: which route a call gets, and who is next when all are taken. Where a route has a place
 * and nobody waits, a call takes it with a few comparisons: no promise, no timer, nothing made.
 */
export class ModelPlaces {
  readonly figures: CapacityFigures
  model: Model
  routes: readonly RouteHealth[]
  private rules: RoutingRules
  private isClosed = false
  private readonly queue: FairQueue<Waiter>
  private readonly keyNamesOf: (upstream: Upstream) => readonly string[]

  constructor(model: Model, rules: RoutingRules, keyNamesOf: (upstream: Upstream) => readonly string[], now: Instant) {
    this.figures = new CapacityFigures(now)
    this.model = model
    this.rules = rules
    this.keyNamesOf = keyNamesOf
    this.queue = new FairQueue(rules.waitingMax)
    this.routes = this.routesOf(model)
  }

  /** A new version of the catalog: routes that stay keep what was learnt of them, and running calls stay counted. */
  renew(model: Model, rules: RoutingRules): void {
    this.rules = rules
    this.queue.waitingMax = rules.waitingMax
    this.routes = this.routesOf(model)
    this.model = model
  }

  get waiting(): number {
    return this.queue.size
  }

  /** Calls that may run at the same time; undefined when a route takes any number. */
  get count(): number | undefined {
    const served = this.routes.filter(({ isDrained }) => !isDrained)
    return served.reduce<number | undefined>(
      (sum, { route: { concurrency } }) =>
        sum === undefined || concurrency === undefined ? undefined : sum + concurrency,
      0,
    )
  }

  /** A route with a place for this call, taken; or `wait`; or `none` when every route has failed it. */
  take(seeker: Seeker, now: Instant): RouteHealth | 'wait' | 'none' {
    const [only] = this.routes
    if (only && this.routes.length === 1 && seeker.failedUpstreams.length === 0 && !only.isDrained) {
      return this.queue.size === 0 && only.hasPlace ? this.occupy(only, seeker, now) : 'wait'
    }
    const choice = this.choose(seeker, now)
    // Whoever has waited comes first.
    if (choice.kind === 'ask') return this.queue.size === 0 ? this.occupy(choice.view.state, seeker, now) : 'wait'
    return choice.kind
  }

  /** Waits for a place until the deadline. `onLeave` is told what to do when the caller leaves. */
  wait(
    seeker: Seeker,
    now: Instant,
    deadlineAt: number,
    onLeave: (leave: () => void) => void,
  ): Promise<RouteHealth | NoRoute> {
    if (this.isClosed) return Promise.resolve('draining')
    return new Promise((resolve) => {
      const waiter: Waiter = { seeker, since: now, end: resolve }
      const { tier, weight, caller } = seeker
      const waiting = { tier, weight, caller, deadlineAt, item: waiter }
      if (deadlineAt <= now || !this.queue.add(waiting)) {
        this.figures.hour.refused_full++
        return resolve('full')
      }
      onLeave(() => {
        if (!this.queue.leave(waiting)) return
        this.figures.hour.left_waiting++
        resolve('left')
      })
      this.figures.sawWaiting(this.queue.size)
      this.serve(now)
    })
  }

  /** A call has ended at its route, however: its place goes to whoever is next. */
  release(state: RouteHealth, now: Instant): void {
    state.running--
    this.figures.inUse--
    if (this.queue.size > 0) this.serve(now)
  }

  /** About once a second: deadlines, places that came by a new catalog or by a route that is well again, figures. */
  tick(now: Instant): void {
    for (const waiter of this.queue.expire(now)) {
      this.figures.hour.refused_late++
      waiter.end('late')
    }
    if (this.queue.size > 0) this.serve(now)
    this.figures.sample(now, this.queue.size)
  }

  /** Nobody waits for a place on a server that stops: another node may have one. */
  close(): void {
    this.isClosed = true
    for (const waiter of this.queue.expire(Infinity)) waiter.end('draining')
  }

  private serve(now: Instant): void {
    let choice: RouteChoice<View> = { kind: 'wait' }
    const isServed = ({ seeker }: Waiter): boolean => {
      choice = this.choose(seeker, now)
      return choice.kind !== 'wait'
    }
    while (this.queue.size > 0 && this.routes.some((route) => route.hasPlace)) {
      const waiter = this.queue.next(isServed)
      if (!waiter) return
      this.figures.sawWaited(now - waiter.since)
      const found = choice as RouteChoice<View>
      waiter.end(found.kind === 'ask' ? this.occupy(found.view.state, waiter.seeker, now) : 'none')
    }
  }

  private choose(seeker: Seeker, now: Instant): RouteChoice<View> {
    const views = this.routes.map((state): View => {
      const { route } = state
      return {
        state,
        health: state.health(now),
        restsUntil: state.restsUntil(now),
        priority: route.priority,
        score: weightedNearness(`${route.upstream.id}/${route.model}`, seeker.session, route.weight),
        hasPlace: state.hasPlace,
        // To a call, a drained route is one that it may not ask any more.
        failed: state.isDrained || seeker.failedRoutes.includes(state),
        upstreamFailed: seeker.failedUpstreams.includes(route.upstream.id),
        coversRetry: state.coversRetry,
      }
    })
    return chooseRoute(views, seeker.failedUpstreams.length > 0)
  }

  private occupy(state: RouteHealth, seeker: Seeker, now: Instant): RouteHealth {
    const isRetry = seeker.failedUpstreams.length > 0
    state.begin(isRetry, now)
    this.figures.sawBegin(isRetry)
    return state
  }

  private routesOf(model: Model): readonly RouteHealth[] {
    const known = this.routes ?? []
    return model.routes.map((route) => {
      const keyNames = this.keyNamesOf(route.upstream)
      const state = known.find(({ route: r }) => r.upstream.id === route.upstream.id && r.model === route.model)
      if (!state) return new RouteHealth(route, this.rules, keyNames)
      state.renew(route, this.rules, keyNames)
      return state
    })
  }
}

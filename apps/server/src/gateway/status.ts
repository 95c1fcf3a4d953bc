import type { Instant } from '@codeplan/core'

import type { CallDeps } from './deps.ts'

/** What this node's routes and lines are like now. */
export interface GatewayStatus {
  /** Calls that wait for another one of their member to end. */
  readonly waitingOwn: number
  /** The rules for tools are under suspicion, so unknown tools are let in. */
  readonly toolPolicySuspended: boolean
  readonly models: readonly ModelStatus[]
}

export interface ModelStatus {
  readonly model: string
  readonly waiting: number
  /** Null: a route takes any number. */
  readonly places: number | null
  readonly routes: readonly RouteStatus[]
}

export interface RouteStatus {
  readonly upstream: string
  readonly model: string
  readonly health: 'good' | 'shaky' | 'trial' | 'resting'
  readonly restsUntil: number | null
  readonly failures: number
  readonly calls: number
  readonly errors: number
  readonly running: number
  readonly concurrency: number | null
  readonly priority: number
  readonly weight: number
  readonly drained: boolean
}

export function statusOf(
  { catalog, places, ownLines, toolGuard }: Pick<CallDeps, 'catalog' | 'places' | 'ownLines' | 'toolGuard'>,
  now: Instant,
): GatewayStatus {
  const models = [...catalog.current().models.values()].map((model): ModelStatus => {
    const { waiting, count, routes } = places.of(model)
    return {
      model: model.id,
      waiting,
      places: count ?? null,
      routes: routes.map((state): RouteStatus => {
        const { route, running, breaker, isDrained } = state
        const rests = state.restsUntil(now)
        return {
          upstream: route.upstream.id,
          model: route.model,
          health: state.health(now),
          restsUntil: rests > now ? rests : null,
          failures: breaker.failures,
          calls: breaker.calls + breaker.callsBefore,
          errors: breaker.errors + breaker.errorsBefore,
          running,
          concurrency: route.concurrency ?? null,
          priority: route.priority,
          weight: route.weight,
          drained: isDrained,
        }
      }),
    }
  })
  return { waitingOwn: ownLines.size, toolPolicySuspended: toolGuard.isSuspended(now), models }
}

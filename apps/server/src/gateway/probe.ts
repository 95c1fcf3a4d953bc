import type { Clock, Log } from '../platform/index.ts'
import type { RouteHealth } from './route-health.ts'
import type { UpstreamPools } from './upstream-pools.ts'

/** An upstream that takes longer to say that it lives is not well yet. */
const PROBE_MS_MAX = 5_000

interface ProbeDeps {
  readonly pools: UpstreamPools
  readonly clock: Clock
  readonly log: Log
}

/** Asks the upstreams of routes that have rested whether they are alive. Only then a call of a subscriber tries them. */
export function probeRested(deps: ProbeDeps, routes: Iterable<RouteHealth>): void {
  for (const state of routes) if (state.wantsProbe(deps.clock.now())) void probe(deps, state)
}

async function probe({ pools, clock, log }: ProbeDeps, state: RouteHealth): Promise<void> {
  const { upstream, model } = state.route
  state.isProbed = true
  const alive = await answers(pools, state)
  state.isProbed = false
  state.learnProbe(alive, clock.now())
  log.info({ upstream: upstream.id, model, alive }, 'probed an upstream that had failed')
}

/** Any answer but a fault of its own says that somebody is there: many have no list of models, or hide it. */
async function answers(pools: UpstreamPools, { route }: RouteHealth): Promise<boolean> {
  try {
    const { pool, probePath, keys } = pools.of(route.upstream)
    const signal = AbortSignal.timeout(PROBE_MS_MAX)
    const { statusCode, body } = await pool.request({
      method: 'GET',
      path: probePath,
      headers: keys[0]?.headers ?? {},
      signal,
    })
    await body.dump()
    return statusCode < 500
  } catch {
    return false
  }
}

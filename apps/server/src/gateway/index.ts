import type { IncomingMessage, ServerResponse } from 'node:http'

import { isRefused } from '../identity/index.ts'
import { isDatabaseAway, makeCallCounter } from '../platform/index.ts'
import { handleCall } from './call.ts'
import type { Drained } from './drained.ts'
import type { CallDeps, RunningCall } from './deps.ts'
import { makeCallId } from './call-id.ts'
import { handleCountTokens } from './count-tokens.ts'
import { registerGauges } from './gauges.ts'
import { handleModels } from './models.ts'
import { makeOwnLines } from './own-lines.ts'
import { probeRested } from './probe.ts'
import { makeRefusalLog, type RefusalLog } from './refusal-log.ts'
import { refuse } from './refuse.ts'
import { findTarget, VISION_TARGET, type Target } from './routes.ts'
import { makePlaces } from './places.ts'
import { statusOf, type GatewayStatus } from './status.ts'
import { handleStored } from './stored-response.ts'
import { makeToolGuard } from './tool-guard.ts'

export type { RefusalLog } from './refusal-log.ts'
export type { RefusedRow } from './refusals-store.ts'
export { busiestHours, capacityHours, type CapacityHour } from './capacity-store.ts'
export { shownCapacity } from './shown-capacity.ts'
export { forgetAnswers } from './kept-answer.ts'
export { makeUpstreamPools, type UpstreamPools, type UpstreamSettings } from './upstream-pools.ts'
export { BASES, SERVICE_PATHS } from './routes.ts'
export { makeCallId } from './call-id.ts'
export { openDrained, type Drained } from './drained.ts'
export { deleteDrained, drainedRows, insertDrained } from './drained-store.ts'
export type { GatewayStatus, RouteStatus } from './status.ts'

export interface Gateway {
  readonly refusals: RefusalLog
  /** Takes the request when its path is one of the model bases. */
  handle(req: IncomingMessage, res: ServerResponse): boolean
  /** A call that the vision tools make on behalf of a caller, whose key it carries. */
  handleVision(req: IncomingMessage, res: ServerResponse): void
  inFlight(): number
  status(): GatewayStatus
  /** Writes what was measured of the places of each model. */
  writeCapacity(): Promise<void>
  /** No new calls; running ones may finish within the named time, then they are ended. */
  drain(msMax: number): Promise<void>
}

const TICK_MS = 1_000
const DRAIN_TICK_MS = 100

type Own = Pick<CallDeps, 'running' | 'isDraining' | 'countCall' | 'places' | 'ownLines' | 'toolGuard' | 'refusals'>

export function makeGateway(
  deps: Omit<CallDeps, keyof Own> & { readonly node: string; readonly drained: Drained },
): Gateway {
  const running = new Set<RunningCall>()
  let draining = false
  const places = makePlaces(deps)
  const ownLines = makeOwnLines(deps.clock)
  const countCall = makeCallCounter(deps.metrics)
  const refusals = makeRefusalLog(deps)
  const toolGuard = makeToolGuard((isSuspended, shown) => {
    deps.metrics.toolPolicySuspended.set(Number(isSuspended))
    if (isSuspended)
      deps.log.error(shown, 'the rules for tools do not know many known members: unknown tools are let in')
    else deps.log.warn(shown, 'the rules for tools hold again')
  })
  const own: Own = { running, isDraining: () => draining, countCall, places, ownLines, toolGuard, refusals }
  const all: CallDeps = { ...deps, ...own }
  registerGauges(all)
  let underWay = 0
  let emptied: (() => void) | undefined

  const ticker = setInterval(() => {
    const passedMs = deps.clock.passedMs()
    for (const call of running) {
      if (passedMs >= call.endsByMs) call.attempt?.stop('total_time')
      else call.attempt?.tick(passedMs)
    }
    ownLines.tick()
    places.tick()
    for (const { routes } of places.all()) probeRested(deps, routes)
  }, TICK_MS)
  ticker.unref()

  function no(req: IncomingMessage, res: ServerResponse, target: Target, refusal: Parameters<typeof refuse>[3]): void {
    const zone = deps.catalog.current().operator.zone
    deps.metrics.refusals.inc({ code: refusal.code })
    const { tool } = deps.catalog.current().tools.byHeaders(req.headers) ?? { tool: '' }
    const form = deps.catalog.current().tools.formOf(tool)
    refuse(req, res, { wire: target.wire, requestId: makeCallId(deps.clock.now()), zone, form }, refusal)
  }

  async function work(req: IncomingMessage, res: ServerResponse, target: Target): Promise<void> {
    switch (target.endpoint) {
      case 'probe':
        res.statusCode = 204
        return void res.end()
      case 'models':
        return handleModels(all, req, res, target)
      case 'count_tokens':
        return handleCountTokens(all, req, res, target)
      case 'stored':
        return handleStored(all, req, res, target)
      case 'call':
      case 'embeddings':
        return handleCall(all, req, res, target)
      case 'unknown': {
        // The key is looked at before the path, as clients of the plan know it (wire §3.1).
        const principal = await deps.identify(req)
        return no(req, res, target, isRefused(principal) ? principal : { code: 'not_found', path: target.path })
      }
    }
  }

  function take(req: IncomingMessage, res: ServerResponse, target: Target): void {
    underWay++
    work(req, res, target)
      .catch((error: unknown) => {
        deps.log.error({ err: error, path: target.path }, 'a request failed')
        const away = isDatabaseAway(error)
        no(
          req,
          res,
          target,
          away ? { code: 'unavailable', why: 'database' } : { code: 'upstream_failed', why: 'a fault in this server' },
        )
        if (res.headersSent && !res.writableEnded) res.destroy()
      })
      .finally(() => {
        underWay--
        if (underWay === 0) emptied?.()
      })
  }

  return {
    refusals,
    handle: (req, res) => {
      const target = findTarget(req.method ?? '', req.url ?? '')
      if (target) take(req, res, target)
      return target !== undefined
    },
    handleVision: (req, res) => take(req, res, VISION_TARGET),
    inFlight: () => underWay,
    status: () => statusOf(all, deps.clock.now()),
    writeCapacity: () => places.write(deps.queries, deps.node),
    drain: async (msMax) => {
      draining = true
      ownLines.close()
      places.close()
      const empty = new Promise<void>((resolve) => {
        emptied = resolve
        if (underWay === 0) resolve()
      })
      const patienceEndsAt = performance.now() + msMax
      const patience = setInterval(() => {
        if (performance.now() < patienceEndsAt) return
        for (const call of running) call.attempt?.stop('server_stops')
      }, DRAIN_TICK_MS)
      await empty
      clearInterval(patience)
      clearInterval(ticker)
    },
  }
}

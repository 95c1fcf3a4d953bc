import type { IncomingHttpHeaders } from 'node:http'

import { no, yes, type Outcome, type ServiceStanding } from '@codeplan/core'

import type { ServiceId } from '../catalog/index.ts'
import { makeCallId } from '../gateway/index.ts'
import type { Principal } from '../identity/index.ts'
import type { Language, Refusal } from '../platform/index.ts'
import type { ToolDeps } from './deps.ts'

/** Who calls a service, and from where. */
export interface Caller {
  readonly principal: Principal
  readonly headers: IncomingHttpHeaders
  readonly address: string
  readonly language: Language
  /** Without its query: a key may stand there. */
  readonly path: string
  readonly pays: 'plan' | 'balance'
}

export interface Served<T> {
  readonly id: string
  readonly value: T
  readonly left: ServiceStanding | undefined
}

/** No work of a service goes on longer than its own limits allow; this is for what was lost in a crash. */
const LONGEST_MS = 5 * 60_000

/**
 * One call of a service: taken before the work begins, given back if it did not come to an answer, ended exactly once. What was
 * answered from memory counts like any other.
 */
export async function serve<T>(
  deps: ToolDeps,
  caller: Caller,
  service: ServiceId,
  work: () => Promise<Outcome<T, Refusal>>,
): Promise<Outcome<Served<T>, Refusal>> {
  const { principal, path, pays } = caller
  const { memberId, keyId } = principal
  const id = makeCallId(deps.clock.now())
  const refused = (refusal: Refusal): Outcome<never, Refusal> => {
    noteRefusal(deps, caller, service, id, refusal)
    return no(refusal)
  }
  if (principal.suspended) return refused({ code: 'suspended', appeal: deps.catalog.current().operator.appeal })
  const taken = await deps.entitlements.takeService({ id, memberId, keyId, service, path, pays, msMax: LONGEST_MS })
  if (!taken.ok) return refused(taken.no)
  const startedAt = performance.now()
  const done = await work().catch((error: unknown): Outcome<T, Refusal> => {
    deps.log.error({ err: error, call: id, service }, 'a service failed')
    return no({ code: 'service_failed', service, why: 'a fault in this server' })
  })
  const ending = done.ok ? 'completed' : done.no.code
  const totalMs = Math.round(performance.now() - startedAt)
  deps.metrics.serviceCalls.inc({ service, ending })
  await deps.entitlements.endService(id, { counted: done.ok, details: { ending, totalMs } })
  return done.ok ? yes({ id, value: done.value, left: taken.value.left }) : refused(done.no)
}

const USER_AGENT_MAX = 200

/** Kept for whoever asks why, beside the refusals of model calls. */
function noteRefusal(deps: ToolDeps, caller: Caller, service: ServiceId, id: string, refusal: Refusal): void {
  deps.metrics.refusals.inc({ code: refusal.code })
  const { tool, rule } = deps.catalog.current().tools.byHeaders(caller.headers) ?? { tool: 'unknown', rule: null }
  const userAgent = (caller.headers['user-agent'] ?? '').slice(0, USER_AGENT_MAX)
  deps.gateway.refusals.note(id, caller.principal, {
    refusal,
    path: caller.path,
    tool,
    toolRule: rule,
    userAgent,
    model: service,
  })
}

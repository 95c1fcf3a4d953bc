import type { Outcome } from '@codeplan/core'

import type { Admission, AdmissionRequest, ServiceTaken } from '../entitlements/index.ts'
import type { Refusal } from '../platform/index.ts'
import type { CallDeps } from './deps.ts'
import type { Target } from './routes.ts'

/**
 * Who pays. The published vision server calls the general base with a plan's key (wire contract §3.5): models that the catalog
 * names under `services.vision` are paid there by the plan's calls of vision as long as it has some, then by the balance.
 */
export async function admit(
  deps: Pick<CallDeps, 'catalog' | 'entitlements'>,
  request: AdmissionRequest,
  { base }: Target,
): Promise<Outcome<Admission, Refusal>> {
  const { services, version } = deps.catalog.current()
  const isCovered = base.purse !== 'plan' && services.vision.models.includes(request.model)
  if (!isCovered) return deps.entitlements.admit(request)
  const { id, memberId, keyId, path, totalMsMax } = request
  const wish = { id, memberId, keyId, path, service: 'vision', pays: 'plan', msMax: totalMsMax } as const
  const taken = await deps.entitlements.takeService(wish)
  if (taken.ok) return { ok: true, value: admissionOf(request, taken.value, version) }
  if (base.purse === 'service' || !BALANCE_GOES_ON.has(taken.no.code)) return taken
  const paid = await deps.entitlements.admit(request)
  const isUsedUp = taken.no.code === 'service_used_up'
  return !paid.ok && paid.no.code === 'balance_low' && isUsedUp ? taken : paid
}

const BALANCE_GOES_ON: ReadonlySet<Refusal['code']> = new Set([
  'no_plan',
  'plan_expired',
  'service_not_in_plan',
  'service_used_up',
])

function admissionOf(request: AdmissionRequest, { of, left, at }: ServiceTaken, catalogVersion: number): Admission {
  if (!of || !left) throw new Error('a plan pays for it')
  const { id, memberId, keyId, model, modelAsked, tool, toolRule, path, stream, evidence } = request
  return {
    id,
    memberId,
    keyId,
    ...of,
    purse: { kind: 'service', service: 'vision', left },
    catalogVersion,
    promptId: '',
    promptReason: 'service',
    mark: evidence.mark,
    admittedAt: at,
    model,
    modelAsked,
    tool,
    toolRule,
    path,
    stream,
    multiplier: 1_000,
    multiplierRule: 'vision',
    cost: 0,
    starts: {},
    windows: [],
  }
}

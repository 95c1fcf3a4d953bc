import type { IncomingMessage, ServerResponse } from 'node:http'

import type { Instant } from '@codeplan/core'
import type { Dialect } from '@codeplan/dialect'

import type { Catalog, Model } from '../catalog/index.ts'
import { isRefused, type Principal } from '../identity/index.ts'
import type { CallDeps } from './deps.ts'
import { makeCallId } from './call-id.ts'
import { refuse } from './refuse.ts'
import type { Target } from './routes.ts'

/** The models that the caller may use: those of the plan, or all where the balance pays. In the dialect of the base. */
export async function handleModels(
  deps: CallDeps,
  req: IncomingMessage,
  res: ServerResponse,
  target: Target,
): Promise<void> {
  const catalog = deps.catalog.current()
  const now = deps.clock.now()
  const how = { wire: target.wire, requestId: makeCallId(now), zone: catalog.operator.zone, form: 'classic' as const }
  const principal = await deps.identify(req)
  if (isRefused(principal)) return refuse(req, res, how, principal)
  if (principal.suspended) return refuse(req, res, how, { code: 'suspended', appeal: catalog.operator.appeal })
  const ids = target.base.purse === 'balance' ? [...catalog.models.keys()] : await modelsOfPlan(deps, principal, now)
  const models = ids.flatMap((id) => catalog.models.get(id) ?? [])
  res.setHeader('content-type', 'application/json; charset=utf-8')
  res.setHeader('x-request-id', how.requestId)
  res.end(JSON.stringify(listOf(target.base.dialect, models, catalog)))
}

async function modelsOfPlan(deps: CallDeps, { memberId }: Principal, now: Instant): Promise<readonly string[]> {
  const standing = await deps.entitlements.standing(memberId, now)
  return standing ? deps.catalog.current().modelsOf(standing.terms) : []
}

function listOf(dialect: Dialect, models: readonly Model[], catalog: Catalog): unknown {
  const created = Math.floor(catalog.appliedAt / 1000)
  if (dialect === 'openai') {
    const owner = catalog.operator.name
    return { object: 'list', data: models.map(({ id }) => ({ id, object: 'model', created, owned_by: owner })) }
  }
  const firstId = models[0]?.id ?? null
  const lastId = models.at(-1)?.id ?? null
  return {
    data: models.map(({ id, name }) => ({
      id,
      type: 'model',
      display_name: name,
      created_at: new Date(catalog.appliedAt).toISOString(),
    })),
    // The plan's home pages in camel case, the Messages API in snake case: readers of either find theirs.
    firstId,
    hasMore: false,
    lastId,
    first_id: firstId,
    has_more: false,
    last_id: lastId,
  }
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

import type { Instant, MemberId } from '@codeplan/core'

import { isRefused } from '../identity/index.ts'
import { languageOf, word } from '../platform/index.ts'
import type { UsageDeps } from './deps.ts'
import { modelPerformance, modelUsage, quotaLimit, spanOf, subscriptionList, toolUsage } from './monitor.ts'
import { makePlanHours } from './plan-hours.ts'

type Query = Record<string, string | undefined>
type Work = (memberId: MemberId, query: Query, now: Instant) => unknown

/**
 * The paths that published meters call. Business failures are HTTP 200 with a numeric `code`, a bad key included: their
 * readers judge by `code` and `success` (wire contract §1.1). Not in our OpenAPI: the shapes are not ours to document.
 */
export function registerMonitor(fastify: FastifyInstance, deps: UsageDeps): void {
  const planHours = makePlanHours(deps.db.queries)
  const zone = (): string => deps.catalog.current().operator.zone
  const spanIn = (query: Query, now: Instant) => spanOf(query, zone(), now)
  const get = (path: string, work: Work): void => {
    fastify.get(path, { schema: { hide: true } }, async (request, reply) => answer(deps, request, reply, work))
  }
  get('/api/monitor/usage/quota/limit', (memberId, _, now) => quotaLimit(deps, memberId, now))
  get('/api/monitor/usage', (memberId, _, now) => quotaLimit(deps, memberId, now))
  get('/api/monitor/usage/model-usage', (memberId, query, now) => modelUsage(deps, memberId, spanIn(query, now)))
  get('/api/monitor/usage/tool-usage', (memberId, query, now) => toolUsage(deps, memberId, spanIn(query, now)))
  get('/api/monitor/usage/model-performance', (_, query, now) =>
    modelPerformance(deps, planHours, spanIn(query, now), false),
  )
  get('/api/monitor/usage/model-performance-day', (_, query, now) =>
    modelPerformance(deps, planHours, spanIn(query, now), true),
  )
  get('/api/biz/subscription/list', (memberId, _, now) => subscriptionList(deps, memberId, now))
}

const OK = { en: 'Operation successful', zh: '操作成功' } as const

async function answer(deps: UsageDeps, request: FastifyRequest, reply: FastifyReply, work: Work): Promise<unknown> {
  const language = languageOf(request.headers['accept-language'])
  reply.header('cache-control', 'no-store')
  const principal = await deps.identify(request.raw)
  if (isRefused(principal)) {
    const words = word(principal, deps.catalog.current().operator.zone)
    return { code: Number(words.code), msg: words.text[language], success: false }
  }
  const data = await work(principal.memberId, request.query as Query, deps.clock.now())
  return { code: 200, msg: OK[language], data, success: true }
}

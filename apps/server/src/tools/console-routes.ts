import { toolsSchema, type Tools } from '@codeplan/contract'
import type { Instant, MemberId } from '@codeplan/core'
import type { FastifyInstance } from 'fastify'

import { priceOf } from '../entitlements/index.ts'
import { SERVICE_PATHS } from '../gateway/index.ts'
import { personOf, registerConsole } from '../identity/index.ts'
import type { ToolDeps } from './deps.ts'
import type { McpServer } from './mcp/mcp-tool.ts'

const MICROS_PER_UNIT = 1e8
const REST = {
  ...SERVICE_PATHS,
  vision: '/api/paas/v4/chat/completions',
} as const

/** The services of whoever is signed in: what is left of each, and where it is. */
export function registerToolsPage(fastify: FastifyInstance, deps: ToolDeps, servers: readonly McpServer[]): void {
  registerConsole(fastify, deps.people, 'member', (routes) => {
    routes.get(
      '/api/console/v1/tools',
      {
        schema: {
          summary: 'Web search, web reader and vision: what is left, prices, addresses',
          tags: ['tools'],
          response: { 200: toolsSchema },
        },
      },
      (request) => toolsOf(deps, servers, personOf(request).memberId, deps.clock.now()),
    )
  })
}

async function toolsOf(
  deps: ToolDeps,
  servers: readonly McpServer[],
  memberId: MemberId,
  now: Instant,
): Promise<Tools> {
  const { services, operator } = deps.catalog.current()
  const standing = await deps.entitlements.standing(memberId, now)
  const host = deps.host()
  return {
    at: iso(now),
    plan: standing?.terms.plan ?? null,
    per_minute: services.per_minute,
    concurrency: services.concurrency,
    services: servers.map(({ service, paths, tools }) => {
      const left = standing?.services.find((one) => one.service === service)
      const amount = (priceOf(deps.catalog, service) / MICROS_PER_UNIT).toFixed(6).replace(/(\.\d\d)0{4}$/, '$1')
      return {
        id: service,
        left: left
          ? {
              service,
              limit: left.calls,
              per: left.per,
              used: left.used,
              remaining: Math.max(0, left.calls - left.used),
              resets_at: left.resetsAt === undefined ? null : iso(left.resetsAt),
            }
          : null,
        price: service === 'vision' ? null : { amount, currency: operator.currency },
        mcp_name: (paths[0] ?? service).replaceAll('_', '-'),
        mcp_url: `${host}/api/mcp/${paths[0]}/mcp`,
        sse_url: `${host}/api/mcp/${paths[0]}/sse`,
        rest_url: host + REST[service],
        tools: tools.map(({ name }) => name),
      }
    }),
  }
}

const iso = (ms: number): string => new Date(ms).toISOString()

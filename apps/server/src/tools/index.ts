import type { FastifyInstance } from 'fastify'

import { registerToolsPage } from './console-routes.ts'
import type { ToolDeps } from './deps.ts'
import { registerMcp } from './mcp/mcp-routes.ts'
import { READ_ARGUMENTS, readerServer } from './mcp/reader-server.ts'
import { SEARCH_ARGUMENTS, searchServer } from './mcp/search-server.ts'
import { visionServer } from './mcp/vision-server.ts'
import { makeExtractor } from './reader/extractor.ts'
import { makeReader } from './reader/read-page.ts'
import { registerRest } from './rest-routes.ts'
import { makeSearch } from './search/search.ts'

export type { Outside } from './deps.ts'
export type { Address } from './reader/guard.ts'

/** By REST callers say besides whether what they mean is to be told; which engine answers is for the operator to say. */
const REST_SEARCH = {
  ...SEARCH_ARGUMENTS,
  search_intent: { type: 'boolean', description: 'Tell what was meant' },
} as const

/** The services beside the models: web search, web reader and vision, by MCP and by REST. */
export function registerTools(fastify: FastifyInstance, deps: ToolDeps): void {
  const search = makeSearch({ ...deps, rules: () => deps.catalog.current().services.web_search })
  const extractor = makeExtractor()
  const reader = makeReader(deps, extractor)
  fastify.addHook('onClose', () => extractor.close())
  const servers = [searchServer(deps, search), readerServer(deps, reader), visionServer(deps)]
  registerMcp(fastify, deps, servers)
  registerToolsPage(fastify, deps, servers)
  registerRest(fastify, deps, { search, reader, arguments: { search: REST_SEARCH, read: READ_ARGUMENTS } })
}

import type { FastifyInstance } from 'fastify'

import type { ToolDeps } from './deps.ts'
import { registerMcp } from './mcp/mcp-routes.ts'
import { readerServer } from './mcp/reader-server.ts'
import { searchServer } from './mcp/search-server.ts'
import { makeExtractor } from './reader/extractor.ts'
import { makeReader } from './reader/read-page.ts'
import { makeSearch } from './search/search.ts'

export type { Outside } from './deps.ts'
export type { Address } from './reader/guard.ts'

/** The services beside the models: web search, web reader and vision, by MCP and by REST. */
export function registerTools(fastify: FastifyInstance, deps: ToolDeps): void {
  const search = makeSearch(deps)
  const extractor = makeExtractor()
  const reader = makeReader(deps, extractor)
  fastify.addHook('onClose', () => extractor.close())
  registerMcp(fastify, deps, [searchServer(deps, search), readerServer(deps, reader)])
}

/** Paths of the server, below its host. */
export const BASES = {
  anthropic: '/api/anthropic',
  openai: '/api/coding/paas/v4',
  responses: '/api/v1',
} as const
export type Base = keyof typeof BASES

/** The services beside the models, under names that are ours. */
export const MCP_SERVICES = [
  { name: 'codeplan-web-search', path: '/api/mcp/web_search_prime/mcp' },
  { name: 'codeplan-web-reader', path: '/api/mcp/web_reader/mcp' },
  { name: 'codeplan-vision', path: '/api/mcp/vision/mcp' },
] as const

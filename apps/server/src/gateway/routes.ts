import type { Dialect, Wire } from '@codeplan/dialect'

/** A base is a path under which a dialect is spoken and a purse pays. */
export interface Base {
  readonly prefix: string
  readonly dialect: Dialect
  /** `service`: a plan's calls of a service beside the models. */
  readonly purse: 'plan' | 'balance' | 'service'
}

export const BASES: readonly Base[] = [
  { prefix: '/api/anthropic', dialect: 'anthropic', purse: 'plan' },
  { prefix: '/api/coding/paas/v4', dialect: 'openai', purse: 'plan' },
  // The same under the address that Codex is told.
  { prefix: '/api/v1', dialect: 'openai', purse: 'plan' },
  { prefix: '/api/paas/v4', dialect: 'openai', purse: 'balance' },
]

/** Where the vision tools' own calls arrive, from inside; no path leads there. */
const VISION: Base = { prefix: '/api/mcp/vision', dialect: 'openai', purse: 'service' }
export const VISION_TARGET: Target = { base: VISION, wire: 'openai', endpoint: 'call', path: VISION.prefix }

export type Endpoint = 'call' | 'embeddings' | 'count_tokens' | 'models' | 'stored' | 'probe' | 'unknown'

export interface Target {
  readonly base: Base
  /** What the caller speaks there: a base of Chat Completions takes Responses as well. */
  readonly wire: Wire
  readonly endpoint: Endpoint
  /** Without query and trailing slash. */
  readonly path: string
}

/** Services at the address of a base: not for us, they are served by `tools/rest-routes.ts`. */
export const SERVICE_PATHS = { web_search: '/api/paas/v4/web_search', web_reader: '/api/paas/v4/reader' } as const
const SERVICES: ReadonlySet<string> = new Set(Object.values(SERVICE_PATHS))

/** Tools ask for the same few addresses all the time. */
const FOUND_MAX = 1_000
const FOUND_LENGTH_MAX = 100
const found = new Map<string, Target>()

/** What a request to a model base is aimed at; undefined when the path belongs to somebody else. */
export function findTarget(method: string, url: string): Target | undefined {
  const asked = `${method} ${url}`
  const known = found.get(asked)
  if (known) return known
  const target = lookFor(method, url)
  if (target?.endpoint === 'call' && url.length <= FOUND_LENGTH_MAX) {
    if (found.size >= FOUND_MAX) found.clear()
    found.set(asked, target)
  }
  return target
}

function lookFor(method: string, url: string): Target | undefined {
  const query = url.indexOf('?')
  const path = (query < 0 ? url : url.slice(0, query)).replace(/\/+$/, '')
  const base = BASES.find(({ prefix }) => path === prefix || path.startsWith(`${prefix}/`))
  if (!base || SERVICES.has(path)) return undefined
  const rest = path.slice(base.prefix.length)
  const wire = base.dialect === 'openai' && /^\/responses(\/|$)/.test(rest) ? 'responses' : base.dialect
  return { base, path, wire, endpoint: endpointOf(method, base, wire, rest) }
}

function endpointOf(method: string, { purse }: Base, wire: Wire, rest: string): Endpoint {
  // Claude Code looks whether the host is there: HEAD without credentials. It is no failed login.
  if (method === 'HEAD') return 'probe'
  if (wire === 'responses') return responsesEndpoint(method, rest)
  if (method === 'GET') return rest === (wire === 'anthropic' ? '/v1/models' : '/models') ? 'models' : 'unknown'
  if (method !== 'POST') return 'unknown'
  if (purse === 'balance' && rest === '/tokenizer') return 'count_tokens'
  if (purse === 'balance' && rest === '/embeddings') return 'embeddings'
  if (wire === 'openai') return rest === '/chat/completions' ? 'call' : 'unknown'
  if (rest === '/v1/messages') return 'call'
  return rest === '/v1/messages/count_tokens' ? 'count_tokens' : 'unknown'
}

function responsesEndpoint(method: string, rest: string): Endpoint {
  if (method === 'POST') return rest === '/responses' ? 'call' : 'unknown'
  if (method === 'DELETE') return /^\/responses\/[^/]+$/.test(rest) ? 'stored' : 'unknown'
  return method === 'GET' && /^\/responses\/[^/]+(\/input_items)?$/.test(rest) ? 'stored' : 'unknown'
}

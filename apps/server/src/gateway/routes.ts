import type { Dialect } from '@codeplan/dialect'

/** A base is a path under which a dialect is spoken and a purse pays. */
export interface Base {
  readonly prefix: string
  readonly dialect: Dialect
}

export const BASES: readonly Base[] = [
  { prefix: '/api/anthropic', dialect: 'anthropic' },
  { prefix: '/api/coding/paas/v4', dialect: 'openai' },
]

export type Endpoint = 'call' | 'count_tokens' | 'models' | 'probe' | 'unknown'

export interface Target {
  readonly base: Base
  readonly endpoint: Endpoint
  /** Without query and trailing slash. */
  readonly path: string
}

/** What a request to a model base is aimed at; undefined when the path belongs to somebody else. */
export function findTarget(method: string, url: string): Target | undefined {
  const query = url.indexOf('?')
  const path = (query < 0 ? url : url.slice(0, query)).replace(/\/+$/, '')
  const base = BASES.find(({ prefix }) => path === prefix || path.startsWith(`${prefix}/`))
  if (!base) return undefined
  return { base, path, endpoint: endpointOf(method, base.dialect, path.slice(base.prefix.length)) }
}

function endpointOf(method: string, dialect: Dialect, rest: string): Endpoint {
  // Claude Code looks whether the host is there: HEAD without credentials. It is no failed login.
  if (method === 'HEAD') return 'probe'
  if (method === 'GET') return rest === (dialect === 'anthropic' ? '/v1/models' : '/models') ? 'models' : 'unknown'
  if (method !== 'POST') return 'unknown'
  if (dialect === 'openai') return rest === '/chat/completions' ? 'call' : 'unknown'
  if (rest === '/v1/messages') return 'call'
  return rest === '/v1/messages/count_tokens' ? 'count_tokens' : 'unknown'
}

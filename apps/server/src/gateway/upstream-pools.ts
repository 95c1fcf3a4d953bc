import { Pool } from 'undici'

import type { GatewayLimits, Upstream } from '../catalog/index.ts'

/** Far above the calls a node can carry; a queue inside the client would hide that an upstream is full. */
const CONNECTIONS_MAX = 4_096
const KEEP_ALIVE_MS = 60_000

export interface UpstreamPools {
  /** The connections to an upstream, the path before the endpoint, and the headers that open its door. */
  of(upstream: Upstream, limits: GatewayLimits): UpstreamDoor
  close(): Promise<void>
}

export interface UpstreamDoor {
  readonly pool: Pool
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

export interface UpstreamSettings {
  /** Where the built-in simulation listens, for upstreams whose base URL is `sandbox`. */
  readonly sandboxUrl: string | undefined
  readonly secret: (name: string) => string | undefined
}

export function makeUpstreamPools(settings: UpstreamSettings): UpstreamPools {
  const pools = new Map<string, Pool>()
  const doors = new WeakMap<Upstream, UpstreamDoor>()

  function open(upstream: Upstream, limits: GatewayLimits): UpstreamDoor {
    const sandbox = upstream.baseUrl === 'sandbox'
    const url = new URL(sandbox ? `${settings.sandboxUrl}${upstream.kind === 'openai' ? '/v1' : ''}` : upstream.baseUrl)
    const key = `${url.origin} ${limits.connectMsMax} ${limits.firstByteMsMax} ${limits.idleMsMax}`
    let pool = pools.get(key)
    if (!pool) {
      pool = new Pool(url.origin, {
        connections: CONNECTIONS_MAX,
        pipelining: 1,
        keepAliveTimeout: KEEP_ALIVE_MS,
        connect: { timeout: limits.connectMsMax },
        headersTimeout: limits.firstByteMsMax,
        bodyTimeout: limits.idleMsMax,
      })
      pools.set(key, pool)
    }
    const base = url.pathname.replace(/\/+$/, '')
    const path = upstream.kind === 'openai' ? `${base}/chat/completions` : `${base}/v1/messages`
    return { pool, path, headers: { ...authOf(upstream, settings), ...lowerCase(upstream.headers) } }
  }

  return {
    of: (upstream, limits) => {
      const known = doors.get(upstream)
      if (known) return known
      const door = open(upstream, limits)
      doors.set(upstream, door)
      return door
    },
    close: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()))
    },
  }
}

function authOf(upstream: Upstream, settings: UpstreamSettings): Record<string, string> {
  const secret = upstream.keyEnv ? settings.secret(upstream.keyEnv) : undefined
  if (!secret) return {}
  return upstream.kind === 'openai' ? { authorization: `Bearer ${secret}` } : { 'x-api-key': secret }
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

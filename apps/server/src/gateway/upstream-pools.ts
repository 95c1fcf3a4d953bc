import { Pool } from 'undici'

import type { Catalog, Upstream } from '../catalog/index.ts'

/** Far above the calls a node can carry; a queue inside the client would hide that an upstream is full. */
const CONNECTIONS_MAX = 4_096
const KEEP_ALIVE_MS = 60_000

export interface UpstreamPools {
  /** The connections to an upstream, its paths, and its keys. */
  of(upstream: Upstream): UpstreamDoor
  /** Lets go of the connections that a catalog has no use for; what runs on them ends first. */
  keepOnly(catalog: Catalog): void
  close(): Promise<void>
}

export interface UpstreamDoor {
  readonly pool: Pool
  readonly path: string
  /** Of kind `openai` only: the catalog sends no other there. */
  readonly embeddingsPath: string
  readonly probePath: string
  /** At least one; a door without a lock has one that opens it with no header of its own. */
  readonly keys: readonly UpstreamKey[]
}

export interface UpstreamKey {
  /** The variable it was read from. */
  readonly name: string
  readonly headers: Readonly<Record<string, string>>
}

export interface UpstreamSettings {
  /** Where the built-in simulation listens, for upstreams whose base URL is `sandbox`. */
  readonly sandboxUrl: () => string | undefined
  readonly secret: (name: string) => string | undefined
}

export function makeUpstreamPools(settings: UpstreamSettings): UpstreamPools {
  const pools = new Map<string, Pool>()
  const doors = new WeakMap<Upstream, UpstreamDoor>()

  const urlOf = ({ baseUrl, kind }: Upstream): URL =>
    new URL(baseUrl === 'sandbox' ? `${settings.sandboxUrl()}${kind === 'openai' ? '/v1' : ''}` : baseUrl)
  const nameOf = (upstream: Upstream): string => `${urlOf(upstream).origin} ${upstream.connectMsMax}`

  function open(upstream: Upstream): UpstreamDoor {
    const url = urlOf(upstream)
    const name = nameOf(upstream)
    let pool = pools.get(name)
    if (!pool) {
      pool = new Pool(url.origin, {
        connections: CONNECTIONS_MAX,
        pipelining: 1,
        keepAliveTimeout: KEEP_ALIVE_MS,
        connect: { timeout: upstream.connectMsMax },
        // The other phases are timed by the attempt: their limits are an upstream's, and hosts are shared.
        headersTimeout: 0,
        bodyTimeout: 0,
      })
      pools.set(name, pool)
    }
    const base = url.pathname.replace(/\/+$/, '')
    const [path, models] =
      upstream.kind === 'openai' ? ['/chat/completions', '/models'] : ['/v1/messages', '/v1/models']
    return {
      pool,
      path: base + path,
      embeddingsPath: `${base}/embeddings`,
      probePath: upstream.probePath ?? base + models,
      keys: keysOf(upstream, settings.secret),
    }
  }

  return {
    of: (upstream) => {
      const known = doors.get(upstream)
      if (known) return known
      const door = open(upstream)
      doors.set(upstream, door)
      return door
    },
    keepOnly: (catalog) => {
      const used = new Set(catalog.upstreams.map(nameOf))
      for (const [name, pool] of pools) {
        if (used.has(name)) continue
        pools.delete(name)
        void pool.close()
      }
    },
    close: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()))
    },
  }
}

/** The keys that the environment has; where it has none, none is sent. */
function keysOf(upstream: Upstream, secret: (name: string) => string | undefined): readonly UpstreamKey[] {
  const more = lowerCase(upstream.headers)
  const keys = upstream.keyEnvs.flatMap((name) => {
    const key = secret(name)
    if (key === undefined) return []
    return { name, headers: { ...(upstream.kind === 'openai' ? bearer(key) : { 'x-api-key': key }), ...more } }
  })
  return keys.length > 0 ? keys : [{ name: '', headers: more }]
}

const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` })

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

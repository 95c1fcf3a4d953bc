import type { CatalogRoom } from '../catalog/index.ts'
import type { Entitlements } from '../entitlements/index.ts'
import type { Gateway } from '../gateway/index.ts'
import type { Identify, People } from '../identity/index.ts'
import type { Clock, Db, Log, Metrics } from '../platform/index.ts'
import type { Lookup } from './reader/guard.ts'

export interface ToolDeps {
  readonly db: Db
  readonly clock: Clock
  readonly catalog: CatalogRoom
  readonly identify: Identify
  readonly people: Pick<People, 'whoIs'>
  readonly entitlements: Entitlements
  readonly gateway: Pick<Gateway, 'handleVision' | 'refusals'>
  readonly log: Log
  readonly metrics: Metrics
  readonly secret: (name: string) => string | undefined
  /** Where the built-in simulation listens, for the search engine `sandbox`. */
  readonly sandboxUrl: () => string | undefined
  readonly outside: Outside
  /** Where the server is reached, without a slash at its end. */
  readonly host: () => string
}

/** How the reader gets to the web. A server leaves it empty; a house of tests opens origins of its own, and says what names mean. */
export interface Outside {
  /** Origins that may be read although they are not on the public internet. */
  readonly openOrigins?: ReadonlySet<string>
  readonly lookup?: Lookup
}

import type { CatalogRoom } from '../catalog/index.ts'
import type { Entitlements } from '../entitlements/index.ts'
import type { RefusalLog } from '../gateway/index.ts'
import type { Identify, People } from '../identity/index.ts'
import type { Live } from './live.ts'
import type { Clock, Db } from '../platform/index.ts'

export interface UsageDeps {
  readonly db: Db
  readonly clock: Clock
  readonly catalog: CatalogRoom
  readonly identify: Identify
  readonly entitlements: Entitlements
}

/** What the routes need besides. */
export interface RouteDeps extends UsageDeps {
  readonly refusals: Pick<RefusalLog, 'of'>
  readonly people: Pick<People, 'whoIs'>
  readonly live: Live
}

import type { CatalogRoom } from '../catalog/index.ts'
import type { People } from '../identity/index.ts'
import type { Clock, Db } from '../platform/index.ts'

export interface TeamDeps {
  readonly db: Db
  readonly clock: Clock
  readonly catalog: CatalogRoom
  readonly people: People
}

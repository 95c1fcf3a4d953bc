import type { Billing } from '../billing/index.ts'
import type { CatalogRoom } from '../catalog/index.ts'
import type { Entitlements } from '../entitlements/index.ts'
import type { Gateway } from '../gateway/index.ts'
import type { People } from '../identity/index.ts'
import type { Clock, Db, Log } from '../platform/index.ts'
import type { Sale } from '../sale/index.ts'

export interface AdminDeps {
  readonly db: Db
  readonly clock: Clock
  readonly catalog: CatalogRoom
  readonly log: Log
  readonly node: string
  readonly config: { readonly sandboxClock: boolean; readonly secret: (name: string) => string | undefined }
  readonly people: People
  readonly entitlements: Entitlements
  readonly billing: Billing
  readonly gateway: Gateway
  readonly sale: Sale
}

import type { Billing } from '../billing/index.ts'
import type { CatalogRoom } from '../catalog/index.ts'
import type { People } from '../identity/index.ts'
import type { Clock, Db, Log } from '../platform/index.ts'

export interface SaleDeps {
  readonly db: Db
  readonly clock: Clock
  readonly catalog: CatalogRoom
  readonly log: Log
  readonly billing: Pick<Billing, 'buy' | 'lookAtPurchases' | 'writePurchases'>
}

export interface SaleRouteDeps extends Pick<SaleDeps, 'clock' | 'catalog'> {
  readonly people: People
}

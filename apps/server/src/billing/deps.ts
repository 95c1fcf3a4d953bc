import type { Instant } from '@codeplan/core'

import type { CatalogRoom } from '../catalog/index.ts'
import type { Clock, Db, Log, Tx } from '../platform/index.ts'
import type { PaymentProvider } from './providers/port.ts'
import type { Stock } from './stock.ts'

export interface BillingDeps {
  readonly db: Db
  readonly clock: Clock
  readonly catalog: CatalogRoom
  readonly log: Log
  /** Providers of the running catalog whose secrets are set. */
  readonly providers: () => ReadonlyMap<string, PaymentProvider>
  readonly stock: () => Stock
  /** Seats of a team that were paid for; false when it cannot have them any more. */
  readonly addSeats: (tx: Tx, seats: PaidSeats, now: Instant) => Promise<boolean>
  /** Where people and providers reach this server: `https://plan.example.org`. */
  readonly publicUrl: () => string
}

export interface PaidSeats {
  readonly teamId: string
  readonly planVersionId: string
  readonly count: number
  readonly endsAt: Instant
  readonly source: string
}

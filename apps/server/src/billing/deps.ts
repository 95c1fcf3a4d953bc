import type { Instant, MemberId, Minor } from '@codeplan/core'

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
  /** Seats of a team that were paid for. */
  readonly addSeats?: (tx: Tx, seats: PaidSeats, now: Instant) => Promise<void>
  /** Where people and providers reach this server: `https://plan.example.org`. */
  readonly publicUrl: () => string
}

export interface PaidSeats {
  readonly memberId: MemberId
  readonly orderId: string
  readonly amount: Minor
}

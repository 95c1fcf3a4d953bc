import type { Instant, MemberId, SubscriptionId } from '@codeplan/core'

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
  readonly seats: TeamSeats
  /** Where people and providers reach this server: `https://plan.example.org`. */
  readonly publicUrl: () => string
}

/** The room of teams, plugged in: it gives the seats that are paid for here. `source`: which contract has brought them. */
export interface TeamSeats {
  /** False when the team cannot have them any more. */
  add(tx: Tx, seats: PaidSeats, now: Instant): Promise<boolean>
  /** Until when they are served: whoever has one goes on, or is served no longer. */
  moveEnd(tx: Tx, source: string, endsAt: Instant): Promise<void>
  /** Who looks after the team, in a fixed order. */
  admins(tx: Tx, teamId: string): Promise<readonly MemberId[]>
  /** Of each seat, the subscriptions under which it was used. */
  uses(tx: Tx, source: string): Promise<readonly (readonly SubscriptionId[])[]>
}

export interface PaidSeats {
  readonly teamId: string
  readonly planVersionId: string
  readonly count: number
  readonly endsAt: Instant
  readonly source: string
}

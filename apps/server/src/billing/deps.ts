import type { Instant, MemberId, Minor } from '@codeplan/core'

import type { CatalogRoom } from '../catalog/index.ts'
import type { Clock, Db, Log, MailData, Tx } from '../platform/index.ts'
import type { PaymentProvider } from './providers/port.ts'
import type { Stock } from './stock.ts'

type LetterKind =
  | 'receipt'
  | 'renewal_notice'
  | 'payment_declined'
  | 'subscription_ended'
  | 'refund_sent'
  | 'upgrade_done'
  | 'balance_low'

/** What members are told of, in their own language, with what it is about. */
export type Letter = {
  readonly [Kind in LetterKind]: {
    readonly memberId: MemberId
    readonly kind: Kind
    readonly data: MailData[Kind]
    /** The same one is sent once. */
    readonly dedupeKey: string
  }
}[LetterKind]

export interface BillingDeps {
  readonly db: Db
  readonly clock: Clock
  readonly catalog: CatalogRoom
  readonly log: Log
  /** Providers of the running catalog whose secrets are set. */
  readonly providers: () => ReadonlyMap<string, PaymentProvider>
  readonly stock: () => Stock
  /** Written with what it tells of, sent afterwards. */
  readonly letter: (tx: Tx, letter: Letter, now: Instant) => Promise<void>
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

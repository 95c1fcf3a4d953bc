import type { IncomingHttpHeaders } from 'node:http'

import type { Cycle, Instant, MemberId, Minor, OrderState, Outcome } from '@codeplan/core'

import type { CatalogRoom } from '../catalog/index.ts'
import type { Clock, Db, Language, Log, SaleRefusal, SaleWording, Tx } from '../platform/index.ts'

/** Who asks, as far as the sale needs to know. */
export interface Visitor {
  readonly memberId: MemberId
  readonly verified: boolean
  readonly language: Language
}

export type WhoIs = (headers: IncomingHttpHeaders) => Promise<Visitor | undefined>

export interface PurchaseWish {
  readonly memberId: MemberId
  readonly plan: string
  readonly cycle: Cycle
  readonly coupon?: string | undefined
  /** The caller's name for this wish: sent twice, it is one order (F68). */
  readonly requestKey: string
  /** How long it waits for its money; billing's own figure when left out. */
  readonly holdMs?: number | undefined
}

export interface PlacedOrder {
  readonly id: string
  readonly plan: string | null
  readonly cycle: Cycle | null
  readonly state: OrderState
  readonly currency: string
  readonly price: Minor
  readonly amount: Minor
  readonly expires_at: Instant
}

export interface Placed {
  readonly order: PlacedOrder
  readonly isNew: boolean
}

/** A "no" of billing. */
export interface OrderRefusal {
  readonly code: string
}

/** Writes an order in the transaction that takes the piece. A refusal may have written something only when there is a coupon. */
export type PlaceOrder = (tx: Tx, wish: PurchaseWish, now: Instant) => Promise<Outcome<Placed, OrderRefusal>>

export type BuyNo = SaleRefusal | { readonly code: 'no_order'; readonly why: OrderRefusal }

export interface SaleDeps {
  readonly db: Db
  readonly clock: Clock
  readonly catalog: CatalogRoom
  readonly log: Log
  readonly placeOrder: PlaceOrder
}

export interface SaleRouteDeps extends Pick<SaleDeps, 'clock' | 'catalog' | 'log'> {
  readonly whoIs: WhoIs
  /** The words of a "no" of billing. */
  readonly wordOrder: (refusal: OrderRefusal, zone: string) => SaleWording
}

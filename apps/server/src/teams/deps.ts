import type { Order } from '@codeplan/contract'
import type { Instant, MemberId, Outcome } from '@codeplan/core'
import type { FastifyRequest } from 'fastify'

import type { CatalogRoom } from '../catalog/index.ts'
import type { ConsoleWording, People } from '../identity/index.ts'
import type { Clock, Db } from '../platform/index.ts'

/** What an administrator wishes to buy for his team. */
interface SeatsOrder {
  readonly memberId: MemberId
  readonly teamId: string
  readonly plan: string
  readonly cycle: 'month' | 'quarter' | 'year'
  readonly count: number
}

/** The shop, plugged in from above: an open order, to be paid as any other. The request names the wish. */
export type OrderSeats = (
  request: FastifyRequest,
  wish: SeatsOrder,
  now: Instant,
) => Promise<Outcome<Order, ConsoleWording>>

export interface TeamDeps {
  readonly db: Db
  readonly clock: Clock
  readonly catalog: CatalogRoom
  readonly people: People
  readonly orderSeats: OrderSeats
}

import { instant, MINUTE_MS, type Instant, type ReleaseRules } from '@codeplan/core'

import type { SaleDocument } from './schema-sale.ts'

export interface SaleRules extends ReleaseRules {
  readonly limited: boolean
  readonly order: 'lot' | 'first_come'
  readonly roomMs: number
  readonly turnMs: number
  readonly holdMs: number
  readonly perPerson: number
  readonly perMethod: number
  readonly paused: readonly string[]
}

export const compileSale = (sale: SaleDocument, operatorZone: string): SaleRules => ({
  limited: sale.limited,
  calendar: {
    // Both are there when the sale is limited: the schema asks for them.
    startsAt: instantOf(sale.starts ?? '1970-01-01T00:00:00Z'),
    zone: sale.zone ?? operatorZone,
    minuteOfDay: Number(sale.daily.slice(0, 2)) * 60 + Number(sale.daily.slice(3)),
  },
  pieces: sale.pieces ?? 0,
  leftover: sale.leftover,
  special: sale.special.map(({ plan, pieces, at }) => ({ plan, pieces, at: instantOf(at) })),
  order: sale.order,
  roomMs: sale.waiting_room_minutes * MINUTE_MS,
  turnMs: sale.turn_seconds * 1000,
  holdMs: sale.hold_minutes * MINUTE_MS,
  perPerson: sale.per_person,
  perMethod: sale.per_payment_method,
  paused: sale.paused,
})

const instantOf = (text: string): Instant => instant(Date.parse(text))

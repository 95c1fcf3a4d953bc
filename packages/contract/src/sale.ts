import { z } from 'zod'

import { cycleSchema, instantSchema, moneySchema } from './money.ts'

export const releaseSchema = z.object({
  id: z.string(),
  opens_at: instantSchema,
  pieces: z.int().min(0),
  /** SHA-256 of the seed of its lot, from the beginning. */
  commitment: z.string(),
  room_opens_at: instantSchema,
  /** Who has joined its waiting room. */
  joined: z.int().min(0),
})

export const planStockSchema = z.object({
  plan: z.string(),
  paused: z.boolean(),
  /** Null: the sale is not limited. */
  left: z.int().min(0).nullable(),
  waiting: z.int().min(0),
  room_open: z.boolean(),
  next_release: releaseSchema.nullable(),
})

export const stockSchema = z.object({
  limited: z.boolean(),
  now: instantSchema,
  plans: z.array(planStockSchema),
})
export type StockAnswer = z.infer<typeof stockSchema>

export const ticketSchema = z.object({
  plan: z.string(),
  release: z.string(),
  ticket: z.string().describe('What is drawn: SHA-256 of "release:member", its first 32 hex digits'),
  state: z.enum(['waiting', 'called', 'served', 'lost', 'left']),
  joined_at: instantSchema,
  /** How many are before you; null until the draw. */
  ahead: z.int().min(0).nullable(),
  /** You are called: order before this instant. */
  order_before: instantSchema.nullable(),
  /** When the place in line ends; null: it is kept for the releases to come. */
  lapses_at: instantSchema.nullable(),
})
export const myTicketSchema = z.object({ now: instantSchema, ticket: ticketSchema.nullable() })
export type TicketAnswer = z.infer<typeof ticketSchema>

export const joinSchema = z.object({ plan: z.string().max(64) })

export const buySchema = z.object({
  plan: z.string().max(64),
  cycle: cycleSchema,
  coupon: z.string().max(64).optional(),
})

/** The caller's name for a wish, in the header `idempotency-key`: sent twice it is one order. */
export const requestKeySchema = z.string().regex(/^[\x21-\x7e]{8,128}$/)

export const saleOrderSchema = z.object({
  order: z.object({
    id: z.string(),
    plan: z.string().nullable(),
    cycle: cycleSchema.nullable(),
    state: z.enum(['open', 'paid', 'expired', 'cancelled']),
    price: moneySchema,
    amount: moneySchema,
    expires_at: instantSchema,
  }),
})

export const lotSchema = z.object({
  release: z.string(),
  opens_at: instantSchema,
  commitment: z.string().describe('SHA-256 of the seed'),
  /** Null until the draw. */
  seed: z.string().nullable(),
  drawn_by: z.enum(['lot', 'first_come']).nullable(),
  /** In the order in which they are called: by SHA-256 of "seed:ticket". */
  tickets: z.array(z.string()),
})
export type LotAnswer = z.infer<typeof lotSchema>

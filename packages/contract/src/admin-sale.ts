import { z } from 'zod'

import { whySchema } from './admin-members.ts'
import { instantSchema } from './money.ts'

export const adminReleaseSchema = z.object({
  id: z.string(),
  plan: z.string(),
  origin: z.enum(['calendar', 'catalog', 'operator']),
  opens_at: instantSchema,
  closes_at: instantSchema.nullable(),
  pieces: z.int(),
  taken: z.int(),
  sold: z.int(),
  joined: z.int().describe('Who has waited for it'),
  drawn_by: z.enum(['lot', 'first_come']).nullable(),
})
export type AdminRelease = z.infer<typeof adminReleaseSchema>

export const adminSaleSchema = z.object({
  now: instantSchema,
  zone: z.string(),
  limited: z.boolean(),
  daily: z.object({ at: z.string(), pieces: z.int() }).nullable(),
  plans: z.array(
    z.object({
      plan: z.string(),
      name: z.string(),
      paused: z.boolean(),
      /** The catalog pauses it, so no button takes it back. */
      paused_by_catalog: z.boolean(),
      left: z.int().nullable(),
      waiting: z.int(),
      next_release_at: instantSchema.nullable(),
    }),
  ),
  releases: z.array(adminReleaseSchema).describe('Of the last two weeks and to come, by time'),
})
export type AdminSale = z.infer<typeof adminSaleSchema>

export const releaseWishSchema = z.strictObject({
  plan: z.string().max(64),
  pieces: z.int().min(1).max(1_000_000),
  at: instantSchema.optional().describe('Left out: now'),
  why: whySchema,
})
export const pauseWishSchema = z.strictObject({ paused: z.boolean(), why: whySchema })
export const limitWishSchema = z.strictObject({ limited: z.boolean(), why: whySchema })

export const suggestionQuerySchema = z.object({
  days: z.coerce.number().int().min(1).max(90).default(7),
  fill: z.coerce.number().int().min(1).max(100).default(80),
})
export const suggestionSchema = z.object({
  days: z.int(),
  fill_percent: z.int(),
  models: z.array(
    z.object({
      model: z.string(),
      busiest_hour: instantSchema,
      places: z.number().nullable(),
      in_use: z.number(),
      usable: z.number().nullable(),
      free: z.number().nullable(),
      waited: z.number(),
      refused: z.number(),
    }),
  ),
  plans: z.array(
    z.object({
      plan: z.string(),
      subscriptions: z.number(),
      places_each: z.record(z.string(), z.number()),
      pieces: z.number().nullable(),
      limited_by: z.string().nullable(),
    }),
  ),
  of_each: z.number().nullable(),
  limited_by: z.string().nullable(),
  not_measured: z.array(z.string()),
})
export type SuggestionAnswer = z.infer<typeof suggestionSchema>

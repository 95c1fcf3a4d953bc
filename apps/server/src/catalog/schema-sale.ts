import { isZone } from '@codeplan/core'
import { z } from 'zod'

const whole = z.number().int('use a whole number')
const positive = whole.positive('use a number above 0')
const instantText = z.iso.datetime({
  offset: true,
  error: 'use an instant with its offset in quotes, for example "2026-01-23T10:00:00+08:00"',
})
const PIECES_MAX = 1_000_000
const pieces = whole.min(0, 'use 0 or more').max(PIECES_MAX, `use at most ${PIECES_MAX}`)

/** How many are sold, and when. The section may be left out: then everybody may buy at any time. */
export const saleSchema = z
  .strictObject({
    limited: z.boolean().default(false),
    starts: instantText.optional(),
    daily: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'use HH:MM in quotes, from "00:00" to "23:59"')
      .default('10:00'),
    zone: z.string().refine(isZone, 'use an IANA zone name such as Asia/Shanghai').optional(),
    pieces: pieces.optional(),
    leftover: z.enum(['drop', 'carry']).default('drop'),
    order: z.enum(['lot', 'first_come']).default('lot'),
    waiting_room_minutes: whole.min(0, 'use 0 or more').max(720, 'use at most 720 (12 hours)').default(5),
    turn_seconds: whole
      .min(10, 'give people at least 10 seconds')
      .max(86_400, 'use at most 86400 (a day)')
      .default(120),
    hold_minutes: positive.max(1440, 'use at most 1440 (a day)').default(15),
    per_person: positive.default(1),
    per_payment_method: positive.default(1),
    paused: z.array(z.string()).default([]),
    special: z.array(z.strictObject({ plan: z.string(), pieces, at: instantText })).default([]),
  })
  .refine((s) => !s.limited || s.starts !== undefined, { path: ['starts'], error: 'say when a limited sale starts' })
  .refine((s) => !s.limited || s.pieces !== undefined, {
    path: ['pieces'],
    error: 'say how many of each plan a limited sale has a day',
  })

export type SaleDocument = z.infer<typeof saleSchema>

import { z } from 'zod'

import { auditEntrySchema, keySchema, languageSchema, roleSchema } from './account.ts'
import { balanceSchema } from './balance.ts'
import { orderSchema, refundQuoteSchema, subscriptionSchema } from './billing.ts'
import { instantSchema, moneySchema } from './money.ts'

/** Why something is done in the operator's name: it is written to the audit log. */
export const whySchema = z.string().trim().min(3).max(500)
export const whyOnlySchema = z.strictObject({ why: whySchema })

export const memberRowSchema = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  role: roleSchema,
  created_at: instantSchema,
  verified: z.boolean(),
  suspended: z.boolean(),
  plan: z.string().nullable().describe('Of the subscription that is drawn'),
  ends_at: instantSchema.nullable(),
  past_due: z.boolean(),
})
export type MemberRow = z.infer<typeof memberRowSchema>

export const membersQuerySchema = z.object({
  q: z.string().trim().max(254).optional().describe('A part of the address or name, an id, or the beginning of a key'),
  is: z.enum(['suspended', 'past_due', 'subscribed', 'unverified', 'staff']).optional(),
  plan: z.string().max(64).optional(),
  before: z.string().max(64).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})
export const membersSchema = z.object({ members: z.array(memberRowSchema), next: z.string().nullable() })

export const standingSchema = z.object({
  id: z.string(),
  plan: z.string(),
  name: z.string(),
  source: z.string(),
  drawn: z.boolean(),
  running: z.boolean(),
  starts_at: instantSchema,
  ends_at: instantSchema,
  in_flight: z.int(),
  windows: z.array(
    z.object({
      id: z.string(),
      unit: z.string(),
      limit: z.number(),
      used: z.number(),
      used_share: z.number(),
      resets_at: instantSchema.nullable(),
    }),
  ),
})

export const memberStorySchema = z.object({
  member: memberRowSchema.extend({
    language: languageSchema,
    zone: z.string().nullable(),
    two_step: z.boolean(),
    sessions: z.int(),
  }),
  subscription: subscriptionSchema.nullable(),
  standings: z.array(standingSchema),
  balance: balanceSchema,
  keys: z.array(keySchema),
  orders: z.array(orderSchema),
  days: z
    .array(z.object({ day: z.string(), calls: z.number(), charge: z.number(), list_price: z.number() }))
    .describe('The last 30 days, on the operator’s calendar'),
  refusals: z.array(
    z.object({ at: instantSchema, times: z.int(), code: z.string(), message: z.string(), path: z.string() }),
  ),
  letters: z.array(z.object({ id: z.string(), at: instantSchema, kind: z.string(), state: z.string() })),
  credits: z.array(
    z.object({ at: instantSchema, window: z.string(), units: z.number(), reason: z.string(), by: z.string() }),
  ),
  deeds: z.array(auditEntrySchema),
})
export type MemberStory = z.infer<typeof memberStorySchema>

export const grantWishSchema = z.strictObject({
  plan: z.string().max(64),
  months: z.int().min(1).max(1_200),
  why: whySchema,
})
export const creditWishSchema = z.strictObject({
  window: z.string().max(64),
  units: z.number().positive().max(1_000_000),
  why: whySchema,
})
export const balanceWishSchema = z.strictObject({
  amount: z
    .string()
    .regex(/^-?\d{1,9}(\.\d{1,2})?$/)
    .describe('Negative: it is taken'),
  why: whySchema,
})
export const balanceDoneSchema = z.object({
  posted: z.boolean().describe('False: it was booked before under this key'),
  balance: moneySchema,
})
export const refundByOperatorSchema = z.strictObject({
  amount: z
    .string()
    .regex(/^\d{1,9}(\.\d{1,2})?$/)
    .optional()
    .describe('At most what was paid for the period; left out: what the rule says'),
  expected: z.string().optional().describe('What was shown; less is not sent'),
  why: whySchema,
})
export const refundPreviewSchema = refundQuoteSchema.extend({
  most: moneySchema.describe('What was paid for the running period'),
})

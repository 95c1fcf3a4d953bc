import { z } from 'zod'

import { orderSchema } from './billing.ts'
import { cycleSchema, instantSchema, moneySchema } from './money.ts'

const idSchema = z.string().min(1).max(64)
const emailSchema = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/)

export const teamListSchema = z.object({
  teams: z.array(z.object({ id: z.string(), name: z.string(), is_admin: z.boolean() })),
})

export const seatSchema = z.object({
  id: z.string(),
  plan: z.string(),
  ends_at: instantSchema,
  member: z.string().nullable(),
  invitation: z.string().nullable().describe('Kept for whoever is invited'),
  by_group: z.string().nullable(),
})
export const teamSchema = z.object({
  id: z.string(),
  name: z.string(),
  seats: z.array(seatSchema),
  people: z.array(z.object({ member: z.string(), email: z.string(), name: z.string(), is_admin: z.boolean() })),
  invitations: z.array(z.object({ id: z.string(), email: z.string(), ends_at: instantSchema })),
  groups: z.array(z.object({ provider: z.string(), name: z.string() })),
})
export type Team = z.infer<typeof teamSchema>

export const inviteSchema = z.object({ email: emailSchema, plan: z.string().max(64).optional() })
export const acceptSchema = z.object({
  token: z.string().min(1).max(100).describe('The `token` of the letter’s link'),
  password: z.string().min(10).max(200).optional().describe('Of somebody new: the account is made by it'),
  name: z.string().trim().max(100).default(''),
})
export const seatHolderSchema = z.object({ member: idSchema.nullable().describe('Null: the seat becomes free') })
export const seatsOrderSchema = z.object({
  plan: z.string().max(64),
  cycle: cycleSchema,
  count: z.number().int().min(1).max(1_000),
})
/** Seats that were bought together: paid together, renewed together. */
export const seatContractSchema = z.object({
  id: z.string().describe('Of the order that brought them'),
  plan: z.string(),
  count: z.number().int(),
  cycle: cycleSchema,
  status: z.enum(['active', 'past_due']),
  period: z.object({ starts_at: instantSchema, ends_at: instantSchema }),
  served_until: instantSchema.describe('Later than the period’s end while a payment is open'),
  renews: z.boolean(),
  renewal: z.object({ price: moneySchema, at: instantSchema }).nullable(),
  method: z
    .object({ id: z.string(), label: z.string(), payer: z.string() })
    .nullable()
    .describe('What renewals are charged to, and the administrator whose it is'),
  open_order: orderSchema.extend({ payer: z.string() }).nullable().describe('The bill of a renewal that was declined'),
})
export type SeatContract = z.infer<typeof seatContractSchema>
export const seatContractsSchema = z.object({ contracts: z.array(seatContractSchema) })

export const teamAdminSchema = z.object({ is_admin: z.boolean() })

export const teamUsageSchema = z.object({
  from: instantSchema,
  to: instantSchema,
  people: z.array(
    z.object({
      member: z.string(),
      email: z.string(),
      calls: z.number(),
      charge: z.number().describe('Prompts, or credits, as the plan counts'),
      input_tokens: z.number(),
      output_tokens: z.number(),
    }),
  ),
})

export const newTeamSchema = z.object({ name: z.string().trim().min(1).max(100), admin: emailSchema })
export const newSeatsSchema = z.object({
  plan: z.string().max(64),
  count: z.number().int().min(1).max(1_000),
  ends_at: instantSchema,
})
export const extendSeatsSchema = z.object({ plan: z.string().max(64), ends_at: instantSchema })
export const teamGroupSchema = z.object({ provider: z.string().max(32), name: z.string().min(1).max(200) })

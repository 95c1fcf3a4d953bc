import { z } from 'zod'

import { cycleSchema, instantSchema, moneySchema } from './money.ts'

export const orderSchema = z.object({
  id: z.string(),
  kind: z.enum(['purchase', 'upgrade', 'renewal', 'balance', 'seats']),
  state: z.enum(['open', 'paid', 'expired', 'cancelled']),
  plan: z.string().nullable(),
  cycle: cycleSchema.nullable(),
  price: moneySchema.describe('Of what is bought'),
  discount: moneySchema.describe('By a coupon'),
  credit: moneySchema.describe('For what is left of the plan that it replaces'),
  due: moneySchema.describe('price − discount − credit'),
  created_at: instantSchema,
  expires_at: instantSchema.describe('Until when it can be paid, at this price'),
})
export type Order = z.infer<typeof orderSchema>

export const paymentSchema = z.object({
  state: z.enum(['created', 'pending', 'action_required', 'succeeded', 'failed', 'refunded']),
  provider: z.string(),
  amount: moneySchema,
  redirect_url: z.string().nullable().describe('Where the customer goes on'),
  failure: z.string().nullable(),
})

const returnPathSchema = z
  .string()
  .regex(/^\/[^/\\]?[^\\]{0,200}$/, 'a path of this server')
  .default('/subscription')

/** One of both: a bound method, or the page of a provider. */
export const payWishSchema = z.union([
  z.strictObject({ method: z.string().max(64) }),
  z.strictObject({
    provider: z.string().max(32),
    keep: z.boolean().default(true).describe('It may be charged for renewals'),
    return_path: returnPathSchema,
  }),
])
export const paidSchema = z.object({ order: orderSchema, payment: paymentSchema.nullable() })

export const methodSchema = z.object({
  id: z.string(),
  provider: z.string(),
  label: z.string(),
  charged_for_renewals: z.boolean(),
  bound_at: instantSchema,
})

export const methodsSchema = z.object({
  methods: z.array(methodSchema),
  providers: z.array(z.string()).describe('Can be paid with'),
  bindable: z.array(z.string()).describe('Bind a method without a payment'),
})
export const setupWishSchema = z.strictObject({ provider: z.string().max(32), return_path: returnPathSchema })
export const setupSchema = z.object({
  id: z.string(),
  provider: z.string(),
  state: z.enum(['created', 'action_required', 'pending', 'succeeded', 'failed']),
  redirect_url: z.string().nullable().describe('Where the customer goes on'),
  failure: z.string().nullable(),
  method: z.string().nullable().describe('What was bound'),
})

export const subscriptionSchema = z.object({
  plan: z.string(),
  name: z.string(),
  cycle: cycleSchema,
  status: z.enum(['active', 'past_due']),
  period: z.object({ starts_at: instantSchema, ends_at: instantSchema }),
  served_until: instantSchema.describe('Later than the period’s end while a payment is open'),
  renews: z.boolean(),
  renewal: z
    .object({
      plan: z.string(),
      cycle: cycleSchema,
      price: moneySchema,
      at: instantSchema,
      windows: z.enum(['keep', 'fresh']),
    })
    .nullable()
    .describe('What will be charged, when, and what it does to the windows'),
  open_order: orderSchema.nullable().describe('The bill of a renewal that was declined'),
})
export const subscriptionAnswerSchema = z.object({ subscription: subscriptionSchema.nullable() })

export const planWishSchema = z.strictObject({ plan: z.string().max(64), cycle: cycleSchema.optional() })
export const quoteSchema = z.object({
  plan: z.string(),
  cycle: cycleSchema,
  anchor: z.enum(['keep', 'restart']).describe('Whether the period ends when it would have'),
  windows: z.enum(['carry', 'fresh']).describe('Whether what was used counts in the new plan'),
  days_left: z.number().int(),
  period: z.object({ starts_at: instantSchema, ends_at: instantSchema }),
  credit: moneySchema,
  price: moneySchema,
  due: moneySchema,
  next_renewal: z.object({ at: instantSchema, price: moneySchema }),
})
export const upgradeWishSchema = planWishSchema.extend({
  expected_due: z.string().optional().describe('What was shown; if it costs more now, nothing is ordered'),
})
export const renewalSwitchSchema = z.strictObject({ on: z.boolean() })
export const chooseMethodSchema = z.strictObject({ method: z.string().max(64) })

export const refundQuoteSchema = z.object({
  allowed: z.boolean(),
  until: instantSchema,
  amount: moneySchema.describe('The smaller one of the two'),
  by_time: moneySchema,
  by_use: moneySchema,
})
export const refundWishSchema = z.strictObject({ expected: z.string().describe('What was shown; less is not sent') })
export const refundedSchema = z.object({ amount: moneySchema })

export const topUpSchema = z.strictObject({ amount: z.string().max(20) })
export const redeemSchema = z.strictObject({ code: z.string().trim().min(4).max(64) })
export const redeemedSchema = z.object({ gift: z.string() })
export const invoiceSchema = z.object({
  number: z.string(),
  order: z.string(),
  issued_at: instantSchema,
  total: moneySchema,
})

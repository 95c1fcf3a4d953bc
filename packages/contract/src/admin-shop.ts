import { z } from 'zod'

import { whySchema } from './admin-members.ts'
import { orderSchema, paymentSchema } from './billing.ts'
import { instantSchema, moneySchema } from './money.ts'

const before = z.string().max(64).optional()
const limit = z.coerce.number().int().min(1).max(200).default(50)

export const adminOrderSchema = orderSchema.extend({
  member: z.string(),
  email: z.string(),
  coupon: z.string().nullable(),
  closed_at: instantSchema.nullable(),
})
export type AdminOrder = z.infer<typeof adminOrderSchema>
export const ordersQuerySchema = z.object({
  state: orderSchema.shape.state.optional(),
  kind: orderSchema.shape.kind.optional(),
  member: z.string().max(64).optional(),
  before,
  limit,
})
export const adminOrdersSchema = z.object({ orders: z.array(adminOrderSchema), next: z.string().nullable() })

export const adminPaymentSchema = paymentSchema.omit({ redirect_url: true }).extend({
  id: z.string(),
  order: z.string(),
  member: z.string(),
  email: z.string(),
  kind: orderSchema.shape.kind,
  provider_ref: z.string().nullable(),
  kept: z.boolean().nullable().describe('False: the money goes back'),
  created_at: instantSchema,
  updated_at: instantSchema,
  check_at: instantSchema.nullable().describe('When its provider is asked about it'),
})
export type AdminPayment = z.infer<typeof adminPaymentSchema>
export const paymentsQuerySchema = z.object({
  state: paymentSchema.shape.state.optional(),
  provider: z.string().max(32).optional(),
  stuck: z.stringbool().default(false).describe('Only those that nobody has told us of for half an hour'),
  before,
  limit,
})
export const adminPaymentsSchema = z.object({ payments: z.array(adminPaymentSchema), next: z.string().nullable() })

export const adminRefundSchema = z.object({
  id: z.string(),
  payment: z.string(),
  member: z.string(),
  email: z.string(),
  amount: moneySchema,
  state: z.enum(['requested', 'pending', 'succeeded', 'failed']),
  reason: z.string(),
  failure: z.string().nullable(),
  provider: z.string(),
  created_at: instantSchema,
  updated_at: instantSchema,
})
export type AdminRefund = z.infer<typeof adminRefundSchema>
export const refundsQuerySchema = z.object({ state: adminRefundSchema.shape.state.optional(), before, limit })
export const adminRefundsSchema = z.object({ refunds: z.array(adminRefundSchema), next: z.string().nullable() })

export const orderStorySchema = z.object({
  order: adminOrderSchema,
  subscription: z.string().nullable(),
  payments: z.array(adminPaymentSchema),
  refunds: z.array(adminRefundSchema),
  invoice: z.string().nullable(),
  postings: z
    .array(z.object({ at: instantSchema, kind: z.string(), account: z.string(), amount: moneySchema }))
    .describe('What the ledger says of it'),
})
export type OrderStory = z.infer<typeof orderStorySchema>

/** Providers are asked within seconds. */
export const reconciledSchema = z.object({ asked: z.int().describe('Payments and refunds that are not settled') })

export const couponSchema = z.object({
  code: z.string(),
  percent: z.number().nullable(),
  amount: moneySchema.nullable(),
  plans: z.array(z.string()).describe('None: all of them'),
  uses: z.int(),
  uses_max: z.int().nullable(),
  created_at: instantSchema,
  created_by: z.string(),
})
export type CouponRow = z.infer<typeof couponSchema>
export const couponWishSchema = z
  .strictObject({
    code: z.string().regex(/^[A-Z0-9-]{3,32}$/, '3 to 32 capital letters, digits and dashes'),
    percent: z.int().min(1).max(100).optional(),
    amount: z
      .string()
      .regex(/^\d{1,9}(\.\d{1,2})?$/)
      .optional(),
    plans: z.array(z.string().max(64)).max(50).default([]),
    uses_max: z.int().min(1).nullable().default(null),
    why: whySchema,
  })
  .refine((wish) => (wish.percent === undefined) !== (wish.amount === undefined), 'either percent or amount')

export const redeemBatchSchema = z.object({
  gift: z.union([z.object({ plan: z.string(), months: z.int() }), z.object({ balance: z.string() })]),
  created_at: instantSchema,
  created_by: z.string(),
  codes: z.int(),
  redeemed: z.int(),
})
export const redeemWishSchema = z
  .strictObject({
    plan: z.string().max(64).optional(),
    months: z.int().min(1).max(1_200).default(1),
    balance: z
      .string()
      .regex(/^\d{1,9}(\.\d{1,2})?$/)
      .optional(),
    count: z.int().min(1).max(1_000).default(1),
    why: whySchema,
  })
  .refine((wish) => (wish.plan === undefined) !== (wish.balance === undefined), 'either plan or balance')
export const redeemMadeSchema = z.object({ codes: z.array(z.string()).describe('Shown this once') })

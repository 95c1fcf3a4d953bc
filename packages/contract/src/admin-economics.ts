import { z } from 'zod'

import { moneySchema } from './money.ts'

export const planEconomicsSchema = z.object({
  plan: z.string(),
  fee: z.number(),
  subscriptions: z.number(),
  units_drawn: z.number(),
  list_price_drawn: z.number(),
  ratio: z.number().nullable().describe('What a subscription draws on average at list prices, in fees (S11)'),
  units_a_month_max: z.number(),
  list_price_a_unit: z.number().nullable(),
  worst_case_ratio: z.number().nullable().describe('If every window were emptied the whole month'),
  full_use_share: z.number().nullable().describe('Drawn units as a share of what the windows allow'),
  revenue_month: moneySchema.describe('Of contracts that run and renew, for an average month'),
})
export const economicsSchema = z.object({
  currency: z.string(),
  days: z.number(),
  plans: z.array(planEconomicsSchema),
  days_drawn: z.array(z.object({ day: z.string(), plan: z.string(), units: z.number(), list_price: z.number() })),
  months: z.array(z.object({ month: z.string(), plans: moneySchema, balance: moneySchema, refunded: moneySchema })),
  forecast: z.object({
    renewals_30_days: moneySchema.describe('What is charged in the next 30 days, if every charge succeeds'),
    renewals: z.int(),
    list_price_30_days: z.number().describe('As drawn in the last 7 days'),
  }),
  upstream_cost: z
    .object({ percent: z.number(), days_30: moneySchema, of_revenue: z.number().nullable() })
    .nullable()
    .describe('At `operator.cost_percent` of list prices; null: the catalog does not say'),
})
export type Economics = z.infer<typeof economicsSchema>

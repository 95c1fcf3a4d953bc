import { z } from 'zod'

import { cycleSchema, instantSchema, moneySchema } from './money.ts'

export const planWindowSchema = z.object({
  id: z.string(),
  kind: z.enum(['first_use', 'anchored']).describe('Begins with the first call, or is counted from the purchase'),
  hours: z.number(),
  allowance: z.number(),
})

export const toolQuotaSchema = z.object({
  id: z.string(),
  calls: z.int(),
  per: z.enum(['month', 'once']),
})

export const soldPlanSchema = z.object({
  id: z.string(),
  name: z.string(),
  rank: z.int(),
  unit: z.enum(['prompts', 'credits']),
  calls_per_prompt: z.int().nullable().describe('Model calls that one prompt covers'),
  windows: z.array(planWindowSchema),
  units_a_month: z.int().describe('What the tightest window allows in an average month'),
  concurrency: z.int(),
  prices: z.array(z.object({ cycle: cycleSchema, months: z.int(), price: moneySchema })),
  models: z.array(z.string()),
  tools: z.array(toolQuotaSchema),
  /** What a full month would cost at list prices, at what a unit was worth here in the last month. */
  value: z.object({ list_price: moneySchema, times_fee: z.number() }).nullable(),
})
export type SoldPlan = z.infer<typeof soldPlanSchema>

export const soldModelSchema = z.object({
  id: z.string(),
  name: z.string(),
  vision: z.boolean(),
  context_tokens: z.int(),
  output_tokens_max: z.int(),
  multiplier: z.number().describe('By how much a call counts now'),
  next_multiplier: z.object({ factor: z.number(), at: instantSchema }).nullable(),
})
export type SoldModel = z.infer<typeof soldModelSchema>

export const plansSchema = z.object({
  at: instantSchema,
  plans: z.array(soldPlanSchema),
  models: z.array(soldModelSchema),
})
export type Plans = z.infer<typeof plansSchema>

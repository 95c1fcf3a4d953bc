import { z } from 'zod'

import { instantSchema } from './money.ts'
import { serviceLeftSchema } from './services.ts'

/** Amounts of quota are in the unit of the plan's meter (prompts or credits); `_micro` ones are exact, a millionth of it. */
const units = z.number()
const money = z.number().describe('In the main unit of the currency')

export const windowSchema = z.object({
  id: z.string(),
  unit: z.string(),
  limit: units,
  used: units,
  remaining: units,
  used_share: z.number().describe('0 to 1'),
  length_ms: z.number(),
  started_at: instantSchema.nullable().describe('Null: untouched, it begins with the next call'),
  resets_at: instantSchema.nullable(),
  runs_out_at: instantSchema
    .nullable()
    .describe('At the pace since the window began; null when it lasts to its reset, or it is too early to say'),
})
export const subscriptionStandingSchema = z.object({
  id: z.string(),
  plan: z.string(),
  name: z.string(),
  drawn: z.boolean().describe('Calls draw on this one now'),
  starts_at: instantSchema,
  ends_at: instantSchema,
  paid_until: instantSchema.nullable().describe('Set while a payment is open: served until `ends_at`'),
  in_flight: z.number(),
  concurrency: z.number(),
  windows: z.array(windowSchema),
  services: z.array(serviceLeftSchema),
})
export const usageStandingSchema = z.object({ at: instantSchema, subscriptions: z.array(subscriptionStandingSchema) })

const factorSchema = z.object({ factor: z.number(), rule: z.string() })
export const modelPricesSchema = z.object({
  id: z.string(),
  name: z.string(),
  context_tokens: z.number(),
  output_tokens_max: z.number(),
  multiplier: factorSchema,
  next_multiplier: factorSchema.extend({ at: instantSchema }).nullable(),
  today: z
    .array(factorSchema.extend({ from: instantSchema, to: instantSchema }))
    .describe('The day of the operator’s zone in parts, each with its multiplier'),
  list_prices_a_million_tokens: z.array(
    z.object({
      input_tokens_below: z.number().nullable(),
      output_tokens_below: z.number().nullable(),
      input: money,
      cached_input: money,
      output: money,
    }),
  ),
})

export const promptSchema = z.object({
  id: z.string(),
  subscription: z.string(),
  opened_at: instantSchema,
  last_call_at: instantSchema,
  calls: z.number(),
  settled_calls: z.number(),
  charge: units,
  models: z.array(z.string()),
  tools: z.array(z.string()),
  multiplier: z.number().nullable().describe('The highest of its calls; null before one has ended'),
  input_tokens: z.number(),
  output_tokens: z.number(),
  list_price: money,
})
export const promptsSchema = z.object({
  prompts: z.array(promptSchema),
  next: z.string().nullable().describe('`before` of the next page'),
})

export const USAGE_BY = ['model', 'tool', 'key', 'project'] as const
export type UsageBy = (typeof USAGE_BY)[number]
const sumSchema = z.object({
  name: z.string().describe('The model, the tool, the id of the key or the project; empty: no project was named'),
  calls: z.number(),
  failed: z.number(),
  charge: units,
  input_tokens: z.number(),
  cache_read_tokens: z.number(),
  cache_write_tokens: z.number(),
  output_tokens: z.number(),
  list_price: money,
})
export const hoursSchema = z.object({
  by: z.enum(USAGE_BY),
  currency: z.string(),
  hours: z.array(sumSchema.extend({ hour: instantSchema })),
})
export const daysSchema = z.object({
  by: z.enum(USAGE_BY),
  zone: z.string(),
  currency: z.string(),
  days: z.array(sumSchema.extend({ day: z.iso.date().describe('In the zone asked for') })),
})

export const refusedSchema = z.object({
  id: z.string().describe('The x-request-id of the last of them'),
  at: z.string(),
  times: z.number().describe('So many of the same kind within seconds'),
  key: z.string(),
  code: z.string().describe('The business code, for example 1113'),
  message: z.string(),
  path: z.string(),
  model: z.string().nullable(),
  tool: z.object({
    name: z.string().describe('`unknown`: no rule of the catalog knows the client'),
    rule: z.string().nullable(),
    user_agent: z.string().describe('As it was sent'),
  }),
  detail: z.record(z.string(), z.unknown()).describe('Figures, and in `helps` what can be done'),
})
export const refusalsSchema = z.object({ refusals: z.array(refusedSchema) })

export const valueSchema = z.object({
  currency: z.string(),
  subscriptions: z.array(
    z.object({
      id: z.string(),
      plan: z.string(),
      periods: z.array(
        z.object({
          from: instantSchema,
          to: instantSchema,
          list_price: money,
          fee: money,
          ratio: z.number().nullable().describe('Value over fee; null for a plan without one'),
        }),
      ),
    }),
  ),
})

/** The receipt of a call. While it runs it has no end: `ending` is `running`. */
export const receiptSchema = z.object({
  id: z.string(),
  admitted_at: instantSchema,
  tool: z.string(),
  tool_rule: z.string().nullable(),
  tool_policy: z.string().nullable(),
  project: z.string().nullable().describe('As the header `x-codeplan-project` named it'),
  path: z.string(),
  stream: z.boolean(),
  key: z.string(),
  paid_by: z.object({
    purse: z.enum(['plan', 'balance']),
    overflow_of: z.string().nullish(),
    reserved_micros: z.number().optional(),
  }),
  subscription: z.string().nullable(),
  plan: z.string().nullable(),
  plan_version: z.string().nullable(),
  catalog_version: z.number(),
  model: z.object({ asked: z.string(), served: z.string() }),
  prompt: z.object({ id: z.string(), reason: z.string(), mark: z.string().nullable() }),
  multiplier: factorSchema.extend({ permille: z.number() }),
  cost_micro: z.number(),
  windows: z.array(
    z.object({
      id: z.string(),
      started_at: instantSchema,
      resets_at: instantSchema,
      limit: units,
      before: units,
      after: units,
    }),
  ),
  ending: z.string(),
  counted: z.boolean().nullable(),
  settled_at: instantSchema.optional(),
  charge: units.optional(),
  charge_micro: z.number().optional(),
  charges: z.array(z.object({ window: z.string(), started_at: instantSchema, micro: z.number() })).optional(),
  tokens: z
    .object({
      input: z.number(),
      cache_read: z.number(),
      cache_write_5m: z.number(),
      cache_write_1h: z.number(),
      output: z.number(),
      reasoning: z.number(),
      counted_by: z.string(),
    })
    .optional(),
  list_price: z.object({ currency: z.string(), amount: money, micros: z.number() }).optional(),
  timing: z.object({ first_byte_ms: z.number().nullable(), total_ms: z.number() }).optional(),
  tried: z
    .array(z.object({ upstream: z.string(), model: z.string(), end: z.string(), status: z.number().optional() }))
    .readonly()
    .optional(),
  unpaid_micros: z.number().optional(),
  held_back_micro: z.number().optional(),
})
export const callsSchema = z.object({
  calls: z.array(receiptSchema),
  next: z.string().nullable().describe('`before` of the next page'),
})

/** What `GET /api/usage/v1/live` says, as `data` of a server-sent event, whenever the standing of the member has changed. */
export const liveSchema = z.object({ at: instantSchema })

export type UsageStanding = z.infer<typeof usageStandingSchema>
export type SubscriptionStanding = z.infer<typeof subscriptionStandingSchema>
export type StandingWindowShown = z.infer<typeof windowSchema>
export type ModelPrices = z.infer<typeof modelPricesSchema>
export type PromptShown = z.infer<typeof promptSchema>
export type CallReceipt = z.infer<typeof receiptSchema>
export type UsageSum = z.infer<typeof sumSchema>
export type RefusedShown = z.infer<typeof refusedSchema>

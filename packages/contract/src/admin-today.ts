import { z } from 'zod'

import { instantSchema, moneySchema } from './money.ts'

/** What a person has to look at, and how many of it there are. */
export const attentionSchema = z.object({
  kind: z.enum([
    'payments_stuck',
    'refunds_failed',
    'renewals_failed',
    'letters_given_up',
    'webhooks_waiting',
    'routes_resting',
    'upstreams_drained',
    'tool_policy_suspended',
    'nodes_silent',
    'doctor_found',
  ]),
  count: z.int().min(1),
  /** What it is about, as far as it has a name: upstreams, nodes. */
  names: z.array(z.string()),
})
export type Attention = z.infer<typeof attentionSchema>

export const todayHourSchema = z.object({
  hour: instantSchema,
  calls: z.number(),
  failed: z.number(),
  output_tokens: z.number(),
  /** Places in use on average, and at most at the same time. */
  in_use: z.number(),
  in_use_peak: z.number(),
  /** Null: a route takes any number. */
  places: z.number().nullable(),
  waited: z.number(),
  refused: z.number(),
})

export const todaySchema = z.object({
  now: instantSchema,
  zone: z.string(),
  live: z.object({
    in_flight: z.int(),
    waiting: z.int().describe('On the node that answers'),
    nodes: z.int(),
    calls_a_minute: z.number(),
    output_tokens_a_second: z.number().describe('Of calls that ended within the last minute'),
    refused_hour: z.int(),
    refused: z
      .array(z.object({ code: z.string(), times: z.int() }))
      .describe('Of the last hour, the most frequent first'),
  }),
  upstreams: z.array(
    z.object({
      id: z.string(),
      state: z.enum(['good', 'shaky', 'resting', 'drained']),
      running: z.int(),
      places: z.int().nullable(),
    }),
  ),
  hours: z.array(todayHourSchema),
  plans: z.array(
    z.object({
      plan: z.string(),
      name: z.string(),
      subscriptions: z.int().describe('That run now'),
      released: z.int().nullable().describe('Pieces of today; null: the sale is not limited'),
      left: z.int().nullable(),
      waiting: z.int(),
      paused: z.boolean(),
      sold_today: z.int(),
    }),
  ),
  money: z.object({
    today: moneySchema,
    yesterday: moneySchema,
    month: moneySchema.describe('Paid orders since the first of the month'),
    refunded_month: moneySchema,
    orders_today: z.int(),
  }),
  attention: z.array(attentionSchema),
})
export type Today = z.infer<typeof todaySchema>

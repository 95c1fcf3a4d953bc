import { z } from 'zod'

import { whySchema } from './admin-members.ts'
import { instantSchema } from './money.ts'

export const routeStatusSchema = z.object({
  upstream: z.string(),
  model: z.string().describe('Its name there'),
  health: z.enum(['good', 'shaky', 'trial', 'resting']),
  rests_until: instantSchema.nullable(),
  failures: z.int().describe('In a row'),
  calls: z.int().describe('Of the running window of its breaker and the one before'),
  errors: z.int(),
  running: z.int(),
  concurrency: z.int().nullable(),
  priority: z.int(),
  weight: z.int(),
  drained: z.boolean(),
})
export const upstreamsSchema = z.object({
  now: instantSchema,
  node: z.string().describe('Health and load are those that this node sees'),
  upstreams: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(['openai', 'anthropic']),
      base_url: z.string(),
      keys: z.array(z.object({ name: z.string(), set: z.boolean() })),
      drained: z.object({ at: instantSchema, by: z.string(), why: z.string() }).nullable(),
      running: z.int(),
    }),
  ),
  models: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      waiting: z.int(),
      places: z.int().nullable(),
      routes: z.array(routeStatusSchema),
    }),
  ),
})
export type Upstreams = z.infer<typeof upstreamsSchema>
export const drainWishSchema = z.strictObject({ drained: z.boolean(), why: whySchema })

export const capacityQuerySchema = z.object({ hours: z.coerce.number().int().min(1).max(168).default(48) })
export const capacityHourSchema = z.object({
  hour_at: instantSchema,
  model: z.string(),
  places: z.number().nullable(),
  in_use: z.number(),
  in_use_peak: z.number(),
  calls: z.number(),
  retries: z.number(),
  waiting: z.number(),
  waiting_peak: z.number(),
  waited: z.number(),
  wait_ms: z.number(),
  wait_ms_max: z.number(),
  left: z.number(),
  refused: z.object({ full: z.number(), late: z.number(), own: z.number() }),
})
export const capacitySchema = z.object({
  zone: z.string(),
  hours: z.array(capacityHourSchema),
  sold: z.array(z.object({ day: z.string(), plan: z.string(), running: z.int(), sold: z.int() })),
})
export type CapacityAnswer = z.infer<typeof capacitySchema>

export const toolsPolicySchema = z.object({
  days: z.int(),
  suspended: z.boolean().describe('The rules would refuse too many known members, so unknown tools are let in'),
  plans: z.array(
    z.object({ plan: z.string(), name: z.string(), policy: z.enum(['observe', 'enforce', 'lower_priority']) }),
  ),
  tools: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      calls: z.number(),
      failed: z.number(),
      charge: z.number(),
      members: z.int(),
    }),
  ),
  refused: z
    .array(
      z.object({ user_agent: z.string(), path: z.string(), times: z.int(), members: z.int(), last_at: instantSchema }),
    )
    .describe('Of tools that no rule knows, the most frequent first'),
})
export type ToolsPolicy = z.infer<typeof toolsPolicySchema>

import { z } from 'zod'

import { instantSchema, moneySchema } from './money.ts'

/** What is left of a service beside the models: web search, web reader, vision. */
export const serviceLeftSchema = z.object({
  service: z.string(),
  limit: z.int(),
  per: z.enum(['month', 'once']).describe('In each month of the subscription, or once: a trial'),
  used: z.int(),
  remaining: z.int(),
  resets_at: instantSchema.nullable().describe('Null: a trial does not come back'),
})

/** A call of a service, as its subscriber sees it. */
export const serviceCallSchema = z.object({
  id: z.string(),
  service: z.string(),
  path: z.string(),
  key: z.string(),
  at: instantSchema,
  ended_at: instantSchema.nullable().describe('Null: it runs'),
  counted: z.boolean().nullable().describe('False: it came to no answer and was given back'),
  ending: z.string().nullable(),
  paid_by: z.enum(['plan', 'balance']),
  subscription: z.string().nullable(),
  plan: z.string().nullable(),
  price: moneySchema.describe('List price; the balance was charged it where it paid and the call counted'),
})
export const serviceCallsSchema = z.object({
  calls: z.array(serviceCallSchema),
  next: z.string().nullable().describe('`after` of the next page'),
})

/** The page of services: what the plan has of each, what it costs without a plan, and where it is. */
export const toolsSchema = z.object({
  at: instantSchema,
  plan: z.string().nullable(),
  per_minute: z.int().describe('Calls a minute, all services together'),
  concurrency: z.int(),
  services: z.array(
    z.object({
      id: z.string(),
      left: serviceLeftSchema.nullable().describe('Null: the plan does not have it, or there is no plan'),
      price: moneySchema.nullable().describe('Of a call that the balance pays; null: by the tokens of its model'),
      mcp_name: z.string().describe('What set-ups call the server'),
      mcp_url: z.string(),
      sse_url: z.string().describe('The older form; `?Authorization=<key>` where a client sends no headers'),
      rest_url: z.string(),
      tools: z.array(z.string()),
    }),
  ),
})
export type Tools = z.infer<typeof toolsSchema>

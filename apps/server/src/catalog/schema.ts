import { isZone } from '@codeplan/core'
import { z } from 'zod'

import { saleSchema } from './schema-sale.ts'
import { billingSchema } from './schema-billing.ts'
import { peopleSchema } from './schema-people.ts'
import { planServicesSchema, servicesSchema } from './schema-services.ts'

/** The shape of `catalog.yaml`. Messages are cures: they say what to write instead. */
const slug = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'use lower-case letters, digits, dots, dashes; at most 64')
const zone = z.string().refine(isZone, 'use an IANA zone name such as Asia/Shanghai')
const decimal = (places: number, what: string) =>
  z.coerce.string().regex(new RegExp(`^\\d{1,9}(\\.\\d{1,${places}})?$`), `${what}, for example "49.00"`)
const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'use HH:MM in quotes, from "00:00" to "23:59"')
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'use YYYY-MM-DD in quotes')
const positive = z.number().int('use a whole number').positive('use a number above 0')

/** When a rule holds: hours of a day, weekdays, dates, each on the wall clock of a zone. */
const span = {
  zone,
  from: clockTime.optional(),
  to: clockTime.optional(),
  weekdays: z.array(z.number().int().min(1).max(7)).min(1).optional(),
  dates: z.strictObject({ from: day, to: day }).optional(),
}
const fromAndTo = (s: { from?: string | undefined; to?: string | undefined }): boolean =>
  (s.from === undefined) === (s.to === undefined)
const FROM_AND_TO = 'give both `from` and `to`, or neither'

const windowSchema = z
  .strictObject({
    id: slug,
    kind: z.enum(['first_use', 'anchored']),
    // The books are checked over 40 days: a longer window could not be.
    hours: positive.max(744, 'use at most 744 hours').optional(),
    days: positive.max(31, 'use at most 31 days').optional(),
    prompts: z.number().positive('use a number above 0').multipleOf(0.000001).optional(),
    credits: z.number().positive('use a number above 0').multipleOf(0.000001).optional(),
  })
  .refine((w) => (w.prompts === undefined) !== (w.credits === undefined), 'give either `prompts` or `credits`')
  .refine((w) => (w.hours === undefined) !== (w.days === undefined), 'give either `hours` or `days`')

/** `*` stands for any text. What is left must say something: a pattern that matches everybody would recognise nobody. */
const LITERALS_MIN = 3
const pattern = z
  .string()
  .regex(/^[ -~]+$/, 'use plain ASCII')
  .refine((p) => p.replaceAll('*', '').trim().length >= LITERALS_MIN, {
    error: `matches (nearly) everything: give at least ${LITERALS_MIN} characters beside *`,
  })
/** Text that stands in JSON as it is, so that it can be looked for among a body's bytes. */
const bodyMark = z.string().regex(/^[ !#-[\]-~]{8,200}$/, 'use 8 to 200 characters of plain ASCII without " and \\')

/** A coding tool, and what gives it away: one mark of any kind is enough. */
const toolSchema = z
  .strictObject({
    id: slug.refine((id) => id !== 'unknown', 'unknown is the name of what no rule knows: use another'),
    name: z.string().min(1),
    user_agents: z.array(pattern).min(1).optional(),
    headers: z
      .record(z.string().regex(/^[a-z0-9-]+$/, 'use lower-case letters, digits and dashes'), pattern)
      .optional(),
    system: z.array(bodyMark).min(1).optional(),
    /** Names of functions, one of which must be offered beside a mark in the system prompt. */
    offers: z
      .array(z.string().regex(/^\w{1,64}$/))
      .min(1)
      .optional(),
    final_refusals: z.enum(['classic', 'clean']).default('classic'),
  })
  .refine(
    (t) => t.user_agents ?? t.headers ?? t.system,
    'give `user_agents`, `headers` or `system`, or nothing recognises it',
  )
  .refine((t) => !t.offers || t.system, '`offers` only narrows `system`: give that as well')

/** Rates are credits per 10,000 tokens; `call_max` is the most credits that one call may cost. */
const rateSchema = z.strictObject({
  input: decimal(2, 'credits per 10,000 tokens'),
  cached_input: decimal(2, 'credits per 10,000 tokens'),
  output: decimal(2, 'credits per 10,000 tokens'),
})
const tokenMeterSchema = z.strictObject({
  kind: z.literal('token'),
  rates: z.record(slug, rateSchema),
  call_max: positive,
})

const planSchema = z.strictObject({
  id: slug,
  name: z.string().min(1),
  rank: z.number().int(),
  meter: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.enum(['prompt', 'call']), calls_per_prompt: positive }),
    tokenMeterSchema,
  ]),
  windows: z.array(windowSchema).min(1, 'a plan needs at least one window, or it would be without limit'),
  concurrency: positive,
  concurrency_hours: z
    .array(z.strictObject({ ...span, calls: positive }).refine(fromAndTo, FROM_AND_TO))
    .min(1)
    .optional(),
  queue_weight: positive.max(1000, 'use at most 1000').default(1),
  prices: z.strictObject({
    month: decimal(2, 'an amount in the operator’s currency'),
    quarter: decimal(2, 'an amount in the operator’s currency').optional(),
    year: decimal(2, 'an amount in the operator’s currency').optional(),
  }),
  models: z.array(slug).min(1),
  models_live: z.boolean().default(true),
  reported_as: z.enum(['tokens', 'credits']).optional(),
  tools: planServicesSchema.prefault({}),
  tool_policy: z.enum(['observe', 'enforce', 'lower_priority']).default('enforce'),
  /** `keep`: windows go on over a renewal; `fresh`: they begin anew with each period (F41). */
  renewal_windows: z.enum(['keep', 'fresh']).default('keep'),
})

const priceSchema = z.strictObject({
  input_below: positive.optional(),
  output_below: positive.optional(),
  input: decimal(4, 'a price per million tokens'),
  cached_input: decimal(4, 'a price per million tokens'),
  output: decimal(4, 'a price per million tokens'),
})

const routeSchema = z.strictObject({
  upstream: slug,
  model: z.string().min(1),
  weight: positive.default(1),
  priority: z.number().int().min(0).default(0),
  concurrency: positive.optional(),
})

const modelSchema = z.strictObject({
  id: slug,
  name: z.string().min(1),
  vision: z.boolean().default(false),
  /** It answers Embeddings requests, and nothing else. */
  embeds: z.boolean().default(false),
  context_tokens: positive,
  output_tokens_max: positive.optional(),
  prices: z.array(priceSchema).min(1),
  routes: z.array(routeSchema).min(1, 'a model needs a route to an upstream'),
})

const multiplierSchema = z
  .strictObject({
    id: slug,
    models: z.array(slug).min(1).optional(),
    tools: z.array(slug).min(1).optional(),
    ...span,
    // A missing or broken factor must never become 0 or 1 by itself (F23).
    factor: decimal(3, 'a factor with at most three decimals'),
  })
  .refine(fromAndTo, FROM_AND_TO)

const variable = z.string().regex(/^[A-Z_][A-Z0-9_]*$/, 'use the name of an environment variable')

const upstreamSchema = z.strictObject({
  id: slug,
  kind: z.enum(['openai', 'anthropic']),
  base_url: z.union([z.literal('sandbox'), z.url({ protocol: /^https?$/ })], {
    error: 'use an http(s) URL, or the word sandbox',
  }),
  key_env: z.union([variable, z.array(variable).min(1, 'name at least one variable, or leave it out')]).optional(),
  headers: z.record(z.string().regex(/^[A-Za-z0-9-]+$/), z.string()).default({}),
  system_in_messages: z.enum(['fold', 'pass']).default('fold'),
  connect_ms_max: positive.optional(),
  first_byte_ms_max: positive.optional(),
  idle_ms_max: positive.optional(),
  probe_path: z
    .string()
    .regex(/^\/\S*$/, 'use a path that begins with /, for example /health')
    .optional(),
})

const gatewaySchema = z.strictObject({
  body_mib_max: positive,
  header_ms_max: positive,
  body_ms_max: positive,
  connect_ms_max: positive,
  first_byte_ms_max: positive,
  idle_ms_max: positive,
  total_ms_max: positive,
  drain_ms_max: positive,
})

/** How routes are chosen, rest and are waited for. Every figure has a default: the section may be left out. */
const routingSchema = z
  .strictObject({
    failures_max: positive.default(5),
    error_percent_max: z.number().int().min(1).max(100, 'use a percentage from 1 to 100').default(50),
    error_calls_min: positive.default(20),
    error_window_ms: positive.default(30_000),
    rest_ms: positive.default(5_000),
    rest_ms_max: positive.default(60_000),
    retry_percent: z.number().int().min(0).max(100, 'use a percentage from 0 to 100').default(20),
    retry_reserve: z.number().int().min(0).default(10),
    wait_ms_max: z.number().int().min(0).default(20_000),
    waiting_max: positive.default(200),
  })
  .refine((r) => r.rest_ms <= r.rest_ms_max, 'make `rest_ms_max` at least as long as `rest_ms`')

/** The longest window must still be on record, or its books could not be checked. */
const PROMPTS_DAYS_MIN = 40
const retentionSchema = z.strictObject({
  calls_months: z
    .number()
    .int()
    .min(2, 'keep at least 2 months: windows and receipts of the running period need them')
    .default(25),
  prompts_days: z.number().int().min(PROMPTS_DAYS_MIN, `keep at least ${PROMPTS_DAYS_MIN} days`).default(90),
  responses_days: positive.default(30),
})

export const catalogSchema = z.strictObject({
  operator: z.strictObject({
    name: z.string().min(1),
    zone,
    currency: z.string().regex(/^[A-Z]{3}$/, 'use a three-letter currency code such as CNY'),
    /** What upstreams cost, as a percentage of list prices: for the operator's economics; absent: unknown. */
    cost_percent: z.number().min(0).max(1000).optional(),
    /** What a suspended member is told to do. */
    appeal: z
      .strictObject({ en: z.string().min(1), zh: z.string().min(1) })
      .default({ en: 'To restore access, please contact the operator.', zh: '如需恢复，请联系运营方。' }),
    /** An ordinary question, by which the documentation values a month of a plan at list prices. */
    typical_prompt: z
      .strictObject({
        model: slug,
        calls: positive,
        input_tokens: positive,
        cached_tokens: z.number().int().min(0),
        output_tokens: positive,
      })
      .refine((p) => p.cached_tokens <= p.input_tokens, '`cached_tokens` are part of `input_tokens`')
      .optional(),
  }),
  plans: z.array(planSchema).min(1),
  models: z.array(modelSchema).min(1),
  aliases: z
    .array(
      z.strictObject({ name: z.string().regex(/^[\w.*:[\]-]+$/, 'use letters, digits, . - _ and *'), model: slug }),
    )
    .default([]),
  tools: z.array(toolSchema).default([]),
  multipliers: z.array(multiplierSchema).default([]),
  upstreams: z.array(upstreamSchema).min(1),
  gateway: gatewaySchema,
  routing: routingSchema.prefault({}),
  retention: retentionSchema.prefault({}),
  sale: saleSchema.prefault({}),
  billing: billingSchema.prefault({}),
  people: peopleSchema.prefault({}),
  services: servicesSchema.prefault({}),
})

export type CatalogDocument = z.infer<typeof catalogSchema>
export type PlanDocument = CatalogDocument['plans'][number]
export type ToolDocument = CatalogDocument['tools'][number]

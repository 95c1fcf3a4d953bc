import { z } from 'zod'

const whole = z.number().int('use a whole number')
const positive = whole.positive('use a number above 0')
const SECOND_MS = 1_000
const price = z.coerce
  .string()
  .regex(/^\d{1,6}(\.\d{1,6})?$/, 'a price a call in the operator’s currency, for example "0.01"')
const variable = z.string().regex(/^[A-Z_][A-Z0-9_]*$/, 'use the name of an environment variable')
const url = z.url({ protocol: /^https?$/, error: 'use an http(s) URL' })

export const SERVICES = ['web_search', 'web_reader', 'vision'] as const
export type ServiceId = (typeof SERVICES)[number]

/** What a plan gives of a service: calls a month of the subscription, or once for good (a trial). */
const included = z.discriminatedUnion('included', [
  z.strictObject({
    included: z.literal(true),
    calls: positive.max(10_000_000, 'use at most 10000000'),
    per: z.enum(['month', 'once']),
  }),
  z.strictObject({ included: z.literal(false) }),
])
export const planServicesSchema = z.strictObject({
  vision: included.prefault({ included: false }),
  web_search: included.prefault({ included: false }),
  web_reader: included.prefault({ included: false }),
})

const id = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,31}$/, 'use lower-case letters, digits and dashes; at most 32')
/** Where something stands in an answer: `data.items`. */
const dots = z.string().regex(/^[\w$-]+(\.[\w$-]+)*$/, 'use names with dots between, for example data.items')

/** Search engines, asked in this order: who fails rests, and the next one is asked. */
const engineSchema = z.discriminatedUnion('kind', [
  z.strictObject({ id, kind: z.literal('sandbox') }),
  z.strictObject({ id, kind: z.literal('searxng'), base_url: url }),
  z.strictObject({
    id,
    kind: z.literal('brave'),
    base_url: url.default('https://api.search.brave.com'),
    key_env: variable,
  }),
  z.strictObject({ id, kind: z.literal('tavily'), base_url: url.default('https://api.tavily.com'), key_env: variable }),
  z.strictObject({ id, kind: z.literal('bocha'), base_url: url.default('https://api.bochaai.com'), key_env: variable }),
  // Any other that answers JSON: what is asked and where its results stand is data.
  z.strictObject({
    id,
    kind: z.literal('json'),
    base_url: url,
    key_env: variable.optional(),
    key_header: z
      .string()
      .regex(/^[a-z0-9-]+$/, 'use lower-case letters, digits and dashes')
      .default('authorization'),
    key_prefix: z.string().max(20).default('Bearer '),
    /** Parameters of the address, `{query}` `{count}` `{language}` stand for what was asked. */
    query: z.record(z.string().min(1), z.string()).default({ q: '{query}' }),
    results: dots,
    fields: z.strictObject({
      title: dots.default('title'),
      link: dots.default('link'),
      content: dots.default('content'),
      date: dots.optional(),
      site: dots.optional(),
    }),
  }),
])
export type SearchEngineDocument = z.infer<typeof engineSchema>

const searchSchema = z.strictObject({
  price: price.default('0.01'),
  engines: z
    .array(engineSchema)
    .min(1, 'name an engine')
    .default([{ id: 'sandbox', kind: 'sandbox' }]),
  engine_ms_max: positive.default(8 * SECOND_MS),
  rest_ms: positive.default(30 * SECOND_MS),
  cache_ms: whole.min(0).default(600 * SECOND_MS),
  cache_entries_max: positive.default(1_000),
})

const readerSchema = z.strictObject({
  price: price.default('0.01'),
  ports: z.array(positive.max(65_535)).min(1).default([80, 443, 8080, 8443]),
  page_mib_max: positive.max(64, 'use at most 64').default(10),
  text_kib_max: positive.max(8_192, 'use at most 8192').default(512),
  redirects_max: whole.min(0).max(20, 'use at most 20').default(5),
  page_ms_max: positive.default(20 * SECOND_MS),
  extract_ms_max: positive.default(15 * SECOND_MS),
  cache_ms: whole.min(0).default(600 * SECOND_MS),
  cache_mib_max: positive.default(32),
})

const visionSchema = z.strictObject({
  /** The first one answers the vision server's calls; a plan's calls of vision pay for each of them on the general base, too. */
  models: z.array(z.string()).default([]),
  image_mib_max: positive.max(20, 'use at most 20').default(5),
  pixels_max: positive.default(50_000_000),
  answer_tokens_max: positive.default(16_384),
})

/** The services beside the models. Every figure has a default: the section may be left out. */
export const servicesSchema = z.strictObject({
  /** Of a member, all services together. */
  per_minute: positive.default(60),
  concurrency: positive.default(5),
  web_search: searchSchema.prefault({}),
  web_reader: readerSchema.prefault({}),
  vision: visionSchema.prefault({}),
})
export type ServicesDocument = z.infer<typeof servicesSchema>

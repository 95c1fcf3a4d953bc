import { createHash } from 'node:crypto'

import {
  HOUR_MS,
  MICRO_PER_PROMPT,
  multiplierAt,
  type BreakerRule,
  type Instant,
  type Meter,
  type Multiplier,
  type MultiplierRule,
  type PlanTerms,
  type PriceTier,
  type RetryRule,
  type Span,
} from '@codeplan/core'

import type { BillingDocument } from './schema-billing.ts'
import type { ServicesDocument } from './schema-services.ts'
import type { CatalogDocument, PlanDocument } from './schema.ts'
import { compileSale, type SaleRules } from './sale-rules.ts'
import { compileTools, type Tools } from './tools.ts'
import { globPattern } from './glob.ts'

export interface Upstream {
  readonly id: string
  readonly kind: 'openai' | 'anthropic'
  /** `sandbox`, or what stands before `/chat/completions` or `/v1/messages`. */
  readonly baseUrl: string
  /** Variables with its keys; empty: it takes none. */
  readonly keyEnvs: readonly string[]
  readonly headers: Readonly<Record<string, string>>
  /** It knows no `role:"system"` inside the list of messages. */
  readonly foldSystem: boolean
  readonly connectMsMax: number
  readonly firstByteMsMax: number
  readonly idleMsMax: number
  /** What is asked, on its host, whether it is alive; absent: its list of models. */
  readonly probePath: string | undefined
}

export interface Route {
  readonly upstream: Upstream
  /** The model's name at the upstream. */
  readonly model: string
  readonly weight: number
  readonly priority: number
  /** Calls that one node may have there at the same time; absent: any number. */
  readonly concurrency?: number | undefined
}

export interface Model {
  readonly id: string
  readonly name: string
  readonly vision: boolean
  readonly embeds: boolean
  readonly contextTokens: number
  readonly outputTokensMax: number
  readonly prices: readonly PriceTier[]
  readonly routes: readonly Route[]
}

export interface GatewayLimits {
  readonly bodyBytesMax: number
  readonly headerMsMax: number
  readonly bodyMsMax: number
  readonly totalMsMax: number
  readonly drainMsMax: number
}

export interface RoutingRules extends BreakerRule {
  readonly retries: RetryRule
  /** How long a call waits for a place, and how many of a plan may do so, on each node. */
  readonly waitMsMax: number
  readonly waitingMax: number
}

/** One version of the catalog, made for look-ups on the hot path. */
export interface Catalog {
  readonly version: number
  /** The file it was read from. */
  readonly source: string
  readonly appliedAt: Instant
  readonly operator: CatalogDocument['operator']
  readonly people: CatalogDocument['people']
  readonly plans: ReadonlyMap<string, PlanDocument>
  readonly models: ReadonlyMap<string, Model>
  readonly limits: GatewayLimits
  readonly routing: RoutingRules
  /** How long facts are kept. */
  readonly retention: { readonly callsMonths: number; readonly promptsDays: number; readonly responsesDays: number }
  readonly upstreams: readonly Upstream[]
  readonly multipliers: readonly MultiplierRule[]
  readonly tools: Tools
  readonly sale: SaleRules
  readonly billing: BillingDocument
  readonly services: ServicesDocument
  /** The model that a client's name means; case does not matter, then aliases in their order. */
  resolve(name: string): Model | undefined
  multiplier(model: string, tool: string, at: Instant): Multiplier
  /** The models that a subscription may use: those bought, and those the running catalog has opened to its plan. */
  modelsOf(terms: PlanTerms): readonly string[]
  mayUse(terms: PlanTerms, model: string): boolean
}

export function compileCatalog(
  doc: CatalogDocument,
  { version, source, appliedAt }: Pick<Catalog, 'version' | 'source' | 'appliedAt'>,
): Catalog {
  const upstreams = doc.upstreams.map((u) => ({
    id: u.id,
    kind: u.kind,
    baseUrl: u.base_url.replace(/\/+$/, ''),
    keyEnvs: [u.key_env ?? []].flat(),
    headers: u.headers,
    foldSystem: u.system_in_messages === 'fold',
    connectMsMax: u.connect_ms_max ?? doc.gateway.connect_ms_max,
    firstByteMsMax: u.first_byte_ms_max ?? doc.gateway.first_byte_ms_max,
    idleMsMax: u.idle_ms_max ?? doc.gateway.idle_ms_max,
    probePath: u.probe_path,
  }))
  const upstreamOf = (id: string): Upstream => upstreams.find((u) => u.id === id) as Upstream
  const models = new Map<string, Model>()
  for (const m of doc.models) {
    models.set(m.id, {
      id: m.id,
      name: m.name,
      vision: m.vision,
      embeds: m.embeds,
      contextTokens: m.context_tokens,
      outputTokensMax: m.output_tokens_max ?? 0,
      prices: m.prices.map(priceTier),
      routes: m.routes
        .map((r) => ({ ...r, upstream: upstreamOf(r.upstream) }))
        .toSorted((a, b) => a.priority - b.priority),
    })
  }
  const plans = new Map(doc.plans.map((p) => [p.id, p]))
  const aliases = doc.aliases.map((a) => ({ pattern: globPattern(a.name), model: models.get(a.model) }))
  const rules = doc.multipliers.map(multiplierRule)
  const names = new Map<string, Model | undefined>()

  const resolve = (name: string): Model | undefined => {
    // Names come from clients: the memory of them is bounded by starting anew.
    if (names.size > 1_000) names.clear()
    if (names.has(name)) return names.get(name)
    const lower = name.toLowerCase()
    const model = models.get(lower) ?? aliases.find((a) => a.pattern.test(lower))?.model
    names.set(name, model)
    return model
  }
  const liveModels = (terms: PlanTerms): readonly string[] => {
    const plan = plans.get(terms.plan)
    return plan?.models_live ? plan.models : []
  }
  return {
    version,
    source,
    appliedAt,
    operator: doc.operator,
    people: doc.people,
    plans,
    models,
    multipliers: rules,
    upstreams,
    tools: compileTools(doc.tools),
    sale: compileSale(doc.sale, doc.operator.zone),
    billing: doc.billing,
    services: doc.services,
    limits: {
      bodyBytesMax: doc.gateway.body_mib_max * 1_048_576,
      headerMsMax: doc.gateway.header_ms_max,
      bodyMsMax: doc.gateway.body_ms_max,
      totalMsMax: doc.gateway.total_ms_max,
      drainMsMax: doc.gateway.drain_ms_max,
    },
    retention: {
      callsMonths: doc.retention.calls_months,
      promptsDays: doc.retention.prompts_days,
      responsesDays: doc.retention.responses_days,
    },
    routing: routingRules(doc.routing),
    resolve,
    multiplier: (model, tool, at) => multiplierAt(rules, { model, tool }, at),
    modelsOf: (terms) => [...new Set([...liveModels(terms), ...terms.models])].filter((id) => models.has(id)),
    mayUse: (terms, model) => terms.models.includes(model) || liveModels(terms).includes(model),
  }
}

/** What a subscriber of this plan buys today. Equal terms have equal fingerprints and make no new plan version. */
export function planTerms(plan: PlanDocument): PlanTerms {
  return {
    plan: plan.id,
    name: plan.name,
    rank: plan.rank,
    meter: meterOf(plan.meter),
    unit: plan.meter.kind === 'token' ? 'credits' : 'prompts',
    windows: plan.windows.map((w) => ({
      id: w.id,
      kind: w.kind,
      lengthMs: (w.hours ?? (w.days ?? 0) * 24) * HOUR_MS,
      allowance: Math.round((w.prompts ?? w.credits ?? 0) * MICRO_PER_PROMPT),
    })),
    concurrencyMax: plan.concurrency,
    concurrencyHours: plan.concurrency_hours?.map(({ calls, ...span }) => ({ ...spanOf(span), calls })),
    models: plan.models,
    prices: plan.prices,
    renewalWindows: plan.renewal_windows === 'fresh' ? 'fresh' : undefined,
    reportedAs: plan.reported_as ?? (plan.meter.kind === 'token' ? 'credits' : 'tokens'),
  }
}

/** What they sell is the same, so it needs no new plan version. */
export const planTermsEqual = (a: PlanDocument, b: PlanDocument): boolean =>
  JSON.stringify(planTerms(a)) === JSON.stringify(planTerms(b))

/** Credits per 10,000 tokens are a hundred micro-credits a token. */
const microPerToken = (rate: string): number => Math.round(Number(rate) * 100)

function meterOf(meter: PlanDocument['meter']): Meter {
  if (meter.kind !== 'token') return { kind: meter.kind, callsPerPrompt: meter.calls_per_prompt }
  const rates = Object.fromEntries(
    Object.entries(meter.rates).map(([model, rate]) => [
      model,
      {
        input: microPerToken(rate.input),
        cachedInput: microPerToken(rate.cached_input),
        output: microPerToken(rate.output),
      },
    ]),
  )
  return { kind: 'token', rates, chargeMax: meter.call_max * MICRO_PER_PROMPT }
}

export const fingerprint = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32)

function multiplierRule(m: CatalogDocument['multipliers'][number]): MultiplierRule {
  return {
    id: m.id,
    permille: Math.round(Number(m.factor) * 1000),
    models: m.models,
    tools: m.tools,
    ...spanOf(m),
  }
}

type SpanDocument = Pick<CatalogDocument['multipliers'][number], 'zone' | 'from' | 'to' | 'weekdays' | 'dates'>

const spanOf = ({ zone, from, to, weekdays, dates }: SpanDocument): Span => ({
  zone,
  daily: from && to ? { fromMinute: minuteOf(from), toMinute: minuteOf(to) } : undefined,
  weekdays,
  dates,
})

const routingRules = (r: CatalogDocument['routing']): RoutingRules => ({
  failuresMax: r.failures_max,
  errorPermilleMax: r.error_percent_max * 10,
  callsMin: r.error_calls_min,
  windowMs: r.error_window_ms,
  restMs: r.rest_ms,
  restMsMax: r.rest_ms_max,
  retries: { sharePermille: r.retry_percent * 10, reserve: r.retry_reserve },
  waitMsMax: r.wait_ms_max,
  waitingMax: r.waiting_max,
})

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))

/** Catalog prices are in the main unit (yuan) per million tokens; inside, in micros of the minor unit (fen). */
const priceMicros = (text: string): number => Math.round(Number(text) * 10_000) * 10_000

function priceTier(p: CatalogDocument['models'][number]['prices'][number]): PriceTier {
  return {
    inputTokensBelow: p.input_below,
    outputTokensBelow: p.output_below,
    input: priceMicros(p.input),
    cachedInput: priceMicros(p.cached_input),
    output: priceMicros(p.output),
  }
}

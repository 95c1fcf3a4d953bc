import { createHash } from 'node:crypto'

import {
  HOUR_MS,
  MICRO_PER_PROMPT,
  multiplierAt,
  type Instant,
  type Meter,
  type Multiplier,
  type MultiplierRule,
  type PlanTerms,
  type PriceTier,
} from '@codeplan/core'

import type { CatalogDocument, PlanDocument } from './schema.ts'

export interface Upstream {
  readonly id: string
  readonly kind: 'openai' | 'anthropic'
  /** `sandbox`, or what stands before `/chat/completions` or `/v1/messages`. */
  readonly baseUrl: string
  readonly keyEnv: string | undefined
  readonly headers: Readonly<Record<string, string>>
  /** It knows no `role:"system"` inside the list of messages. */
  readonly foldSystem: boolean
}

export interface Route {
  readonly upstream: Upstream
  /** The model's name at the upstream. */
  readonly model: string
  readonly weight: number
  readonly priority: number
}

export interface Model {
  readonly id: string
  readonly name: string
  readonly vision: boolean
  readonly contextTokens: number
  readonly outputTokensMax: number
  readonly prices: readonly PriceTier[]
  readonly routes: readonly Route[]
}

export interface GatewayLimits {
  readonly bodyBytesMax: number
  readonly headerMsMax: number
  readonly bodyMsMax: number
  readonly connectMsMax: number
  readonly firstByteMsMax: number
  readonly idleMsMax: number
  readonly totalMsMax: number
  readonly drainMsMax: number
}

/** One version of the catalog, made for look-ups on the hot path. */
export interface Catalog {
  readonly version: number
  readonly appliedAt: Instant
  readonly operator: CatalogDocument['operator']
  readonly plans: ReadonlyMap<string, PlanDocument>
  readonly models: ReadonlyMap<string, Model>
  readonly limits: GatewayLimits
  /** How long facts are kept. */
  readonly retention: { readonly callsMonths: number; readonly promptsDays: number; readonly responsesDays: number }
  readonly upstreams: readonly Upstream[]
  readonly multipliers: readonly MultiplierRule[]
  /** The model that a client's name means; case does not matter, then aliases in their order. */
  resolve(name: string): Model | undefined
  multiplier(model: string, tool: string, at: Instant): Multiplier
  /** The models that a subscription may use: those bought, and those the running catalog has opened to its plan. */
  modelsOf(terms: PlanTerms): readonly string[]
  mayUse(terms: PlanTerms, model: string): boolean
}

export function compileCatalog(doc: CatalogDocument, version: number, appliedAt: Instant): Catalog {
  const upstreams = doc.upstreams.map((u) => ({
    id: u.id,
    kind: u.kind,
    baseUrl: u.base_url.replace(/\/+$/, ''),
    keyEnv: u.key_env,
    headers: u.headers,
    foldSystem: u.system_in_messages === 'fold',
  }))
  const upstreamOf = (id: string): Upstream => upstreams.find((u) => u.id === id) as Upstream
  const models = new Map<string, Model>()
  for (const m of doc.models) {
    models.set(m.id, {
      id: m.id,
      name: m.name,
      vision: m.vision,
      contextTokens: m.context_tokens,
      outputTokensMax: m.output_tokens_max,
      prices: m.prices.map(priceTier),
      routes: m.routes
        .map((r) => ({ ...r, upstream: upstreamOf(r.upstream) }))
        .toSorted((a, b) => a.priority - b.priority),
    })
  }
  const plans = new Map(doc.plans.map((p) => [p.id, p]))
  const aliases = doc.aliases.map((a) => ({ pattern: aliasPattern(a.name), model: models.get(a.model) }))
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
    appliedAt,
    operator: doc.operator,
    plans,
    models,
    multipliers: rules,
    upstreams,
    limits: {
      bodyBytesMax: doc.gateway.body_mib_max * 1_048_576,
      headerMsMax: doc.gateway.header_ms_max,
      bodyMsMax: doc.gateway.body_ms_max,
      connectMsMax: doc.gateway.connect_ms_max,
      firstByteMsMax: doc.gateway.first_byte_ms_max,
      idleMsMax: doc.gateway.idle_ms_max,
      totalMsMax: doc.gateway.total_ms_max,
      drainMsMax: doc.gateway.drain_ms_max,
    },
    retention: {
      callsMonths: doc.retention.calls_months,
      promptsDays: doc.retention.prompts_days,
      responsesDays: doc.retention.responses_days,
    },
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
    models: plan.models,
    prices: plan.prices,
    reportedAs: plan.reported_as ?? (plan.meter.kind === 'token' ? 'credits' : 'tokens'),
  }
}

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
    zone: m.zone,
    daily: m.from && m.to ? { fromMinute: minuteOf(m.from), toMinute: minuteOf(m.to) } : undefined,
    weekdays: m.weekdays,
    dates: m.dates,
  }
}

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

function aliasPattern(name: string): RegExp {
  const text = name
    .toLowerCase()
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
  return new RegExp(`^${text}$`)
}

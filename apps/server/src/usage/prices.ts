import { dayOf, MINUTE_MS, multipliersThrough, nextChange, type Instant } from '@codeplan/core'

import type { Catalog } from '../catalog/index.ts'

const kept = new WeakMap<Catalog, { readonly minute: number; readonly prices: ReturnType<typeof pricesAt> }>()

/** Multipliers change at whole minutes, so what was computed serves everybody for one: anybody may ask. */
export function pricesNow(catalog: Catalog, now: Instant) {
  const minute = Math.floor(now / MINUTE_MS)
  const known = kept.get(catalog)
  const prices = known?.minute === minute ? known.prices : pricesAt(catalog, now)
  kept.set(catalog, { minute, prices })
  return { ...prices, at: new Date(now).toISOString() }
}

/** What each plan gives and each model counts, now, next and through the day: computed by the code that charges (F25). */
function pricesAt(catalog: Catalog, now: Instant) {
  const { operator } = catalog
  const today = dayOf(operator.zone, now)
  const models = [...catalog.models.values()].map((model) => {
    const call = { model: model.id, tool: 'unknown' }
    const multiplier = catalog.multiplier(model.id, call.tool, now)
    const next = nextChange(catalog.multipliers, call, now)
    return {
      id: model.id,
      name: model.name,
      context_tokens: model.contextTokens,
      output_tokens_max: model.outputTokensMax,
      multiplier: { factor: multiplier.permille / 1000, rule: multiplier.rule },
      next_multiplier: next
        ? { factor: next.multiplier.permille / 1000, rule: next.multiplier.rule, at: new Date(next.at).toISOString() }
        : null,
      today: multipliersThrough(catalog.multipliers, call, today).map((part) => ({
        from: new Date(part.from).toISOString(),
        to: new Date(part.to).toISOString(),
        factor: part.multiplier.permille / 1000,
        rule: part.multiplier.rule,
      })),
      list_prices_a_million_tokens: model.prices.map((tier) => ({
        input_tokens_below: tier.inputTokensBelow ?? null,
        output_tokens_below: tier.outputTokensBelow ?? null,
        input: tier.input / 1e8,
        cached_input: tier.cachedInput / 1e8,
        output: tier.output / 1e8,
      })),
    }
  })
  const plans = [...catalog.plans.values()].map((plan) => ({
    id: plan.id,
    name: plan.name,
    prices: plan.prices,
    meter: plan.meter,
    windows: plan.windows,
    concurrency: plan.concurrency,
    concurrency_hours: plan.concurrency_hours ?? [],
    models: plan.models,
    tools: plan.tools,
  }))
  return {
    zone: operator.zone,
    currency: operator.currency,
    catalog_version: catalog.version,
    plans,
    models,
  }
}

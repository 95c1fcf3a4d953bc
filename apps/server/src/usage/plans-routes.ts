import { plansSchema, type Plans, type SoldPlan } from '@codeplan/contract'
import { HOUR_MS, moneyText, readMoney, type Instant, type Minor } from '@codeplan/core'
import type { FastifyInstance } from 'fastify'

import type { Catalog } from '../catalog/index.ts'
import { registerConsole } from '../identity/index.ts'
import type { RouteDeps } from './deps.ts'
import { makePlanHours } from './plan-hours.ts'
import { pricesNow } from './prices.ts'
import { economics } from './value.ts'

/** What a unit is worth moves slowly, and sums of a month are not for everybody who looks. */
const VALUE_KEPT_MS = HOUR_MS
const UNITS_MIN = 100
const MONTHS = { month: 1, quarter: 3, year: 12 } as const
type PlanDocument = Catalog['plans'] extends ReadonlyMap<string, infer P> ? P : never
type Value = Awaited<ReturnType<typeof economics>>['plans'][number]

/** What is sold, for anybody who looks: read off the catalog by the code that charges. */
export function registerPlans(fastify: FastifyInstance, deps: RouteDeps): void {
  const { catalog, clock, db } = deps
  const planHours = makePlanHours(db.queries)
  let kept: { readonly version: number; readonly until: number; readonly rows: Promise<readonly Value[]> } | undefined
  const values = (now: Instant): Promise<readonly Value[]> => {
    const { version } = catalog.current()
    if (!kept || kept.version !== version || kept.until <= now) {
      const rows = economics(deps, planHours, now).then(({ plans }) => plans)
      kept = { version, until: now + VALUE_KEPT_MS, rows }
      rows.catch(() => {
        kept = undefined
      })
    }
    return kept.rows
  }
  registerConsole(fastify, deps.people, 'anyone', (routes) => {
    routes.get(
      '/api/console/v1/plans',
      {
        schema: { summary: 'Plans and models, as they are sold now', tags: ['plans'], response: { 200: plansSchema } },
      },
      async () => {
        const now = clock.now()
        return plansNow(catalog.current(), await values(now), now)
      },
    )
  })
}

function plansNow(catalog: Catalog, values: readonly Value[], now: Instant): Plans {
  const { at, models } = pricesNow(catalog, now)
  return {
    at,
    plans: [...catalog.plans.values()]
      .toSorted((a, b) => a.rank - b.rank)
      .map((plan) =>
        soldPlan(
          catalog,
          plan,
          values.find((row) => row.plan === plan.id),
        ),
      ),
    models: models
      .filter(({ id }) => !catalog.models.get(id)?.embeds)
      .map(({ id, name, context_tokens, output_tokens_max, multiplier, next_multiplier: next }) => ({
        id,
        name,
        vision: catalog.models.get(id)?.vision ?? false,
        context_tokens,
        output_tokens_max,
        multiplier: multiplier.factor,
        next_multiplier: next && { factor: next.factor, at: next.at },
      })),
  }
}

function soldPlan(catalog: Catalog, plan: PlanDocument, value: Value | undefined): SoldPlan {
  const { currency } = catalog.operator
  const money = (amount: Minor) => ({ amount: moneyText(amount, currency), currency })
  const { meter } = plan
  return {
    id: plan.id,
    name: plan.name,
    rank: plan.rank,
    unit: meter.kind === 'token' ? 'credits' : 'prompts',
    calls_per_prompt: meter.kind === 'token' ? null : meter.calls_per_prompt,
    windows: plan.windows.map((w) => ({
      id: w.id,
      kind: w.kind,
      hours: w.hours ?? (w.days ?? 0) * 24,
      allowance: w.prompts ?? w.credits ?? 0,
    })),
    units_a_month: value?.units_a_month_max ?? 0,
    concurrency: plan.concurrency,
    prices: (['month', 'quarter', 'year'] as const).flatMap((cycle) => {
      const read = readMoney(plan.prices[cycle] ?? '', currency)
      return read.ok ? { cycle, months: MONTHS[cycle], price: money(read.value) } : []
    }),
    models: plan.models.filter((id) => catalog.models.has(id)),
    tools: Object.entries(plan.tools).flatMap(([id, quota]) =>
      quota.included ? [{ id, calls: quota.calls, per: quota.per }] : [],
    ),
    value: valueOfMonth(value, currency),
  }
}

function valueOfMonth(value: Value | undefined, currency: string): SoldPlan['value'] {
  if (!value || value.list_price_a_unit === null || value.worst_case_ratio === null) return null
  // Of a few units no average can be told.
  if (value.units_drawn < UNITS_MIN) return null
  const amount = (value.list_price_a_unit * value.units_a_month_max).toFixed(2)
  return { list_price: { amount, currency }, times_fee: value.worst_case_ratio }
}

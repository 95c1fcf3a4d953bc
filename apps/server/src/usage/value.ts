import { HOUR_MS, instant, plusMonths, type Instant, type MemberId, type PlanTerms } from '@codeplan/core'

import type { UsageDeps } from './deps.ts'
import type { PlanHours } from './plan-hours.ts'
import { listPricesOf, subscriptionsByPlan, subscriptionsOf, type Span } from './store.ts'

const MICROS_PER_MAIN_UNIT = 1e8
/** An average month, for figures that speak of no particular one. */
const MONTH_MS = (365.25 / 12) * 24 * HOUR_MS

/** What a subscriber has drawn in each period that touches a span, valued at list prices, beside the fee of a month (S11). */
export async function valueOf(deps: UsageDeps, memberId: MemberId, span: Span, now: Instant) {
  const { zone, currency } = deps.catalog.current().operator
  const rows = await subscriptionsOf(deps.db.queries, memberId)
  const terms = await deps.catalog.planVersions(
    deps.db.queries,
    rows.map((row) => row.plan_version_id),
  )
  const subscriptions = []
  for (const row of rows) {
    const plan = terms.get(row.plan_version_id) as PlanTerms
    const fee = Number(plan.prices.month)
    const until = instant(Math.min(row.ends_at, now))
    const asked = periodsOf(zone, instant(row.starts_at), until).filter((p) => p.from < span.to && p.to > span.from)
    const hours = asked.map(({ from, to }) => ({ from: floorHour(from), to: floorHour(to) }))
    const drawn = await listPricesOf(deps.db.queries, row.id, hours)
    const periods = asked.map(({ from, to }, i) => {
      const listPrice = (drawn[i] ?? 0) / MICROS_PER_MAIN_UNIT
      const [begins, ends] = [new Date(from).toISOString(), new Date(to).toISOString()]
      return { from: begins, to: ends, list_price: listPrice, fee, ratio: ratioOf(listPrice, fee) }
    })
    subscriptions.push({ id: row.id, plan: plan.plan, periods })
  }
  return { currency, subscriptions }
}

/** The months of a subscription that have begun. A call counts in the period in which its hour began. */
function periodsOf(zone: string, start: Instant, until: Instant): readonly { from: Instant; to: Instant }[] {
  const periods = []
  for (let n = 0; ; n++) {
    const from = plusMonths(zone, start, n)
    if (from > until) return periods
    periods.push({ from, to: plusMonths(zone, start, n + 1) })
  }
}

const floorHour = (ms: number): number => Math.floor(ms / HOUR_MS) * HOUR_MS
const ratioOf = (value: number, fee: number): number | null => (fee > 0 ? Math.round((value / fee) * 100) / 100 : null)

/**
 * For the operator, per plan: the fee, what was drawn in the last month at list prices, and the worst case: as many units as
 * the windows allow in a month, at what a unit has been worth so far.
 */
export async function economics(deps: Pick<UsageDeps, 'db' | 'catalog'>, planHours: PlanHours, now: Instant) {
  const { operator, plans } = deps.catalog.current()
  const span = { from: floorHour(now - MONTH_MS), to: now + HOUR_MS }
  const hours = Map.groupBy(await planHours(span, now), ({ plan }) => plan)
  const counts = await subscriptionsByPlan(deps.db.queries, span)
  const rows = []
  for (const plan of plans.values()) {
    const version = await deps.catalog.newestPlanVersion(deps.db.queries, plan.id)
    if (!version) continue
    const found = hours.get(plan.id) ?? []
    const subscriptions = counts.get(plan.id) ?? 0
    const drawn = found.reduce((sum, { list_price }) => sum + list_price, 0) / MICROS_PER_MAIN_UNIT
    const unitsDrawn = found.reduce((sum, { charge }) => sum + charge, 0) / 1_000_000
    const fee = Number(version.terms.prices.month)
    const unitsMax = unitsAMonth(version.terms)
    const perUnit = unitsDrawn > 0 ? drawn / unitsDrawn : null
    rows.push({
      plan: plan.id,
      fee,
      subscriptions,
      units_drawn: unitsDrawn,
      list_price_drawn: drawn,
      ratio: subscriptions > 0 ? ratioOf(drawn / subscriptions, fee) : null,
      units_a_month_max: unitsMax,
      list_price_a_unit: perUnit,
      worst_case_ratio: perUnit === null ? null : ratioOf(perUnit * unitsMax, fee),
    })
  }
  return { currency: operator.currency, days: Math.round(MONTH_MS / (24 * HOUR_MS)), plans: rows }
}

/** The tightest window decides how much a month can hold. */
export function unitsAMonth(terms: PlanTerms): number {
  return Math.floor(
    Math.min(...terms.windows.map((window) => (window.allowance / 1_000_000) * (MONTH_MS / window.lengthMs))),
  )
}

import { economicsSchema, type Economics } from '@codeplan/contract'
import { DAY_MS, HOUR_MS, MONTHS, minor, plusMs, type Instant } from '@codeplan/core'
import type { FastifyInstance } from 'fastify'

import { moneyOf } from '../billing/index.ts'
import { registerConsole } from '../identity/index.ts'
import { economics, makePlanHours, type PlanHours } from '../usage/index.ts'
import { BASE, doc } from './admin-words.ts'
import { dayText, monthBegins, monthText } from './calendar.ts'
import type { AdminDeps } from './deps.ts'
import { incomeBetween, renewingPrices } from './economics-store.ts'

const MICROS_PER_UNIT = 1e8
const MONTHS_SHOWN = 12
const SOON_MS = 30 * DAY_MS
const WEEK_MS = 7 * DAY_MS

/** Per plan what comes in, what is drawn for it, and what the worst month would look like (S11). */
export function registerEconomics(fastify: FastifyInstance, deps: AdminDeps): void {
  const { db, clock, people } = deps
  const planHours = makePlanHours(db.queries)
  registerConsole(fastify, people, 'support', (routes) => {
    routes.get(
      `${BASE}/economics`,
      { schema: { ...doc('Fees, value drawn, ratios, income and forecast'), response: { 200: economicsSchema } } },
      () => economicsNow(deps, planHours, clock.now()),
    )
  })
}

async function economicsNow(deps: AdminDeps, planHours: PlanHours, now: Instant): Promise<Economics> {
  const { db, catalog } = deps
  const { zone, currency, cost_percent: percent } = catalog.current().operator
  const found = await economics(deps, planHours, now)
  const hours = await planHours({ from: now - found.days * DAY_MS, to: now + HOUR_MS }, now)
  const prices = await renewingPrices(db.queries, plusMs(now, SOON_MS))
  const starts = Array.from({ length: MONTHS_SHOWN + 1 }, (_, i) => monthBegins(zone, now, i - MONTHS_SHOWN + 1))
  const income = await incomeBetween(db.queries, starts)
  const days = Map.groupBy(hours, (row) => `${dayText(zone, row.hour_at as Instant)} ${row.plan}`)
  const drawnWeek = sum(hours.filter((row) => row.hour_at >= now - WEEK_MS).map((row) => row.list_price))
  const drawn30 = (drawnWeek * SOON_MS) / WEEK_MS / MICROS_PER_UNIT
  const monthly = (plan: string): number =>
    Math.round(sum(prices.filter((row) => row.plan === plan).map(({ amount, cycle }) => amount / MONTHS[cycle])))
  const revenue = sum(found.plans.map(({ plan }) => monthly(plan)))
  const cost = percent === undefined ? undefined : Math.round(drawn30 * percent)
  return {
    currency,
    days: found.days,
    plans: found.plans.map((row) => ({
      ...row,
      full_use_share: row.subscriptions > 0 ? share(row.units_drawn, row.units_a_month_max * row.subscriptions) : null,
      revenue_month: moneyOf(minor(monthly(row.plan)), currency),
    })),
    days_drawn: [...days.values()].map((rows) => ({
      day: dayText(zone, rows[0]?.hour_at as Instant),
      plan: rows[0]?.plan ?? '',
      units: sum(rows.map((row) => row.charge)) / 1e6,
      list_price: sum(rows.map((row) => row.list_price)) / MICROS_PER_UNIT,
    })),
    months: income.map((row, i) => ({
      month: monthText(zone, starts[i] as Instant),
      plans: moneyOf(row.plans, currency),
      balance: moneyOf(row.balance, currency),
      refunded: moneyOf(row.refunded, currency),
    })),
    forecast: {
      renewals_30_days: moneyOf(minor(sum(prices.map((row) => row.soon_amount))), currency),
      renewals: sum(prices.map((row) => row.soon)),
      list_price_30_days: drawn30,
    },
    upstream_cost:
      percent === undefined || cost === undefined
        ? null
        : { percent, days_30: moneyOf(minor(cost), currency), of_revenue: revenue > 0 ? share(cost, revenue) : null },
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const share = (part: number, whole: number): number => Math.round((part / whole) * 1000) / 1000

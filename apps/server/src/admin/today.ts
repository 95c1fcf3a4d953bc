import type { Attention, Today } from '@codeplan/contract'
import { HOUR_MS, MINUTE_MS, plusMs, type Instant } from '@codeplan/core'

import { isoOf, moneyOf } from '../billing/index.ts'
import { capacityHours, drainedRows, shownCapacity, type GatewayStatus } from '../gateway/index.ts'
import { dayBegins, monthBegins } from './calendar.ts'
import type { AdminDeps } from './deps.ts'
import type { Visits } from './doctor.ts'
import { STUCK_AFTER_MS } from './order-routes.ts'
import { runningByPlan } from './subscriptions-store.ts'
import { nodesSeen, type NodeRow } from './system-store.ts'
import { NODE_SILENT_MS } from './system-routes.ts'
import {
  callsInFlight,
  endedSince,
  moneySince,
  openMatters,
  refusedSince,
  releasedBetween,
  soldSince,
  usedByHour,
} from './today-store.ts'

const HOURS = 24
/** A node that has been silent for longer was taken out of service. */
const NODE_GONE_MS = 10 * MINUTE_MS
const WEBHOOK_MS = 5 * MINUTE_MS
const LETTERS_MS = 7 * 24 * HOUR_MS

/** Everything that the operator's first page shows, in one answer. */
export async function todayNow(deps: AdminDeps & { readonly visits: Visits }, now: Instant): Promise<Today> {
  const { db, catalog, gateway, sale } = deps
  const on = db.queries
  const { operator, plans, sale: rules } = catalog.current()
  const { zone, currency } = operator
  const [day, tomorrow] = [dayBegins(zone, now), dayBegins(zone, now, 1)]
  const status = gateway.status()
  const since = Math.floor(now / HOUR_MS) * HOUR_MS - (HOURS - 1) * HOUR_MS
  await gateway.refusals.write()
  const [inFlight, ended, refused, used, capacity, nodes] = await Promise.all([
    callsInFlight(on),
    endedSince(on, plusMs(now, -MINUTE_MS)),
    refusedSince(on, plusMs(now, -HOUR_MS)),
    usedByHour(on, since),
    capacityHours(on, since),
    nodesSeen(on),
  ])
  const [running, sold, released, money, matters, drained, board] = await Promise.all([
    runningByPlan(on, now),
    soldSince(on, day),
    releasedBetween(on, day, tomorrow),
    moneySince(on, { day, dayBefore: dayBegins(zone, now, -1), month: monthBegins(zone, now) }),
    openMatters(on, {
      stuck: plusMs(now, -STUCK_AFTER_MS),
      webhooks: plusMs(now, -WEBHOOK_MS),
      letters: plusMs(now, -LETTERS_MS),
    }),
    drainedRows(on),
    sale.board(now),
  ])
  const isDrained = new Set(drained.map(({ upstream }) => upstream))
  const upstreams = catalog.current().upstreams.map(({ id }) => upstreamNow(status, id, isDrained.has(id)))
  const usedAt = new Map(used.map((row) => [row.hour_at, row]))
  const placesAt = Map.groupBy(capacity, (row) => row.hour_at)
  return {
    now: isoOf(now),
    zone,
    live: {
      in_flight: inFlight,
      waiting: status.waitingOwn + status.models.reduce((sum, { waiting }) => sum + waiting, 0),
      nodes: nodes.filter(({ seen_at }) => now - seen_at < NODE_SILENT_MS).length,
      calls_a_minute: ended.calls,
      output_tokens_a_second: Math.round(ended.output_tokens / 6) / 10,
      refused_hour: refused.reduce((sum, { times }) => sum + times, 0),
      refused: [...refused],
    },
    upstreams,
    hours: Array.from({ length: HOURS }, (_, i) => {
      const hourAt = since + i * HOUR_MS
      const row = usedAt.get(hourAt)
      const shown = (placesAt.get(hourAt) ?? []).map((one) => shownCapacity(one, now))
      const sum = (of: (one: (typeof shown)[number]) => number): number =>
        shown.reduce((total, one) => total + of(one), 0)
      return {
        hour: isoOf(hourAt),
        calls: row?.calls ?? 0,
        failed: row?.failed ?? 0,
        output_tokens: row?.output_tokens ?? 0,
        in_use: Math.round(sum((one) => one.in_use) * 100) / 100,
        in_use_peak: sum((one) => one.in_use_peak),
        places: shown.some((one) => one.places === null) || shown.length === 0 ? null : sum((one) => one.places ?? 0),
        waited: sum((one) => one.waited),
        refused: sum(({ refused: { full, late, own } }) => full + late + own),
      }
    }),
    plans: [...plans.values()].map(({ id, name }) => ({
      plan: id,
      name,
      subscriptions: running.get(id) ?? 0,
      released: rules.limited ? (released.find(({ plan }) => plan === id)?.pieces ?? 0) : null,
      left: rules.limited ? board.left(id, now) : null,
      waiting: board.waiting(id).length,
      paused: board.isPaused(id),
      sold_today: sold.find(({ plan }) => plan === id)?.count ?? 0,
    })),
    money: {
      today: moneyOf(money.today, currency),
      yesterday: moneyOf(money.yesterday, currency),
      month: moneyOf(money.month, currency),
      refunded_month: moneyOf(money.refunded, currency),
      orders_today: money.orders,
    },
    attention: [
      ...Object.entries(matters).map(([kind, count]) => ({ kind: kind as keyof typeof matters, count, names: [] })),
      named(
        'routes_resting',
        upstreams.filter(({ state }) => state === 'resting').map(({ id }) => id),
      ),
      named('upstreams_drained', [...isDrained]),
      named('nodes_silent', silent(nodes, now)),
      named(
        'doctor_found',
        deps.visits
          .last()
          .findings.filter(({ ok }) => !ok)
          .map(({ check }) => check),
      ),
      { kind: 'tool_policy_suspended' as const, count: Number(status.toolPolicySuspended), names: [] },
    ].filter(({ count }) => count > 0),
  }
}

const named = (kind: Attention['kind'], names: readonly string[]): Attention => ({
  kind,
  count: names.length,
  names: [...names],
})

const silent = (nodes: readonly NodeRow[], now: Instant): readonly string[] =>
  nodes.filter(({ seen_at }) => now - seen_at >= NODE_SILENT_MS && now - seen_at < NODE_GONE_MS).map(({ id }) => id)

/** An upstream is as well as its best route. */
function upstreamNow({ models }: GatewayStatus, id: string, drained: boolean): Today['upstreams'][number] {
  const routes = models.flatMap((model) => model.routes).filter((route) => route.upstream === id)
  const healths = routes.map(({ health }) => health)
  const state =
    healths.includes('good') || healths.length === 0 ? 'good' : healths.includes('shaky') ? 'shaky' : 'resting'
  const isOpen = routes.some(({ concurrency }) => concurrency === null)
  return {
    id,
    state: drained ? 'drained' : state,
    running: routes.reduce((sum, { running }) => sum + running, 0),
    places: isOpen ? null : routes.reduce((sum, { concurrency }) => sum + (concurrency ?? 0), 0),
  }
}

import { HOUR_MS, instant, usedShare, wallText, type Instant, type MemberId } from '@codeplan/core'

import { serviceHours, type ServiceHour, type Standing } from '../entitlements/index.ts'
import type { UsageDeps } from './deps.ts'
import type { PlanHours } from './plan-hours.ts'
import { slotSumsOf, subscriptionIdsOf, subscriptionsOf, type PlanHour, type SlotSum } from './store.ts'
import { readWall, slotsOf, type Slot } from './wall-time.ts'

/** The endpoints that existing meters read, in their exact shapes (wire contract §2). Only integers in `limits`. */

const DAY_HOURS = 24
/** What `unit` means there: 3 hours, 6 weeks, 1 days, 5 months. */
const UNITS = { day: 1, hour: 3, month: 5, week: 6 } as const

export async function quotaLimit(deps: UsageDeps, memberId: MemberId, now: Instant) {
  const standing = await deps.entitlements.standing(memberId, now)
  if (!standing) return { limits: [] }
  return {
    limits: [...standing.windows.map((window) => windowEntry(window, standing)), ...serviceEntries(standing)],
    level: standing.terms.plan,
  }
}

type StandingWindow = Standing['windows'][number]

function windowEntry(window: StandingWindow, { terms }: Standing) {
  const { unit, number } = unitOf(window.rule.lengthMs)
  const percentage = Math.floor(usedShare(window) * 100)
  const reset = window.resetsAt === undefined ? {} : { nextResetTime: window.resetsAt as number }
  if (terms.reportedAs !== 'credits') return { type: 'TOKENS_LIMIT', unit, number, percentage, ...reset }
  return {
    type: 'CREDIT_LIMIT',
    unit,
    number,
    usage: Math.floor(window.allowance / 1_000_000),
    // Used and left are floored apart, so that neither claims a unit that is not whole.
    currentValue: Math.floor(window.used / 1_000_000),
    remaining: Math.max(0, Math.floor((window.allowance - window.used) / 1_000_000)),
    percentage,
    ...reset,
  }
}

function unitOf(lengthMs: number): { unit: number; number: number } {
  const hours = lengthMs / HOUR_MS
  if (hours % (7 * DAY_HOURS) === 0) return { unit: UNITS.week, number: hours / (7 * DAY_HOURS) }
  if (hours % DAY_HOURS === 0) return { unit: UNITS.day, number: hours / DAY_HOURS }
  return { unit: UNITS.hour, number: Math.round(hours) }
}

/** As meters know them (wire contract §2.3, §3.4). */
const SERVICE_CODES: Readonly<Record<string, string>> = {
  web_search: 'search-prime',
  web_reader: 'web-reader',
  vision: 'vision',
}
const codeOf = (service: string): string => SERVICE_CODES[service] ?? service

/** One entry for all services, as meters expect it, and each by itself in its details. A trial has no reset. */
function serviceEntries({ services }: Standing) {
  if (services.length === 0) return []
  const usage = services.reduce((total, { calls }) => total + calls, 0)
  const currentValue = services.reduce((total, { used }) => total + used, 0)
  const resets = services.flatMap(({ resetsAt }) => (resetsAt === undefined ? [] : [resetsAt as number]))
  return [
    {
      type: 'TIME_LIMIT',
      unit: UNITS.month,
      number: 1,
      usage,
      currentValue,
      remaining: Math.max(0, usage - currentValue),
      percentage: Math.min(100, Math.floor((currentValue / usage) * 100)),
      ...(resets.length > 0 ? { nextResetTime: Math.min(...resets) } : {}),
      usageDetails: services.map(({ service, used }) => ({ modelCode: codeOf(service), usage: used })),
    },
  ]
}

/** Where a meter names no span: the last 24 hours. */
const SPAN_MS_DEFAULT = 24 * HOUR_MS
/** Longer spans are cut from their beginning. */
const SPAN_MS_MAX = 92 * 24 * HOUR_MS

export function spanOf(
  query: { startTime?: string | undefined; endTime?: string | undefined },
  zone: string,
  now: Instant,
) {
  const to = readWall(query.endTime, zone) ?? now
  const from = readWall(query.startTime, zone) ?? instant(to - SPAN_MS_DEFAULT)
  return { from: instant(Math.max(from, to - SPAN_MS_MAX)), to: instant(Math.max(from, to)) }
}

export async function modelUsage(deps: UsageDeps, memberId: MemberId, span: { from: Instant; to: Instant }) {
  const { zone } = deps.catalog.current().operator
  const { granularity, slots } = slotsOf(zone, span.from, span.to)
  const sums = await sumsIn(deps, memberId, slots)
  const models = [...Map.groupBy(sums, (row) => row.name)].map(([name, rows]) => ({
    modelName: name,
    tokensUsage: bySlot(slots, rows, tokensOf),
    totalTokens: sum(rows, tokensOf),
  }))
  const sorted = models
    .toSorted((a, b) => b.totalTokens - a.totalTokens)
    .map((model, i) => ({ ...model, sortOrder: i + 1 }))
  const modelSummaryList = sorted.map(({ modelName, totalTokens, sortOrder }) => ({
    modelName,
    totalTokens,
    sortOrder,
  }))
  return {
    x_time: slots.map((slot) => slot.label),
    modelCallCount: bySlot(slots, sums, (row) => row.calls),
    tokensUsage: bySlot(slots, sums, tokensOf),
    totalUsage: {
      totalModelCallCount: sum(sums, (row) => row.calls),
      totalTokensUsage: sum(sums, tokensOf),
      modelSummaryList,
    },
    modelDataList: sorted,
    modelSummaryList,
    granularity,
  }
}

/** Calls of the services by hour or day; what was given back was none. There is no zread here: its columns are there and empty. */
export async function toolUsage(deps: UsageDeps, memberId: MemberId, span: { from: Instant; to: Instant }) {
  const { granularity, slots } = slotsOf(deps.catalog.current().operator.zone, span.from, span.to)
  const [first, last] = [slots[0], slots.at(-1)]
  const whole = first && last ? { from: first.from, to: last.to } : span
  const hours = await serviceHours(deps.db.queries, memberId, whole)
  const of = (service: string) => hours.filter((hour) => hour.service === service)
  const bySlotOf = (service: string) =>
    slots.map(({ from, to }) => {
      const inside = of(service).filter((hour) => hour.hour_at >= from && hour.hour_at < to)
      return inside.length > 0 ? callsIn(inside) : null
    })
  const services = [...new Set(hours.map(({ service }) => service))]
  const toolDetails = services.map((service) => ({ modelName: codeOf(service), totalUsageCount: callsIn(of(service)) }))
  return {
    x_time: slots.map((slot) => slot.label),
    networkSearchCount: bySlotOf('web_search'),
    webReadMcpCount: bySlotOf('web_reader'),
    zreadMcpCount: slots.map(() => null),
    totalUsage: {
      totalNetworkSearchCount: callsIn(of('web_search')),
      totalWebReadMcpCount: callsIn(of('web_reader')),
      totalZreadMcpCount: 0,
      totalSearchMcpCount: callsIn(of('web_search')),
      toolDetails,
    },
    toolSummaryList: toolDetails,
    granularity,
  }
}

const callsIn = (hours: readonly ServiceHour[]): number => hours.reduce((total, { calls }) => total + calls, 0)

const SECOND_MS = 1_000

/** How well the plans were served, over all their subscribers: tokens a second, and the share of calls that succeeded. */
export async function modelPerformance(
  deps: UsageDeps,
  planHours: PlanHours,
  span: { from: Instant; to: Instant },
  days: boolean,
) {
  const { zone } = deps.catalog.current().operator
  const cut = slotsOf(zone, span.from, days ? instant(Math.max(span.to, span.from + 9 * 24 * HOUR_MS)) : span.to)
  const slots = days ? cut.slots.filter((slot) => slot.from < span.to) : cut.slots
  const rows =
    slots.length > 0
      ? await planHours({ from: slots[0]?.from as number, to: slots.at(-1)?.to as number }, deps.clock.now())
      : []
  const speed = (lite: boolean) => slots.map((slot) => speedOf(rowsIn(rows, slot, lite)))
  const success = (lite: boolean) => slots.map((slot) => successOf(rowsIn(rows, slot, lite)))
  return {
    x_time: slots.map((slot) => slot.label),
    liteDecodeSpeed: speed(true),
    proMaxDecodeSpeed: speed(false),
    liteSuccessRate: success(true),
    proMaxSuccessRate: success(false),
  }
}

type PlanRows = readonly PlanHour[]

const rowsIn = (rows: PlanRows, slot: Slot, lite: boolean): PlanRows =>
  rows.filter((row) => row.hour_at >= slot.from && row.hour_at < slot.to && (row.plan === 'lite') === lite)

function speedOf(rows: PlanRows): number | null {
  const ms = rows.reduce((total, row) => total + row.output_ms, 0)
  const tokens = rows.reduce((total, row) => total + row.output_tokens, 0)
  return ms > 0 ? Math.round((tokens * SECOND_MS * 100) / ms) / 100 : null
}

function successOf(rows: PlanRows): number | null {
  const calls = rows.reduce((total, row) => total + row.calls, 0)
  const failed = rows.reduce((total, row) => total + row.failed, 0)
  return calls > 0 ? Math.round(((calls - failed) / calls) * 10_000) / 10_000 : null
}

export async function subscriptionList(deps: UsageDeps, memberId: MemberId, now: Instant) {
  const rows = await subscriptionsOf(deps.db.queries, memberId)
  const terms = await deps.catalog.planVersions(
    deps.db.queries,
    rows.map((row) => row.plan_version_id),
  )
  const { zone } = deps.catalog.current().operator
  const standing = await deps.entitlements.standing(memberId, now)
  const text = (ms: number): string => wallText(zone, instant(ms))
  const list = rows.map((row) => {
    const plan = terms.get(row.plan_version_id)
    const running = row.starts_at <= now && now < row.ends_at
    const price = Number(plan?.prices.month ?? 0)
    return {
      id: row.id,
      customerId: memberId,
      productName: plan?.name ?? '',
      description: '',
      status: running ? 'VALID' : 'EXPIRED',
      purchaseTime: text(row.starts_at),
      valid: `${text(row.starts_at)}-${text(row.ends_at)}`,
      autoRenew: 0,
      initialPrice: price,
      actualPrice: row.source === 'grant' ? 0 : price,
      renewPrice: price,
      currentPeriod: 1,
      currentRenewTime: text(row.starts_at).slice(0, 10),
      nextRenewTime: text(row.ends_at).slice(0, 10),
      billingCycle: 'monthly',
      inCurrentPeriod: running,
      paymentChannel: row.source.toUpperCase(),
    }
  })
  // Readers take the first entry: it is the one that is drawn.
  return list.toSorted((a, b) => Number(b.id === standing?.subscriptionId) - Number(a.id === standing?.subscriptionId))
}

async function sumsIn(deps: UsageDeps, memberId: MemberId, slots: readonly Slot[]): Promise<readonly SlotSum[]> {
  const [first, last] = [slots[0], slots.at(-1)]
  if (!first || !last) return []
  const ids = await subscriptionIdsOf(deps.db.queries, memberId)
  const starts = slots.map(({ from }) => from)
  return slotSumsOf(deps.db.queries, ids, { from: first.from, to: last.to }, starts, 'model')
}

/** Empty slots are null, as the plan's home shows them. */
function bySlot(slots: readonly Slot[], sums: readonly SlotSum[], value: (row: SlotSum) => number): (number | null)[] {
  const found: (number | null)[] = slots.map(() => null)
  for (const row of sums) found[row.slot] = (found[row.slot] ?? 0) + value(row)
  return found
}

const sum = (rows: readonly SlotSum[], value: (row: SlotSum) => number): number =>
  rows.reduce((total, row) => total + value(row), 0)

const tokensOf = (row: SlotSum): number =>
  row.input_tokens + row.cache_read_tokens + row.cache_write_tokens + row.output_tokens

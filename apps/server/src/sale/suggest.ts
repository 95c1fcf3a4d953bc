import { DAY_MS, HOUR_MS, instant, suggestPieces, type Instant, type Suggestion } from '@codeplan/core'

import { busiestHours, type CapacityHour } from '../gateway/index.ts'
import type { Queries } from '../platform/index.ts'
import { drawOf } from './draw-store.ts'

export interface BusiestHour {
  readonly model: string
  readonly hourAt: Instant
  /** Calls that waited for a place, and that got none. */
  readonly waited: number
  readonly refused: number
}

export interface Suggested extends Suggestion {
  readonly hours: ReadonlyMap<string, BusiestHour>
  readonly subscriptions: ReadonlyMap<string, number>
}

/** How many of each plan the measured capacity bears, from the hours in which each model was busiest. */
export async function suggest(
  on: Queries,
  wish: { readonly plans: readonly string[]; readonly days: number; readonly fillPercent: number },
  now: Instant,
): Promise<Suggested> {
  // The hour that runs is not over: its average is not yet one of an hour.
  const thisHour = Math.floor(now / HOUR_MS) * HOUR_MS
  const busiest = await busiestHours(on, now - wish.days * DAY_MS, thisHour)
  const rows = await drawOf(
    on,
    busiest.map(({ model, hour_at }) => ({ model, hour_at })),
  )
  const draws = wish.plans.map((plan) => {
    const own = rows.filter((row) => row.plan === plan)
    return {
      plan,
      subscriptions: Object.fromEntries(own.map((row) => [row.model, row.subscriptions])),
      occupied: Object.fromEntries(own.map((row) => [row.model, milliOf(row.busy_ms)])),
    }
  })
  const hours = busiest.map(({ model, places, in_use_ms }) => ({
    model,
    places,
    inUse: milliOf(in_use_ms),
  }))
  return {
    ...suggestPieces(hours, draws, wish.fillPercent),
    hours: new Map(busiest.map((hour) => [hour.model, busiestOf(hour)])),
    subscriptions: new Map(
      draws.map(({ plan, subscriptions }) => [plan, Math.max(0, ...Object.values(subscriptions))]),
    ),
  }
}

const milliOf = (ms: number): number => Math.round((ms * 1000) / HOUR_MS)

const busiestOf = (hour: CapacityHour): BusiestHour => ({
  model: hour.model,
  hourAt: instant(hour.hour_at),
  waited: hour.waited,
  refused: hour.refused_full + hour.refused_late,
})

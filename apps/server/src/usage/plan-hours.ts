import { DAY_MS, HOUR_MS } from '@codeplan/core'

import type { Queries } from '../platform/index.ts'
import { planHours, type PlanHour, type Span } from './store.ts'

/** An hour that began so long ago has heard of all its calls. */
const FINAL_AFTER_MS = DAY_MS
/** A year of them, some megabytes. */
const HOURS_KEPT_MAX = 366 * 24

export type PlanHours = (span: Span, now: number) => Promise<readonly PlanHour[]>

/** How the plans were served, hour by hour, over all subscribers: much to add up, so hours that are final are remembered. */
export function makePlanHours(on: Queries): PlanHours {
  const kept = new Map<number, readonly PlanHour[]>()
  return async (span, now) => {
    const hours = hoursIn(span)
    const missing = hours.filter((hour) => !kept.has(hour))
    const [first, last] = [missing[0], missing.at(-1)]
    const asked =
      first === undefined || last === undefined
        ? new Map<number, PlanHour[]>()
        : Map.groupBy(await planHours(on, { from: first, to: last + HOUR_MS }), (row) => row.hour_at)
    const found = hours.flatMap((hour) => kept.get(hour) ?? asked.get(hour) ?? [])
    for (const hour of missing) if (hour < now - FINAL_AFTER_MS) kept.set(hour, asked.get(hour) ?? [])
    for (const hour of kept.keys()) if (kept.size > HOURS_KEPT_MAX) kept.delete(hour)
    return found
  }
}

function hoursIn({ from, to }: Span): readonly number[] {
  const first = Math.floor(from / HOUR_MS) * HOUR_MS
  return Array.from({ length: Math.max(0, Math.ceil((to - first) / HOUR_MS)) }, (_, n) => first + n * HOUR_MS)
}

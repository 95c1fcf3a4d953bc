import type { CapacityAnswer } from '@codeplan/contract'
import { HOUR_MS, type Instant } from '@codeplan/core'

import type { CapacityHour } from './capacity-store.ts'

/** The averages of an hour, for commands and pages; the hour that runs is only as long as it has lasted. */
export function shownCapacity(hour: CapacityHour, now: Instant): CapacityAnswer['hours'][number] {
  const ms = Math.max(1, Math.min(HOUR_MS, now - hour.hour_at))
  return {
    hour_at: new Date(hour.hour_at).toISOString(),
    model: hour.model,
    places: hour.places,
    in_use: round(hour.in_use_ms / ms),
    in_use_peak: hour.in_use_peak,
    calls: hour.calls,
    retries: hour.retries,
    waiting: round(hour.waiting_ms / ms),
    waiting_peak: hour.waiting_peak,
    waited: hour.waited,
    wait_ms: hour.waited > 0 ? Math.round(hour.wait_ms / hour.waited) : 0,
    wait_ms_max: hour.wait_ms_max,
    left: hour.left_waiting,
    refused: { full: hour.refused_full, late: hour.refused_late, own: hour.refused_own },
  }
}

const round = (value: number): number => Math.round(value * 100) / 100

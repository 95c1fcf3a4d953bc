import { HOUR_MS, type Instant, type RenewalRules } from '@codeplan/core'

import type { Catalog } from '../catalog/index.ts'

export function renewalRules({ billing }: Catalog): RenewalRules {
  const { charge_before_minutes, notice_days, retry_hours, grace_days } = billing.renewal
  return {
    chargeBeforeMinutes: charge_before_minutes,
    noticeDays: notice_days,
    retryHours: retry_hours,
    graceDays: grace_days,
  }
}

/** A provider is asked again about a payment after this time, and again, ever more seldom. */
export const CHECK_AFTER_MS = 2 * 60_000
const CHECK_MS_MAX = 6 * HOUR_MS

/** How long to wait with the next question: as long as it has been waited for already. */
export const laterBy = (row: { readonly created_at: Instant }, now: Instant): number =>
  Math.min(Math.max(now - row.created_at, CHECK_AFTER_MS), CHECK_MS_MAX)

import type { RenewalRules } from '@codeplan/core'

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

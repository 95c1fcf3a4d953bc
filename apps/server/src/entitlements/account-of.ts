import { chooseSubscription, instant, type Instant } from '@codeplan/core'

import type { AccountRow } from './store.ts'

/** Of a member's subscriptions the one that is drawn now: the same choice for the gate and for every page. */
export function accountOf(rows: readonly AccountRow[], now: Instant): AccountRow | undefined {
  const choice = chooseSubscription(
    rows.map((row) => ({
      id: row.id,
      planVersionId: row.plan_version_id,
      rank: row.rank,
      anchorAt: instant(row.anchor_at),
      startsAt: instant(row.starts_at),
      endsAt: instant(row.ends_at),
    })),
    now,
  )
  return choice.state === 'running' ? rows.find((row) => row.id === choice.subscription.id) : undefined
}

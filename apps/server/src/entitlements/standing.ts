import { instant, windowNow, type Instant, type PlanTerms, type StandingWindow } from '@codeplan/core'

import type { CatalogRoom } from '../catalog/index.ts'
import type { Db } from '../platform/index.ts'
import { accountOf } from './account-of.ts'
import { servicesLeft, type ServiceLeft } from './services.ts'
import { readMember, type AccountRow } from './store.ts'

/** What is left of a subscription, until when: the same arithmetic that the gate uses (F33). */
export interface Standing {
  readonly subscriptionId: string
  readonly terms: PlanTerms
  readonly startsAt: Instant
  readonly endsAt: Instant
  readonly running: boolean
  /** Set while a payment is open: served until `endsAt`. */
  readonly paidUntil: Instant | null
  /** The one of a member's subscriptions that calls draw on now. */
  readonly drawn: boolean
  readonly inFlight: number
  readonly windows: readonly StandingWindow[]
  /** What the plan has of the services beside the models. */
  readonly services: readonly ServiceLeft[]
}

/** All subscriptions of a member, the newest end first. */
export async function standingsOf(
  deps: { readonly db: Db; readonly catalog: CatalogRoom },
  memberId: string,
  now: Instant,
): Promise<readonly Standing[]> {
  const rows = await readMember(deps.db.queries, memberId)
  const terms = await deps.catalog.planVersions(
    deps.db.queries,
    rows.map((row) => row.plan_version_id),
  )
  const drawn = accountOf(rows, now)
  const planOf = (row: AccountRow): PlanTerms => terms.get(row.plan_version_id) as PlanTerms
  const services = await servicesLeft(
    deps,
    rows.map((row) => ({ ...row, plan: planOf(row).plan })),
    now,
  )
  return rows.map((row) => ({
    ...standingOf(row, planOf(row), now),
    drawn: row === drawn,
    services: services.get(row.id) ?? [],
  }))
}

function standingOf(row: AccountRow, terms: PlanTerms, now: Instant): Omit<Standing, 'drawn' | 'services'> {
  return {
    subscriptionId: row.id,
    terms,
    startsAt: instant(row.starts_at),
    endsAt: instant(row.ends_at),
    paidUntil: row.paid_until === null ? null : instant(row.paid_until),
    running: row.starts_at <= now && now < row.ends_at,
    inFlight: row.in_flight,
    windows: terms.windows.map((rule) => windowNow(rule, instant(row.anchor_at), row.windows[rule.id], now)),
  }
}

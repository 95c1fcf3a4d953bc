import { randomBytes } from 'node:crypto'

import { makeId, no, plusMonths, yes, type Instant, type Outcome } from '@codeplan/core'

import type { CatalogRoom } from '../catalog/index.ts'
import type { Db, Tx } from '../platform/index.ts'
import { insertSubscription } from './store.ts'

export interface Granted {
  readonly subscriptionId: string
  readonly plan: string
  readonly startsAt: Instant
  readonly endsAt: Instant
}

export interface GrantWish {
  readonly memberId: string
  readonly plan: string
  readonly months: number
  readonly source: string
}

/**
 * Opens a subscription without payment. It begins now; of several running ones the best plan is drawn. Months end on
 * the operator's calendar.
 */
export const grant = (
  deps: { readonly db: Db; readonly catalog: CatalogRoom },
  wish: GrantWish,
  now: Instant,
): Promise<Outcome<Granted, string>> => deps.db.tx((tx) => grantIn(tx, deps.catalog, wish, now))

/** The same in a transaction of whoever gives it. */
export async function grantIn(
  tx: Tx,
  room: CatalogRoom,
  wish: GrantWish,
  now: Instant,
): Promise<Outcome<Granted, string>> {
  const version = await room.newestPlanVersion(tx, wish.plan)
  const catalog = room.current()
  if (!version || !catalog.plans.has(wish.plan)) {
    return no(`no plan ${wish.plan}: the catalog has ${[...catalog.plans.keys()].join(', ')}`)
  }
  const id = makeId('sub', now, randomBytes(16))
  const endsAt = plusMonths(catalog.operator.zone, now, wish.months)
  await insertSubscription(tx, {
    id,
    memberId: wish.memberId,
    planVersionId: version.id,
    rank: version.terms.rank,
    source: wish.source,
    anchorAt: now,
    startsAt: now,
    endsAt,
    at: now,
  })
  return yes({ subscriptionId: id, plan: wish.plan, startsAt: now, endsAt })
}

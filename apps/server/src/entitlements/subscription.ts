import { randomBytes } from 'node:crypto'

import {
  creditWindow,
  instant,
  makeId,
  windowNow,
  type Instant,
  type MemberId,
  type PlanTerms,
  type SubscriptionId,
  type WindowStates,
} from '@codeplan/core'

import type { CatalogRoom } from '../catalog/index.ts'
import type { Tx } from '../platform/index.ts'
import { carryCounts, lockLine } from './services-store.ts'
import { chargedBetween, creditOf, insertCredit, insertSubscription, lockSubscription, moveEnd } from './store.ts'

export interface NewSubscription {
  readonly memberId: MemberId
  readonly planVersionId: string
  readonly source: string
  readonly startsAt: Instant
  readonly endsAt: Instant
  /**
   * Takes the place of another one that is running: windows keep their schedule, and what was used in them is taken from
   * what the new plan allows until they reset, so that changing plans never makes a fresh window.
   */
  readonly carries?: SubscriptionId
}

const CARRIED = 'carried from'

/** Opens a subscription in a transaction of its buyer. */
export async function openSubscription(
  tx: Tx,
  catalog: CatalogRoom,
  wish: NewSubscription,
  now: Instant,
): Promise<SubscriptionId> {
  const { memberId, planVersionId, source, startsAt, endsAt } = wish
  const old = wish.carries === undefined ? undefined : await lockSubscription(tx, wish.carries)
  const known = await catalog.planVersions(tx, [planVersionId, ...(old ? [old.plan_version_id] : [])])
  const terms = known.get(planVersionId) as PlanTerms
  const id = makeId('sub', now, randomBytes(16))
  const anchorAt = old ? instant(old.anchor_at) : startsAt
  await insertSubscription(tx, {
    id,
    memberId,
    planVersionId,
    rank: terms.rank,
    source,
    anchorAt,
    startsAt,
    endsAt,
    at: now,
  })
  if (!old) return id
  await lockLine(tx, memberId)
  await carryCounts(tx, old.id, id)
  let windows: WindowStates = {}
  for (const rule of (known.get(old.plan_version_id) as PlanTerms).windows) {
    const window = windowNow(rule, anchorAt, old.windows[rule.id], now)
    const { startsAt: began } = window
    const next = terms.windows.find((w) => w.id === rule.id)
    // What was given on top, or carried into the old one before, goes along.
    const micro = window.allowance - rule.allowance - window.used
    if (!next || began === undefined || micro === 0) continue
    const from = { [rule.id]: { startsAt: began, used: 0, settled: 0 } }
    windows = creditWindow({ ...windows, ...from }, windowNow(next, anchorAt, from[rule.id], now), micro, now)
    await insertCredit(tx, {
      id: makeId('crd', now, randomBytes(16)),
      subscriptionId: id,
      windows,
      window: rule.id,
      windowStartsAt: began,
      micro,
      reason: `${CARRIED} ${old.id}, which this one has replaced`,
      by: source,
      at: now,
    })
  }
  return id
}

/**
 * Moves the end: extends what was paid for, or ends it now. Calls that run go on. `paidUntil`: what is after it is not paid
 * yet, and calls say so.
 */
export const endSubscription = (
  tx: Tx,
  id: SubscriptionId,
  endsAt: Instant,
  paidUntil: Instant | null = null,
): Promise<void> => moveEnd(tx, id, endsAt, paidUntil)

/** What calls of a subscription were charged in a time, in micro-prompts. */
export const chargedIn = (tx: Tx, id: SubscriptionId, from: Instant, to: Instant): Promise<number> =>
  chargedBetween(tx, id, from, to)

/** What was used in a window before this subscription has taken it over, in micro-prompts. */
export const carriedInto = async (tx: Tx, id: SubscriptionId, window: string): Promise<number> =>
  Math.max(0, -(await creditOf(tx, id, window, CARRIED)))

import { randomBytes } from 'node:crypto'

import {
  creditWindow,
  instant,
  makeId,
  no,
  windowNow,
  yes,
  type Instant,
  type Outcome,
  type PlanTerms,
} from '@codeplan/core'

import type { CatalogRoom } from '../catalog/index.ts'
import type { Db, Tx } from '../platform/index.ts'
import { accountOf } from './account-of.ts'
import { insertCredit, lockMembers } from './store.ts'

export interface CreditWish {
  readonly memberId: string
  readonly window: string
  readonly micro: number
  readonly reason: string
  readonly by: string
}

export interface Credited {
  readonly subscriptionId: string
  readonly window: string
  readonly resetsAt: Instant
  readonly allowance: number
  readonly used: number
}

export type NoCredit =
  | { readonly code: 'not_subscribed' }
  | { readonly code: 'no_such_window'; readonly window: string; readonly windows: readonly string[] }
  | { readonly code: 'window_untouched'; readonly window: string }

/**
 * Gives allowance on top of a window that is open, until its reset: the schedule stays as it was shown, usage stays as it
 * was counted, and who gave it and why is on record (F40).
 */
export const credit = (
  deps: { readonly db: Db; readonly catalog: CatalogRoom },
  wish: CreditWish,
  now: Instant,
): Promise<Outcome<Credited, NoCredit>> => deps.db.tx((tx) => creditIn(tx, deps.catalog, wish, now))

/** The same in a transaction of whoever gives it. */
export async function creditIn(
  tx: Tx,
  room: CatalogRoom,
  wish: CreditWish,
  now: Instant,
): Promise<Outcome<Credited, NoCredit>> {
  const account = accountOf(await lockMembers(tx, [wish.memberId], now), now)
  if (!account) return no({ code: 'not_subscribed' })
  const known = await room.planVersions(tx, [account.plan_version_id])
  const { windows } = known.get(account.plan_version_id) as PlanTerms
  const rule = windows.find((window) => window.id === wish.window)
  if (!rule) return no({ code: 'no_such_window', window: wish.window, windows: windows.map(({ id }) => id) })
  const window = windowNow(rule, instant(account.anchor_at), account.windows[rule.id], now)
  const { startsAt, resetsAt } = window
  if (startsAt === undefined || resetsAt === undefined) return no({ code: 'window_untouched', window: wish.window })
  await insertCredit(tx, {
    id: makeId('crd', now, randomBytes(16)),
    subscriptionId: account.id,
    windows: creditWindow(account.windows, window, wish.micro, now),
    window: rule.id,
    windowStartsAt: startsAt,
    micro: wish.micro,
    reason: wish.reason,
    by: wish.by,
    at: now,
  })
  return yes({
    subscriptionId: account.id,
    window: rule.id,
    resetsAt,
    allowance: window.allowance + wish.micro,
    used: window.used,
  })
}

import {
  isOpen,
  instant,
  lastReleaseDay,
  leftOf,
  type Asker,
  type Instant,
  type MemberId,
  type Shelf,
} from '@codeplan/core'

import type { SaleRules } from '../catalog/index.ts'
import type { KnownReservation, LinesRow, ReleaseRow, StockRow } from './board-store.ts'

/** What the sale was like at one moment, made for look-ups. */
export interface Board {
  readonly at: Instant
  readonly releases: readonly ReleaseRow[]
  readonly lines: LinesRow
  /** Something is to be done from then on: a time is over, a release opens, somebody's turn has come. */
  readonly dueAt: Instant
  isPaused(plan: string): boolean
  releasesOf(plan: string): readonly ReleaseRow[]
  nextOf(plan: string, now: Instant): ReleaseRow | undefined
  shelf(plan: string, now: Instant): Shelf
  left(plan: string, now: Instant): number
  waiting(plan: string): readonly number[]
  reservationsOf(memberId: MemberId): readonly KnownReservation[]
}

/** From when on pieces are counted for the limit a person. */
export const countedSince = ({ calendar }: SaleRules, now: Instant): Instant =>
  lastReleaseDay(calendar, now)?.at ?? instant(0)

const NEVER = Number.MAX_SAFE_INTEGER as Instant

export function makeBoard(row: StockRow, lines: LinesRow, rules: SaleRules, at: Instant): Board {
  const paused = new Set([...row.paused, ...rules.paused])
  const byMember = Map.groupBy(row.reservations, ({ memberId }) => memberId)
  const byPlan = Map.groupBy(row.releases, ({ plan }) => plan)
  const releasesOf = (plan: string): readonly ReleaseRow[] => byPlan.get(plan) ?? []
  const waiting = (plan: string): readonly number[] => lines.waiting[plan] ?? []
  const nextOf = (plan: string, now: Instant) => releasesOf(plan).find(({ opensAt }) => opensAt > now)
  const left = (plan: string, now: Instant): number => leftOf(releasesOf(plan), now)
  const isTurn = (plan: string): boolean => !paused.has(plan) && waiting(plan).length > 0 && left(plan, at) > 0
  const times = [
    ...row.reservations.flatMap(({ expiresAt }) => expiresAt ?? []),
    // A release that is not drawn has opened, or will.
    ...row.releases.flatMap(({ drawnAt, opensAt }) => (drawnAt === null ? opensAt : [])),
    ...([...byPlan.keys()].some(isTurn) ? [at] : []),
  ]
  return {
    at,
    releases: row.releases,
    lines,
    dueAt: rules.limited ? times.reduce((first, time) => (time < first ? time : first), NEVER) : NEVER,
    isPaused: (plan) => paused.has(plan),
    releasesOf,
    nextOf,
    left,
    waiting,
    shelf: (plan, now) => ({
      isPaused: paused.has(plan),
      releases: releasesOf(plan).filter((one) => isOpen(one, now)),
      isQueued: waiting(plan).length > 0,
      nextOpensAt: nextOf(plan, now)?.opensAt,
    }),
    reservationsOf: (memberId) => byMember.get(memberId) ?? [],
  }
}

export const askerOf = (own: readonly Pick<KnownReservation, 'plan' | 'state' | 'orderId'>[], plan: string): Asker => {
  const open = own.find((one) => one.plan === plan && one.state !== 'sold')
  return {
    open: open && open.state !== 'sold' ? { state: open.state, orderId: open.orderId } : undefined,
    taken: own.length,
  }
}

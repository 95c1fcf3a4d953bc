import { no, yes, type Outcome } from './outcome.ts'
import type { Instant } from './units.ts'

/** Pieces of a plan that are put on sale together. `taken` counts those that somebody was called for, has ordered or bought. */
export interface Release {
  readonly id: string
  readonly opensAt: Instant
  readonly closesAt: Instant | null
  readonly pieces: number
  readonly taken: number
}

export const isOpen = ({ opensAt, closesAt }: Release, now: Instant): boolean =>
  opensAt <= now && (closesAt === null || now < closesAt)

export const leftOf = (releases: readonly Release[], now: Instant): number =>
  releases.reduce((sum, one) => sum + (isOpen(one, now) ? one.pieces - one.taken : 0), 0)

export interface Taken {
  readonly releaseId: string
  readonly releases: readonly Release[]
}

/** Takes a piece: of what is sold no longer first, then of what opened first. */
export function takePiece(releases: readonly Release[], now: Instant): Taken | undefined {
  const free = releases.filter((one) => isOpen(one, now) && one.taken < one.pieces)
  const [first] = free.toSorted((a, b) => (a.closesAt ?? Infinity) - (b.closesAt ?? Infinity) || a.opensAt - b.opensAt)
  if (!first) return undefined
  const taken = { ...first, taken: first.taken + 1 }
  return { releaseId: first.id, releases: releases.map((one) => (one.id === first.id ? taken : one)) }
}

export interface Called {
  readonly memberId: string
  readonly releaseId: string
}

/** Calls those who wait, in their order, for as long as there are pieces. Each is called for a piece, which is set aside. */
export function callTurns(
  releases: readonly Release[],
  waiting: readonly string[],
  now: Instant,
): { readonly releases: readonly Release[]; readonly called: readonly Called[] } {
  const called: Called[] = []
  let left = releases
  for (const memberId of waiting) {
    const taken = takePiece(left, now)
    if (!taken) break
    left = taken.releases
    called.push({ memberId, releaseId: taken.releaseId })
  }
  return { releases: left, called }
}

/** Of those who have pieces, how far they are: a turn to buy, an order that waits for its money, a subscription. */
export type ReservationState = 'called' | 'ordered' | 'sold' | 'returned'

export interface Shelf {
  readonly isPaused: boolean
  readonly releases: readonly Release[]
  /** Somebody waits for a piece, in an order that nobody may jump. */
  readonly isQueued: boolean
  readonly nextOpensAt: Instant | undefined
}

export interface Asker {
  /** What he has of this plan that is not paid. */
  readonly open: { readonly state: 'called' | 'ordered'; readonly orderId: string | null } | undefined
  /** Pieces of any plan that he was called for, has ordered or bought since the last daily release; the open one is among them. */
  readonly taken: number
}

export type BuyRefusal =
  | { readonly code: 'plan_paused' }
  | { readonly code: 'order_open'; readonly orderId: string }
  | { readonly code: 'enough_for_you'; readonly perPerson: number }
  | { readonly code: 'not_open_yet'; readonly opensAt: Instant | undefined }
  | { readonly code: 'not_your_turn' }
  | { readonly code: 'sold_out'; readonly opensAt: Instant | undefined }

/** May this person order a piece now? Either the one that he was called for, or one that nobody waits for. */
export function mayBuy(
  shelf: Shelf,
  asker: Asker,
  perPerson: number,
  now: Instant,
): Outcome<'called' | 'free', BuyRefusal> {
  const { isPaused, releases, isQueued, nextOpensAt: opensAt } = shelf
  if (isPaused) return no({ code: 'plan_paused' })
  if (asker.open?.state === 'ordered') return no({ code: 'order_open', orderId: asker.open.orderId ?? '' })
  const isCalled = asker.open?.state === 'called'
  if (asker.taken - (isCalled ? 1 : 0) >= perPerson) return no({ code: 'enough_for_you', perPerson })
  if (isCalled) return yes('called')
  if (!releases.some((one) => isOpen(one, now))) return no({ code: 'not_open_yet', opensAt })
  if (isQueued) return no({ code: 'not_your_turn' })
  return leftOf(releases, now) > 0 ? yes('free') : no({ code: 'sold_out', opensAt })
}

export interface RoomRelease {
  readonly id: string
  readonly opensAt: Instant
}

/** The line that somebody who comes now stands in. */
export type Line =
  /** The release is still to come: the order is drawn when it opens. */
  | { readonly kind: 'before'; readonly release: RoomRelease }
  /** It has opened: whoever comes now stands at the end. */
  | { readonly kind: 'after'; readonly release: RoomRelease }

/** From so long before a release its waiting room is open; before that one stands behind those of the last release. */
export function lineAt(releases: readonly RoomRelease[], roomMs: number, now: Instant): Line | undefined {
  const byTime = releases.toSorted((a, b) => a.opensAt - b.opensAt)
  const next = byTime.find(({ opensAt }) => now < opensAt)
  if (next && now >= next.opensAt - roomMs) return { kind: 'before', release: next }
  const last = byTime.findLast(({ opensAt }) => opensAt <= now)
  return last && { kind: 'after', release: last }
}

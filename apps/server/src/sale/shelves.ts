import { createHash, randomBytes } from 'node:crypto'

import {
  callTurns,
  drawLot,
  isOpen,
  leftOf,
  makeId,
  plusMs,
  takePiece,
  type Instant,
  type MemberId,
  type Shelf,
} from '@codeplan/core'

import type { SaleRules } from '../catalog/index.ts'
import type { Tx } from '../platform/index.ts'
import { countedSince } from './board.ts'
import { readStock, tellChange, type KnownReservation, type ReleaseRow } from './board-store.ts'
import {
  firstWaiting,
  insertReservations,
  lockSale,
  returnOver,
  saveCalled,
  saveDrawn,
  saveOrdered,
  saveOrderOf,
  ticketsToDraw,
  type NewReservation,
} from './shelves-store.ts'

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

export type Reservation = Pick<KnownReservation, 'plan' | 'state' | 'orderId'> & { readonly memberId: string }

/** What is on sale, as it is under the lock: everything that is due has been done. What is taken here is written by `save`. */
export class Shelves {
  private readonly fresh: NewReservation[] = []
  private readonly ordered: { memberId: MemberId; plan: string; orderId: string; expiresAt: Instant }[] = []
  private readonly tx: Tx
  private readonly shelves: Map<string, Shelf>
  private readonly now: Instant
  /** What anybody has that is not paid, and what was sold since the last daily release. */
  readonly reservations: readonly Reservation[]
  /** Somebody was called, drawn, or has lost what he had. */
  readonly hasMoved: boolean

  constructor(
    tx: Tx,
    opened: {
      readonly shelves: Map<string, Shelf>
      readonly reservations: readonly Reservation[]
      readonly hasMoved: boolean
    },
    now: Instant,
  ) {
    this.tx = tx
    this.shelves = opened.shelves
    this.reservations = opened.reservations
    this.hasMoved = opened.hasMoved
    this.now = now
  }

  of(plan: string): Shelf {
    return this.shelves.get(plan) ?? NOTHING_ON_SALE
  }

  /** Takes a piece that is free. */
  take(memberId: MemberId, plan: string, orderId: string, expiresAt: Instant): void {
    const shelf = this.of(plan)
    const taken = takePiece(shelf.releases, this.now)
    if (!taken) throw new Error(`${plan}: a piece was taken that is not there`)
    this.shelves.set(plan, { ...shelf, releases: taken.releases })
    const id = reservationId(this.now)
    this.fresh.push({ id, memberId, plan, releaseId: taken.releaseId, state: 'ordered', orderId, expiresAt })
  }

  /** The piece that somebody was called for becomes that of his order. */
  use(memberId: MemberId, plan: string, orderId: string, expiresAt: Instant): void {
    this.ordered.push({ memberId, plan, orderId, expiresAt })
  }

  async save(): Promise<void> {
    await insertReservations(this.tx, this.fresh, this.now)
    await saveOrdered(this.tx, this.ordered)
  }
}

const NOTHING_ON_SALE: Shelf = { isPaused: false, releases: [], isQueued: false, nextOpensAt: undefined }
const reservationId = (now: Instant): string => makeId('rsv', now, randomBytes(16))

/** Locks the sale, does what is due (times that are over, draws, turns), and opens what is there. */
export async function openShelves(tx: Tx, rules: SaleRules, now: Instant): Promise<Shelves> {
  await lockSale(tx)
  const since = countedSince(rules, now)
  const seen = await readStock(tx, since, now)
  const isOver = ({ state, expiresAt }: KnownReservation): boolean =>
    state !== 'sold' && expiresAt !== null && expiresAt <= now
  const ended = seen.reservations.some(isOver) ? await returnOver(tx, now) : []
  const stock = ended.length > 0 ? await readStock(tx, since, now) : seen
  const opened = stock.releases.filter(({ drawnAt, opensAt }) => drawnAt === null && opensAt <= now)
  const queued = new Set([...stock.queued, ...(await draw(tx, opened, rules, now))])

  const paused = new Set([...stock.paused, ...rules.paused])
  const shelves = new Map<string, Shelf>()
  const fresh: NewReservation[] = []
  const expiresAt = plusMs(now, rules.turnMs)
  for (const [plan, all] of Map.groupBy(stock.releases, (one) => one.plan)) {
    const releases = all.filter((one) => isOpen(one, now))
    const isPaused = paused.has(plan)
    // One more than can be called tells whether somebody still waits.
    const waiting = queued.has(plan) ? await firstWaiting(tx, plan, leftOf(releases, now) + 1, now) : []
    const turns = isPaused ? { releases, called: [] } : callTurns(releases, waiting, now)
    for (const one of turns.called) {
      fresh.push({ ...one, id: reservationId(now), plan, state: 'called', orderId: null, expiresAt })
    }
    const isQueued = waiting.length > turns.called.length
    const nextOpensAt = all.find(({ opensAt }) => opensAt > now)?.opensAt
    shelves.set(plan, { isPaused, releases: turns.releases, isQueued, nextOpensAt })
  }
  await insertReservations(tx, fresh, now)
  if (fresh.length > 0)
    await saveCalled(
      tx,
      fresh.map(({ memberId }) => memberId),
    )
  const hasMoved = ended.length + opened.length + fresh.length > 0
  if (hasMoved) await tellChange(tx)
  return new Shelves(tx, { shelves, reservations: [...stock.reservations, ...fresh], hasMoved }, now)
}

/** Draws releases that have opened; answers the plans that somebody waits for now. */
async function draw(tx: Tx, opened: readonly ReleaseRow[], rules: SaleRules, now: Instant): Promise<readonly string[]> {
  if (opened.length === 0) return []
  const ids = opened.map(({ id }) => id)
  const entered = Map.groupBy(await ticketsToDraw(tx, ids), (entry) => entry.release_id)
  await saveDrawn(tx, ids, rules.order, now)
  const drawn = opened.filter(({ id }) => entered.has(id))
  for (const { id, seed } of drawn) {
    const entries = entered.get(id) ?? []
    const order = rules.order === 'lot' ? drawLot(entries, seed, sha256) : entries
    await saveOrderOf(
      tx,
      id,
      order.map(({ member_id }) => member_id),
    )
  }
  return drawn.map(({ plan }) => plan)
}

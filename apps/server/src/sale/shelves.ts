import { createHash, randomBytes } from 'node:crypto'

import {
  callTurns,
  drawLot,
  instant,
  isOpen,
  leftOf,
  makeId,
  plusMs,
  takePiece,
  type Instant,
  type MemberId,
  type Release,
  type Shelf,
} from '@codeplan/core'

import type { SaleRules } from '../catalog/index.ts'
import type { Tx } from '../platform/index.ts'
import { countedSince, makeBoard, type Board } from './board.ts'
import { readBoard, tellChange } from './board-store.ts'
import {
  firstWaiting,
  insertReservations,
  lockSale,
  returnOver,
  saveCalled,
  saveDraw,
  saveOrdered,
  ticketsToDraw,
  type NewReservation,
} from './shelves-store.ts'

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** What is on sale, as it is under the lock: everything that is due has been done. What is taken here is written by `save`. */
export class Shelves {
  private readonly fresh: NewReservation[] = []
  private readonly ordered: { memberId: MemberId; plan: string; orderId: string; expiresAt: Instant }[] = []
  private readonly tx: Tx
  private readonly board: Board
  private readonly releases: Map<string, readonly Release[]>
  private readonly now: Instant

  constructor(tx: Tx, board: Board, now: Instant) {
    this.tx = tx
    this.board = board
    this.now = now
    this.releases = new Map(
      [...new Set(board.releases.map(({ plan }) => plan))].map((plan) => [plan, board.shelf(plan, now).releases]),
    )
  }

  of(plan: string): Shelf {
    const shelf = this.board.shelf(plan, this.now)
    return { ...shelf, releases: this.releases.get(plan) ?? [] }
  }

  /** Takes a piece that is free: for an order, or for a turn. */
  take(memberId: MemberId, plan: string, orderId: string, expiresAt: Instant): void {
    const taken = takePiece(this.releases.get(plan) ?? [], this.now)
    if (!taken) throw new Error(`${plan}: a piece was taken that is not there`)
    this.releases.set(plan, taken.releases)
    const id = makeId('rsv', this.now, randomBytes(16))
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

/** Locks the sale, does what is due (times that are over, draws, turns), and opens what is there. */
export async function openShelves(tx: Tx, rules: SaleRules, now: Instant): Promise<Shelves> {
  await lockSale(tx)
  const ended = await returnOver(tx, now)
  const since = countedSince(rules, now)
  const read = async (): Promise<Board> => makeBoard(await readBoard(tx, since, now), rules, now)
  let board = await read()
  const drawn = await drawOpened(tx, board, rules, now)
  if (drawn) board = await read()
  const called = await callThose(tx, board, rules, now)
  if (called) board = await read()
  if (ended.length > 0 || drawn || called) await tellChange(tx)
  return new Shelves(tx, board, now)
}

async function drawOpened(tx: Tx, board: Board, rules: SaleRules, now: Instant): Promise<boolean> {
  const opened = board.releases.filter(({ drawnAt, opensAt }) => drawnAt === null && opensAt <= now)
  for (const { id, seed } of opened) {
    const entries = await ticketsToDraw(tx, id)
    const order = rules.order === 'lot' ? drawLot(entries, seed, sha256) : entries
    await saveDraw(
      tx,
      id,
      order.map(({ member_id }) => member_id),
      rules.order,
      now,
    )
  }
  return opened.length > 0
}

async function callThose(tx: Tx, board: Board, rules: SaleRules, now: Instant): Promise<boolean> {
  const expiresAt = plusMs(now, rules.turnMs)
  const fresh: NewReservation[] = []
  for (const plan of new Set(board.releases.map((one) => one.plan))) {
    const releases = board.releasesOf(plan).filter((one) => isOpen(one, now))
    const left = leftOf(releases, now)
    if (left === 0 || board.waiting(plan).length === 0 || board.isPaused(plan)) continue
    const { called } = callTurns(releases, await firstWaiting(tx, plan, left, now), now)
    for (const one of called) {
      const id = makeId('rsv', instant(now), randomBytes(16))
      fresh.push({ ...one, id, plan, state: 'called', orderId: null, expiresAt })
    }
  }
  await insertReservations(tx, fresh, now)
  if (fresh.length > 0)
    await saveCalled(
      tx,
      fresh.map(({ memberId }) => memberId),
    )
  return fresh.length > 0
}

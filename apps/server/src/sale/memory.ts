import type { Instant } from '@codeplan/core'

import { makeBatcher, type Db } from '../platform/index.ts'
import { SALE_CHANNEL, readBoard } from './board-store.ts'
import { countedSince, makeBoard, type Board } from './board.ts'
import type { SaleDeps } from './deps.ts'
import { keepReleases } from './releases.ts'
import { openShelves } from './shelves.ts'

/** What other nodes take is not told, since it makes nothing possible: what is left may look so much older than it is. */
const AGE_MS_MAX = 1_000

export interface Memory {
  /** The sale as it is now: from memory for as long as nothing can have become possible, else read anew. */
  board(now: Instant): Promise<Board>
  /** Counts what may have changed: memories of tickets hold for one count. */
  epoch(): number
  /** Something of this node has changed it. */
  changed(): void
}

/**
 * "Sold out" is true until a piece returns or a release opens. When times end is known; whatever else makes something possible
 * is told on the channel, by whoever writes it, and makes every node forget.
 */
export async function openMemory(deps: Pick<SaleDeps, 'db' | 'clock' | 'catalog'>): Promise<Memory> {
  const { db, catalog } = deps
  let epoch = 0
  let known: { readonly board: Board; readonly epoch: number; readonly version: number } | undefined
  const changed = (): void => void epoch++
  await db.listen(SALE_CHANNEL, changed, changed)

  const isGood = (now: Instant): boolean =>
    known !== undefined &&
    known.epoch === epoch &&
    known.version === catalog.current().version &&
    db.isListening() &&
    now < known.board.dueAt &&
    Math.abs(now - known.board.at) <= AGE_MS_MAX

  // Everybody who asks at the same time is answered by one look.
  const looks = makeBatcher<Instant, Board>({
    work: async (asked) => {
      const now = asked.at(-1) as Instant
      if (!isGood(now)) await look(now)
      return asked.map(() => (known as { board: Board }).board)
    },
    gatherMs: () => 0,
    sizeMax: Number.MAX_SAFE_INTEGER,
  })

  async function look(now: Instant): Promise<void> {
    const { sale: rules, version, plans } = catalog.current()
    const before = epoch
    let board = await read(db, now)
    const didKeep = rules.limited && (await keepReleases(db, rules, [...plans.keys()], board.releases, now))
    if (didKeep) board = await read(db, now)
    if (board.dueAt <= now) {
      await db.tx((tx) => openShelves(tx, rules, now))
      board = await read(db, now)
    }
    // What is told while one reads may be younger than what was read.
    known = { board, epoch: before, version }
  }

  const read = async (on: Db, now: Instant): Promise<Board> => {
    const { sale: rules } = catalog.current()
    return makeBoard(await readBoard(on.queries, countedSince(rules, now), now), rules, now)
  }

  return {
    board: async (now) => (isGood(now) ? (known as { board: Board }).board : looks.add(now)),
    epoch: () => epoch,
    changed,
  }
}

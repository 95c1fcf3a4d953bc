import type { Instant } from '@codeplan/core'

import { makeBatcher } from '../platform/index.ts'
import { readLines, readStock, SALE_CHANNEL } from './board-store.ts'
import { countedSince, makeBoard, type Board } from './board.ts'
import type { SaleDeps } from './deps.ts'
import { keepReleases } from './releases.ts'
import { openShelves } from './shelves.ts'

/** What other nodes take is not told, since it makes nothing possible: what is left may look so much older than it is. */
const AGE_MS_MAX = 1_000

export interface Memory {
  /** The sale as it is now: from memory for as long as nothing can have become possible, else read anew. */
  board(now: Instant): Promise<Board>
  /** Counts what was told: memories of tickets hold for one count. */
  told(): number
  /** This node has taken pieces. */
  tookPieces(): void
  /** This node has changed who waits. */
  changedLines(): void
}

interface Known {
  readonly board: Board
  readonly told: number
  readonly taken: number
  readonly version: number
  /** When its lines were read: they may be older than the rest. */
  readonly linesAt: Instant
}

/**
 * "Sold out" is true until a piece returns or a release opens. When times end is known; whatever else makes something possible
 * is told on the channel, by whoever writes it, and makes every node forget.
 */
export async function openMemory({ db, catalog }: Pick<SaleDeps, 'db' | 'catalog'>): Promise<Memory> {
  let told = 0
  let taken = 0
  let known: Known | undefined
  const forget = (): void => void told++
  await db.listen(SALE_CHANNEL, forget, forget)

  /** Whether the lines that are remembered may be believed; a lapse of tickets is seen by the age. */
  const linesAreGood = (now: Instant): boolean =>
    known !== undefined &&
    known.told === told &&
    known.version === catalog.current().version &&
    db.isListening() &&
    Math.abs(now - known.linesAt) <= AGE_MS_MAX
  const isGood = (now: Instant): boolean =>
    linesAreGood(now) && known?.taken === taken && now < (known?.board.dueAt ?? 0)

  // Everybody who asks at the same time is answered by one look.
  const looks = makeBatcher<Instant, Board>({
    work: async (asked) => {
      const now = asked.at(-1) as Instant
      if (!isGood(now)) known = await look(now)
      const board = (known as Known).board
      return asked.map(() => board)
    },
    gatherMs: () => 0,
    sizeMax: Number.MAX_SAFE_INTEGER,
  })

  async function look(now: Instant): Promise<Known> {
    const { sale: rules, version, plans } = catalog.current()
    // What is told or taken while one reads may be younger than what was read.
    let before = { told, taken, version }
    let linesAt = now
    const read = async (isSame: boolean): Promise<Board> => {
      const kept = isSame ? known : undefined
      linesAt = kept?.linesAt ?? now
      const [stock, lines] = await Promise.all([
        readStock(db.queries, countedSince(rules, now), now),
        kept?.board.lines ?? readLines(db.queries, now),
      ])
      return makeBoard(stock, lines, rules, now)
    }
    let board = await read(linesAreGood(now))
    if (rules.limited && (await keepReleases(db, rules, [...plans.keys()], board.releases, now)))
      board = await read(false)
    if (board.dueAt <= now) {
      await db.tx((tx) => openShelves(tx, rules, now))
      // The word of it comes back by the channel, but a moment later.
      forget()
      before = { told, taken, version }
      board = await read(false)
    }
    return { board, linesAt, ...before }
  }

  return {
    board: async (now) => (isGood(now) ? (known as Known).board : looks.add(now)),
    told: () => told,
    tookPieces: () => void taken++,
    changedLines: forget,
  }
}

import {
  instant,
  lineAt,
  nextReleaseDay,
  no,
  ticketOf,
  yes,
  type Instant,
  type Line,
  type MemberId,
  type Outcome,
} from '@codeplan/core'

import type { SaleRules } from '../catalog/index.ts'
import { makeBatcher } from '../platform/index.ts'
import { askerOf, type Board } from './board.ts'
import type { SaleDeps } from './deps.ts'
import type { Memory } from './memory.ts'
import type { SaleRefusal } from './sale-words.ts'
import { sha256 } from './shelves.ts'
import { tellChange } from './board-store.ts'
import {
  drawnReleases,
  drawnTickets,
  dropLapsed,
  insertTickets,
  keepTickets,
  leaveLine,
  lotById,
  newestTickets,
  openTickets,
  shareSale,
  type LotRow,
  type NewTicket,
  type TicketRow,
} from './tickets-store.ts'

export interface Wait {
  readonly memberId: MemberId
  readonly plan: string
  /** Keep its order for the releases to come: the waitlist. */
  readonly keeps: boolean
}

export interface Lot extends LotRow {
  readonly tickets: readonly string[]
}

export interface Tickets {
  join(wait: Wait): Promise<Outcome<TicketRow, SaleRefusal>>
  leave(memberId: MemberId): Promise<boolean>
  /** The newest one of a member. */
  of(memberId: MemberId): Promise<TicketRow | undefined>
  lot(releaseId: string): Promise<Lot | undefined>
}

const TOGETHER_MAX = 500
/** A busy moment is worth waiting for company; a caller alone does not wait. */
const GATHER_MS = 5
const REMEMBERED_MAX = 100_000
const LOTS_MAX = 10

export function makeTickets(deps: SaleDeps, memory: Memory): Tickets {
  const { db, clock, catalog } = deps
  const gatherMs = (_: unknown, lastSize: number): number => (lastSize > 1 ? GATHER_MS : 0)
  let mine = new Map<MemberId, TicketRow>()
  let mineTold = -1
  const lots = new Map<string, Lot>()

  const remembered = (memberId: MemberId): TicketRow | undefined => {
    if (mineTold !== memory.told() || !db.isListening()) return undefined
    return mine.get(memberId)
  }
  const remember = (rows: readonly TicketRow[], told: number): void => {
    if (mineTold !== told || mine.size > REMEMBERED_MAX) mine = new Map()
    mineTold = told
    // Whoever is called may order at another node, which is not told.
    for (const row of rows) if (row.state !== 'called') mine.set(row.member_id, row)
  }

  const looks = makeBatcher<MemberId, TicketRow | undefined>({
    work: async (members) => {
      const told = memory.told()
      const rows = await newestTickets(db.queries, members)
      remember(rows, told)
      const found = new Map(rows.map((row) => [row.member_id, row]))
      return members.map((memberId) => found.get(memberId))
    },
    already: remembered,
    gatherMs,
    sizeMax: TOGETHER_MAX,
  })

  const joins = makeBatcher<Wait, Outcome<TicketRow, SaleRefusal>>({
    work: async (waits) => {
      const now = clock.now()
      const board = await memory.board(now)
      const answers = await joinTogether(deps, board, waits, now)
      // Before the draw nobody stands before anybody: how many have joined may look a second old.
      const isInLine = answers.some((one) => one.ok && one.value.rank !== null)
      if (isInLine || waits.some(({ keeps }) => keeps)) memory.changedLines()
      return answers
    },
    gatherMs,
    sizeMax: TOGETHER_MAX,
  })

  return {
    join: async (wait) => {
      const now = clock.now()
      const refusal = mayNotWait(catalog.current().sale, await memory.board(now), wait, now)
      return refusal ? no(refusal) : joins.add(wait)
    },
    leave: async (memberId) => {
      const now = clock.now()
      const left = await db.tx(async (tx) => {
        const did = await leaveLine(tx, memberId, now)
        if (did) await tellChange(tx)
        return did
      })
      memory.changedLines()
      return left
    },
    of: async (memberId) => remembered(memberId) ?? looks.add(memberId),
    lot: async (releaseId) => {
      const known = lots.get(releaseId)
      if (known) return known
      const row = await lotById(db.queries, releaseId)
      if (!row) return undefined
      if (row.drawn_at === null) return { ...row, tickets: [] }
      const lot = { ...row, tickets: await drawnTickets(db.queries, releaseId) }
      if (lots.size >= LOTS_MAX) lots.clear()
      lots.set(releaseId, lot)
      return lot
    },
  }
}

const lineOf = (rules: SaleRules, board: Board, plan: string, now: Instant): Line | undefined =>
  lineAt(board.releasesOf(plan), rules.roomMs, now)

function mayNotWait(rules: SaleRules, board: Board, wait: Wait, now: Instant): SaleRefusal | undefined {
  const { plan, keeps, memberId } = wait
  if (board.isPaused(plan)) return { code: 'plan_paused' }
  const line = lineOf(rules, board, plan, now)
  const next = board.nextOf(plan, now)
  if (!line) return { code: 'room_not_open', roomOpensAt: next && instant(next.opensAt - rules.roomMs) }
  if (line.kind === 'before') return undefined
  if (board.left(plan, now) > 0 && board.waiting(plan).length === 0) return { code: 'no_need_to_wait' }
  const { open, taken } = askerOf(board.reservationsOf(memberId), plan)
  if (open?.state === 'ordered') return { code: 'order_open', orderId: open.orderId ?? '' }
  // For the releases to come everybody may wait.
  if (!keeps && taken >= rules.perPerson) return { code: 'enough_for_you', perPerson: rules.perPerson }
  return undefined
}

async function joinTogether(
  deps: SaleDeps,
  board: Board,
  waits: readonly Wait[],
  now: Instant,
): Promise<Outcome<TicketRow, SaleRefusal>[]> {
  const { sale: rules } = deps.catalog.current()
  return deps.db.tx(async (tx) => {
    const members = waits.map(({ memberId }) => memberId)
    await shareSale(tx)
    await dropLapsed(tx, members, now)
    const before = new Map((await openTickets(tx, members)).map((row) => [row.member_id, row]))
    const fresh = new Map<MemberId, Wait & { readonly line: Line }>()
    for (const wait of waits) {
      const line = lineOf(rules, board, wait.plan, now)
      if (line && !before.has(wait.memberId) && !fresh.has(wait.memberId)) fresh.set(wait.memberId, { ...wait, line })
    }
    const lines = [...fresh.values()].map(({ line }) => line.release.id)
    const drawn = await drawnReleases(tx, [...new Set(lines)])
    await insertTickets(
      tx,
      [...fresh.values()].map(({ line, ...wait }) => newTicket(rules, line, wait, drawn.has(line.release.id), now)),
      now,
    )
    const keeping = waits.filter(({ memberId, plan, keeps }) => keeps && before.get(memberId)?.plan === plan)
    await keepTickets(
      tx,
      keeping.map(({ memberId }) => memberId),
    )
    const after = new Map((await openTickets(tx, members)).map((row) => [row.member_id, row]))
    return waits.map(({ memberId, plan }) => {
      const row = after.get(memberId)
      if (!row) return no({ code: 'room_not_open', roomOpensAt: undefined })
      return row.plan === plan ? yes(row) : no({ code: 'already_waiting', plan: row.plan })
    })
  })
}

function newTicket(rules: SaleRules, line: Line, wait: Wait, isDrawn: boolean, now: Instant): NewTicket {
  const { release } = line
  const lastsUntil = nextReleaseDay(rules.calendar, instant(Math.max(release.opensAt, now))).at
  return {
    releaseId: release.id,
    memberId: wait.memberId,
    plan: wait.plan,
    ticket: ticketOf(release.id, wait.memberId, sha256),
    // Another node's clock may be ahead: what is drawn is drawn.
    isLate: isDrawn || line.kind === 'after',
    lapsesAt: wait.keeps ? null : instant(lastsUntil - rules.roomMs),
  }
}

import { instant, mayBuy, no, type Instant } from '@codeplan/core'

import type { PurchaseWish, Stock } from '../billing/index.ts'
import { isDatabaseAway, makeBatcher } from '../platform/index.ts'
import { askerOf, type Board } from './board.ts'
import { buyTogether, type Bought } from './buy.ts'
import type { SaleDeps } from './deps.ts'
import { openMemory } from './memory.ts'
import type { SaleRefusal } from './sale-words.ts'
import { makeStock } from './stock.ts'
import { forgetTickets } from './tickets-store.ts'
import { makeTickets, type Tickets } from './tickets.ts'

export { addRelease } from './releases.ts'
export { pausePlan } from './board-store.ts'
export { registerSale } from './routes.ts'
export { shownSuggestion } from './shown-suggestion.ts'
export { suggest } from './suggest.ts'

/** How many are sold, and to whom. */
export interface Sale {
  board(now: Instant): Promise<Board>
  buy(wish: PurchaseWish): Promise<Bought>
  readonly tickets: Tickets
  readonly stock: Stock
  /** Does what is due, for when nobody asks. */
  tick(): Promise<void>
  forget(now: Instant): Promise<void>
}

/** A batch holds the sale alone: a larger one would keep the others waiting. */
const TOGETHER_MAX = 200
const GATHER_MS = 5
/** Two transactions that wait for each other: one is ended by the database, and is tried again. */
const TRIES_MAX = 3
const KEPT_MS = 90 * 86_400_000

export async function openSale(deps: SaleDeps): Promise<Sale> {
  const { db, clock, catalog, log } = deps
  const memory = await openMemory(deps)
  const tickets = makeTickets(deps, memory)
  const isLimited = (): boolean => catalog.current().sale.limited

  const buys = makeBatcher<PurchaseWish, Bought>({
    work: async (wishes) => {
      // While they waited the last piece may have gone: then nobody else waits for their "no".
      const refused = await Promise.all(wishes.map((wish) => refuse(wish, clock.now())))
      const left = wishes.filter((_, i) => refused[i] === undefined)
      const bought = left.length > 0 ? await buyAll(left) : []
      let next = 0
      return refused.map((refusal) => (refusal ? no(refusal) : (bought[next++] as Bought)))
    },
    gatherMs: (_, lastSize) => (lastSize > 1 ? GATHER_MS : 0),
    sizeMax: TOGETHER_MAX,
    mayDivide: (error) => !isDatabaseAway(error),
  })

  async function buyAll(wishes: readonly PurchaseWish[]): Promise<readonly Bought[]> {
    try {
      const { answers, hasMoved } = await again(() => db.tx((tx) => buyTogether(deps, tx, wishes, clock.now())))
      if (hasMoved) memory.changedLines()
      return answers
    } finally {
      memory.tookPieces()
    }
  }

  /** What memory can refuse: a "no" to somebody who has nothing yet stays true until memory forgets. */
  async function refuse({ memberId, plan }: PurchaseWish, now: Instant): Promise<SaleRefusal | undefined> {
    const board = await memory.board(now)
    const own = board.reservationsOf(memberId)
    if (own.length > 0) return undefined
    const may = mayBuy(board.shelf(plan, now), askerOf(own, plan), catalog.current().sale.perPerson, now)
    return may.ok ? undefined : may.no
  }

  return {
    tickets,
    stock: makeStock(deps),
    board: (now) => memory.board(now),
    buy: async (wish) => {
      const { plans } = catalog.current()
      if (!plans.has(wish.plan)) return no({ code: 'no_such_plan', plan: wish.plan, plans: [...plans.keys()] })
      if (!isLimited()) {
        if ((await memory.board(clock.now())).isPaused(wish.plan)) return no({ code: 'plan_paused' })
        return deps.billing.buy(wish, clock.now())
      }
      const refusal = await refuse(wish, clock.now())
      return refusal ? no(refusal) : buys.add(wish)
    },
    tick: async () => {
      if (isLimited()) await memory.board(clock.now())
    },
    forget: async (now) => forgetTickets(db.queries, instant(now - KEPT_MS)),
  }

  async function again<T>(work: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await work()
      } catch (error) {
        const { code } = error as { code?: unknown }
        if (tries === TRIES_MAX || (code !== '40P01' && code !== '40001')) throw error
        log.warn({ err: error }, 'an order is placed again')
      }
    }
  }
}

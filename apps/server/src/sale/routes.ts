import {
  buySchema,
  joinSchema,
  lotSchema,
  myTicketSchema,
  requestKeySchema,
  saleOrderSchema,
  stockSchema,
  type StockAnswer,
  type TicketAnswer,
} from '@codeplan/contract'
import { commitmentOf, instant, moneyText, type Instant } from '@codeplan/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'

import type { OrderRow } from '../billing/index.ts'
import { personOf, registerConsole, sendWording, type ConsoleRoutes } from '../identity/index.ts'
import type { Board } from './board.ts'
import type { SaleRouteDeps } from './deps.ts'
import type { Sale } from './index.ts'
import { wordSale, type SaleRefusal } from './sale-words.ts'
import { sha256 } from './shelves.ts'
import type { TicketRow } from './tickets-store.ts'

const BASE = '/api/console/v1/sale'
const doc = (summary: string) => ({ summary, tags: ['sale'] })

/** What the shop's pages ask of the limited sale. */
export function registerSale(fastify: FastifyInstance, deps: SaleRouteDeps, sale: Sale): void {
  registerConsole(fastify, deps.people, 'anyone', (routes) => registerStock(routes, deps, sale))
  registerConsole(fastify, deps.people, 'member', (routes) => {
    registerLine(routes, deps, sale)
    registerOrders(routes, deps, sale)
  })
}

const refuserOf =
  ({ catalog }: SaleRouteDeps) =>
  (request: FastifyRequest, reply: FastifyReply, refusal: SaleRefusal): FastifyReply =>
    sendWording(request, reply, wordSale(refusal, catalog.current().operator.zone))

/** What anybody may know. */
function registerStock(routes: ConsoleRoutes, deps: SaleRouteDeps, sale: Sale): void {
  const refuse = refuserOf(deps)
  routes.get(
    BASE,
    { schema: { ...doc('What is on sale, what is left, when the next pieces come'), response: { 200: stockSchema } } },
    async () => {
      const now = deps.clock.now()
      return stockAnswer(deps, await sale.board(now), now)
    },
  )
  routes.get(
    `${BASE}/releases/:id/lot`,
    {
      schema: {
        ...doc('The draw of a release, for anybody to recompute'),
        params: z.object({ id: z.string().max(128) }),
        response: { 200: lotSchema },
      },
    },
    async (request, reply) => {
      const lot = await sale.tickets.lot(request.params.id)
      if (!lot) return refuse(request, reply, { code: 'no_such_release' })
      return {
        release: lot.id,
        opens_at: iso(lot.opens_at),
        commitment: commitmentOf(lot.seed, sha256),
        seed: lot.drawn_at === null ? null : lot.seed,
        drawn_by: lot.drawn_by,
        tickets: [...lot.tickets],
      }
    },
  )
}

/** Waiting room, turns, waitlist. */
function registerLine(routes: ConsoleRoutes, { clock, catalog, ...deps }: SaleRouteDeps, sale: Sale): void {
  const refuse = refuserOf({ clock, catalog, ...deps })
  const show = async (row: TicketRow | undefined) => {
    const now = clock.now()
    return { now: iso(now), ticket: row ? ticketAnswer(await sale.board(now), row, now) : null }
  }
  routes.get(
    `${BASE}/ticket`,
    { schema: { ...doc('My place in the line'), response: { 200: myTicketSchema } } },
    async (request) => {
      // Looking is enough to have the sale go on.
      await sale.board(clock.now())
      return show(await sale.tickets.of(personOf(request).memberId))
    },
  )
  for (const { path, keeps, summary } of [
    { path: 'ticket', keeps: false, summary: 'Joins the waiting room, or the end of the line' },
    { path: 'waitlist', keeps: true, summary: 'Keeps my order for the releases to come; without a ticket, at the end' },
  ]) {
    routes.post(
      `${BASE}/${path}`,
      { schema: { ...doc(summary), body: joinSchema, response: { 200: myTicketSchema } } },
      async (request, reply) => {
        const { memberId, verified } = personOf(request)
        const { plan } = request.body
        const { sale: rules, plans } = catalog.current()
        if (!verified) return refuse(request, reply, { code: 'not_verified' })
        if (!rules.limited) return refuse(request, reply, { code: 'no_limit' })
        if (!plans.has(plan)) return refuse(request, reply, { code: 'no_such_plan', plan, plans: [...plans.keys()] })
        const joined = await sale.tickets.join({ memberId, plan, keeps })
        return joined.ok ? show(joined.value) : refuse(request, reply, joined.no)
      },
    )
  }
  routes.delete(
    `${BASE}/ticket`,
    { schema: { ...doc('Leaves the line'), response: { 200: myTicketSchema } } },
    async (request, reply) => {
      const { memberId } = personOf(request)
      if (!(await sale.tickets.leave(memberId))) return refuse(request, reply, { code: 'no_ticket' })
      return show(await sale.tickets.of(memberId))
    },
  )
}

function registerOrders(routes: ConsoleRoutes, deps: SaleRouteDeps, sale: Sale): void {
  const refuse = refuserOf(deps)
  routes.post(
    `${BASE}/orders`,
    {
      schema: {
        ...doc('Orders a plan: its piece is reserved until the order is paid or its time is over'),
        body: buySchema,
        headers: z.object({ 'idempotency-key': requestKeySchema }),
        response: { 200: saleOrderSchema, 201: saleOrderSchema },
      },
    },
    async (request, reply) => {
      const { memberId, verified } = personOf(request)
      if (!verified) return refuse(request, reply, { code: 'not_verified' })
      const requestKey = request.headers['idempotency-key']
      const bought = await sale.buy({ memberId, ...request.body, requestKey })
      if (!bought.ok) return refuse(request, reply, bought.no)
      const { order, isNew } = bought.value
      return reply.code(isNew ? 201 : 200).send({ order: orderAnswer(order) })
    },
  )
}

const iso = (at: Instant): string => new Date(at).toISOString()

function stockAnswer({ catalog }: SaleRouteDeps, board: Board, now: Instant): StockAnswer {
  const { sale: rules, plans } = catalog.current()
  return {
    limited: rules.limited,
    now: iso(now),
    plans: [...plans.keys()].map((plan) => {
      const next = rules.limited ? board.nextOf(plan, now) : undefined
      const roomOpensAt = next && instant(next.opensAt - rules.roomMs)
      return {
        plan,
        paused: board.isPaused(plan),
        left: rules.limited ? board.left(plan, now) : null,
        waiting: rules.limited ? board.waiting(plan).length : 0,
        room_open: roomOpensAt !== undefined && now >= roomOpensAt,
        next_release:
          next === undefined || roomOpensAt === undefined
            ? null
            : {
                id: next.id,
                opens_at: iso(next.opensAt),
                pieces: next.pieces,
                commitment: commitmentOf(next.seed, sha256),
                room_opens_at: iso(roomOpensAt),
                joined: board.lines.joined[next.id] ?? 0,
              },
      }
    }),
  }
}

function ticketAnswer(board: Board, row: TicketRow, now: Instant): TicketAnswer {
  const turn = board.reservationsOf(row.member_id).find(({ plan, state }) => plan === row.plan && state === 'called')
  const isLapsed = row.state === 'waiting' && row.lapses_at !== null && row.lapses_at <= now
  const waits = row.state === 'waiting' && !isLapsed
  return {
    plan: row.plan,
    release: row.release_id,
    ticket: row.ticket,
    state: isLapsed ? 'left' : row.state,
    joined_at: iso(row.joined_at),
    ahead: waits && row.rank !== null ? countBefore(board.waiting(row.plan), row.rank) : null,
    order_before: row.state === 'called' && turn?.expiresAt ? iso(turn.expiresAt) : null,
    lapses_at: waits && row.lapses_at !== null ? iso(row.lapses_at) : null,
  }
}

/** How many of these, smallest first, are smaller. */
function countBefore(ranks: readonly number[], rank: number): number {
  let low = 0
  for (let high = ranks.length; low < high;) {
    const middle = (low + high) >> 1
    if ((ranks[middle] ?? 0) < rank) low = middle + 1
    else high = middle
  }
  return low
}

const orderAnswer = (order: OrderRow) => ({
  id: order.id,
  plan: order.plan,
  cycle: order.cycle,
  state: order.state,
  price: { amount: moneyText(order.price, order.currency), currency: order.currency },
  amount: { amount: moneyText(order.amount, order.currency), currency: order.currency },
  expires_at: iso(order.expires_at),
})

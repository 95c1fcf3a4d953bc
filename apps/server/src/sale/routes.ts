import type { IncomingHttpHeaders } from 'node:http'

import {
  buySchema,
  joinSchema,
  lotSchema,
  myTicketSchema,
  saleOrderSchema,
  stockSchema,
  type StockAnswer,
  type TicketAnswer,
} from '@codeplan/contract'
import { commitmentOf, instant, moneyText, type Instant, type Outcome } from '@codeplan/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'

import { isDatabaseAway, languageOf, wordSale, type SaleRefusal } from '../platform/index.ts'
import type { Board } from './board.ts'
import type { BuyNo, PlacedOrder, SaleRouteDeps, Visitor } from './deps.ts'
import type { Sale } from './index.ts'
import { sha256 } from './shelves.ts'
import type { TicketRow } from './tickets-store.ts'

const BASE = '/api/console/v1/sale'
const keySchema = z
  .string({ error: 'send the header Idempotency-Key: a name for this wish, so that sent twice it is one order' })
  .regex(/^[\x21-\x7e]{8,128}$/, 'Idempotency-Key: use 8 to 128 visible characters')

/** What the shop's pages ask of the limited sale. */
export function registerSale(plain: FastifyInstance, deps: SaleRouteDeps, sale: Sale): void {
  const { clock, catalog, log } = deps
  void plain.register(async (scope) => {
    const routes = scope.withTypeProvider<ZodTypeProvider>()
    routes.addHook('onRequest', async (_, reply) => void reply.header('cache-control', 'no-store'))

    const refuse = async (request: FastifyRequest, reply: FastifyReply, refusal: BuyNo, visitor?: Visitor) => {
      const { zone } = catalog.current().operator
      const worded = refusal.code === 'no_order' ? deps.wordOrder(refusal.why, zone) : wordSale(refusal, zone)
      const language = visitor?.language ?? languageOf(request.headers['accept-language'])
      const code = refusal.code === 'no_order' ? refusal.why.code : refusal.code
      // What no schema describes is written as it is.
      reply.serializer((body) => JSON.stringify(body))
      return reply
        .code(worded.status)
        .send({ error: { code, message: worded.text[language], detail: worded.detail } } as never)
    }
    routes.setErrorHandler((error, request, reply) => {
      const { validation, message, statusCode } = error as Error & { validation?: unknown; statusCode?: number }
      if (validation || (statusCode !== undefined && statusCode < 500))
        return refuse(request, reply, { code: 'bad_request', why: message })
      log.error({ err: error }, 'the sale could not answer')
      if (isDatabaseAway(error)) return refuse(request, reply, { code: 'out_of_reach' })
      throw error
    })

    /** Lets a visitor do something who is known and may; answers the refusal otherwise. */
    const asVisitor = async (
      request: FastifyRequest,
      reply: FastifyReply,
      work: (visitor: Visitor) => Promise<Outcome<unknown, BuyNo>>,
    ): Promise<never> => {
      const visitor = await deps.whoIs(request.raw.headers)
      const refusal = visitor ? mayNotAct(request.method, request.raw.headers, visitor) : ({ code: 'sign_in' } as const)
      if (!visitor || refusal) return (await refuse(request, reply, refusal ?? { code: 'sign_in' }, visitor)) as never
      const answer = await work(visitor)
      return (answer.ok ? answer.value : await refuse(request, reply, answer.no, visitor)) as never
    }
    const limited = (): SaleRefusal | undefined => (catalog.current().sale.limited ? undefined : { code: 'no_limit' })

    routes.get(
      BASE,
      {
        schema: {
          ...doc('What is on sale, what is left, and when the next pieces come'),
          response: { 200: stockSchema },
        },
      },
      async () => {
        const now = clock.now()
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
        if (!lot) return (await refuse(request, reply, { code: 'no_such_release' })) as never
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

    const showTicket = async (row: TicketRow | undefined) => {
      const now = clock.now()
      return { now: iso(now), ticket: row ? ticketAnswer(await sale.board(now), row, now) : null }
    }
    routes.get(
      `${BASE}/ticket`,
      { schema: { ...doc('My place in the line'), response: { 200: myTicketSchema } } },
      (request, reply) =>
        asVisitor(request, reply, async ({ memberId }) => {
          // Looking is enough to have the sale go on.
          await sale.board(clock.now())
          return { ok: true, value: await showTicket(await sale.tickets.of(memberId)) }
        }),
    )

    const wait = (keeps: boolean) => (request: FastifyRequest, reply: FastifyReply) =>
      asVisitor(request, reply, async ({ memberId }) => {
        const { plan } = request.body as z.infer<typeof joinSchema>
        const { plans } = catalog.current()
        const no =
          limited() ??
          (plans.has(plan) ? undefined : ({ code: 'no_such_plan', plan, plans: [...plans.keys()] } as const))
        if (no) return { ok: false, no }
        const joined = await sale.tickets.join({ memberId, plan, keeps })
        return joined.ok ? { ok: true, value: await showTicket(joined.value) } : joined
      })
    const joining = { body: joinSchema, response: { 200: myTicketSchema } }
    routes.post(
      `${BASE}/ticket`,
      { schema: { ...doc('Joins the waiting room, or the line'), ...joining } },
      wait(false),
    )
    routes.post(
      `${BASE}/waitlist`,
      { schema: { ...doc('Keeps my order for the releases to come; joins at the end without a ticket'), ...joining } },
      wait(true),
    )

    routes.delete(
      `${BASE}/ticket`,
      { schema: { ...doc('Leaves the line'), response: { 200: myTicketSchema } } },
      (request, reply) =>
        asVisitor(request, reply, async ({ memberId }) =>
          (await sale.tickets.leave(memberId))
            ? { ok: true, value: await showTicket(await sale.tickets.of(memberId)) }
            : { ok: false, no: { code: 'no_ticket' } },
        ),
    )

    routes.post(
      `${BASE}/orders`,
      {
        schema: {
          ...doc('Orders a plan: its piece is reserved until the order is paid or its time is over'),
          body: buySchema,
          headers: z.object({ 'idempotency-key': keySchema }),
          response: { 200: saleOrderSchema, 201: saleOrderSchema },
        },
      },
      (request, reply) =>
        asVisitor(request, reply, async ({ memberId }) => {
          const requestKey = request.headers['idempotency-key']
          const bought = await sale.buy({ memberId, ...request.body, requestKey })
          if (!bought.ok) return bought
          reply.code(bought.value.isNew ? 201 : 200)
          return { ok: true, value: { order: orderAnswer(bought.value.order) } }
        }),
    )
  })
}

const doc = (summary: string) => ({ summary, tags: ['sale'] })
const iso = (at: Instant): string => new Date(at).toISOString()

function mayNotAct(method: string, headers: IncomingHttpHeaders, visitor: Visitor): SaleRefusal | undefined {
  if (method === 'GET') return undefined
  // A page of somebody else can send a form, but no header of its own.
  if (headers['x-codeplan-csrf'] !== '1') return { code: 'foreign_page' }
  return visitor.verified ? undefined : { code: 'not_verified' }
}

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
                joined: next.joined,
              },
      }
    }),
  }
}

function ticketAnswer(board: Board, row: TicketRow, now: Instant): TicketAnswer {
  const turn = board.reservationsOf(row.member_id).find(({ plan, state }) => plan === row.plan && state === 'called')
  const isLapsed = row.state === 'waiting' && row.lapses_at !== null && row.lapses_at <= now
  return {
    plan: row.plan,
    release: row.release_id,
    ticket: row.ticket,
    state: isLapsed ? 'left' : row.state,
    joined_at: iso(row.joined_at),
    ahead: row.state === 'waiting' && !isLapsed && row.rank !== null ? before(board.waiting(row.plan), row.rank) : null,
    order_before: row.state === 'called' && turn?.expiresAt ? iso(turn.expiresAt) : null,
    lapses_at: row.state === 'waiting' && row.lapses_at !== null ? iso(row.lapses_at) : null,
  }
}

/** How many of these, smallest first, are smaller. */
function before(ranks: readonly number[], rank: number): number {
  let low = 0
  for (let high = ranks.length; low < high;) {
    const middle = (low + high) >> 1
    if ((ranks[middle] ?? 0) < rank) low = middle + 1
    else high = middle
  }
  return low
}

const orderAnswer = (order: PlacedOrder) => ({
  id: order.id,
  plan: order.plan,
  cycle: order.cycle,
  state: order.state,
  price: { amount: moneyText(order.price, order.currency), currency: order.currency },
  amount: { amount: moneyText(order.amount, order.currency), currency: order.currency },
  expires_at: iso(order.expires_at),
})

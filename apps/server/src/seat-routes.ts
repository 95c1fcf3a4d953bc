import {
  chooseMethodSchema,
  refundedSchema,
  refundQuoteSchema,
  refundWishSchema,
  renewalSwitchSchema,
  seatContractsSchema,
} from '@codeplan/contract'
import { readMoney, type Minor } from '@codeplan/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'

import { isoOf, moneyOf, refuserOf, type Billing, type BillingRefusal } from './billing/index.ts'
import type { CatalogRoom } from './catalog/index.ts'
import { languageFor, personOf, registerConsole, sendWording, type People } from './identity/index.ts'
import type { Clock, Db } from './platform/index.ts'
import { teamsOf, wordTeam } from './teams/index.ts'

const BASE = '/api/console/v1/teams/:team/contracts'
const doc = (summary: string) => ({ summary, tags: ['teams'] })
const id = z.string().max(64)
const byTeam = z.object({ team: id })
const byContract = byTeam.extend({ id })

/** What administrators do with the seats that their team pays for. */
export function registerSeatContracts(
  fastify: FastifyInstance,
  deps: { billing: Billing; catalog: CatalogRoom; clock: Clock; db: Db; people: People },
): void {
  const { billing, catalog, clock, db } = deps
  const refuse = refuserOf(deps)
  const currency = (): string => catalog.current().operator.currency
  registerConsole(fastify, deps.people, 'member', (routes) => {
    /** Undefined: it was refused. */
    const asAdmin = async (
      request: FastifyRequest<{ Params: { team: string } }>,
      reply: FastifyReply,
    ): Promise<boolean> => {
      const own = (await teamsOf(db.queries, personOf(request).memberId)).find((one) => one.id === request.params.team)
      if (own?.is_admin) return true
      sendWording(request, reply, wordTeam(own ? 'not_team_admin' : 'no_such_team'))
      return false
    }
    const at = ({ params }: FastifyRequest<{ Params: { team: string; id: string } }>) => ({
      teamId: params.team,
      id: params.id,
    })
    const done = (
      request: FastifyRequest,
      reply: FastifyReply,
      result: { readonly ok: true } | { readonly ok: false; readonly no: BillingRefusal },
    ) => (result.ok ? reply.code(204).send() : refuse(request, reply, result.no))

    routes.get(
      BASE,
      {
        schema: {
          ...doc('Seats that are paid for: their period, their renewal, a bill that is open'),
          params: byTeam,
          response: { 200: seatContractsSchema },
        },
      },
      async (request, reply) => {
        if (!(await asAdmin(request, reply))) return reply
        return { contracts: [...(await billing.seats(request.params.team))] }
      },
    )
    routes.put(
      `${BASE}/:id/renewal`,
      {
        schema: {
          ...doc('The renewal switch; it can be put on again until the period ends'),
          params: byContract,
          body: renewalSwitchSchema,
        },
      },
      async (request, reply) => {
        if (!(await asAdmin(request, reply))) return reply
        return done(request, reply, await billing.switchSeats(at(request), request.body.on, clock.now()))
      },
    )
    routes.put(
      `${BASE}/:id/method`,
      {
        schema: {
          ...doc('Renewals are charged to a method of one’s own from now on, an open bill at once'),
          params: byContract,
          body: chooseMethodSchema,
        },
      },
      async (request, reply) => {
        if (!(await asAdmin(request, reply))) return reply
        const wish = {
          ...at(request),
          memberId: personOf(request).memberId,
          methodId: request.body.method,
          language: languageFor(request),
        }
        return done(request, reply, await billing.chooseSeatMethod(wish, clock.now()))
      },
    )
    routes.get(
      `${BASE}/:id/refund`,
      {
        schema: {
          ...doc('What would come back if the period of these seats were given up now'),
          params: byContract,
          response: { 200: refundQuoteSchema },
        },
      },
      async (request, reply) => {
        if (!(await asAdmin(request, reply))) return reply
        const offer = await billing.offerSeatRefund(at(request), clock.now())
        if (!offer.ok) return refuse(request, reply, offer.no)
        const { allowed, until, amount, byTime, byUse } = offer.value
        const money = (value: Minor) => moneyOf(value, currency())
        return { allowed, until: isoOf(until), amount: money(amount), by_time: money(byTime), by_use: money(byUse) }
      },
    )
    routes.post(
      `${BASE}/:id/refund`,
      {
        schema: {
          ...doc('Gives the seats up: they end now, the money goes back the way it came'),
          params: byContract,
          body: refundWishSchema,
          response: { 200: refundedSchema },
        },
      },
      async (request, reply) => {
        if (!(await asAdmin(request, reply))) return reply
        const text = request.body.expected
        const expected = readMoney(text, currency())
        if (!expected.ok) return refuse(request, reply, { code: 'not_an_amount', text })
        const back = await billing.refundSeats({ ...at(request), expected: expected.value as Minor }, clock.now())
        return back.ok ? { amount: moneyOf(back.value.amount, currency()) } : refuse(request, reply, back.no)
      },
    )
  })
}

import {
  acceptSchema,
  inviteSchema,
  orderSchema,
  seatHolderSchema,
  seatsOrderSchema,
  teamAdminSchema,
  teamListSchema,
  teamSchema,
  teamUsageSchema,
} from '@codeplan/contract'
import { DAY_MS, instant, type Instant, type Outcome } from '@codeplan/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'

import {
  callerOf,
  languageFor,
  personOf,
  refuse,
  registerConsole,
  sendWording,
  signedInCookies,
  visitorOf,
  type ConsoleRoutes,
} from '../identity/index.ts'
import type { Tx } from '../platform/index.ts'
import type { TeamDeps } from './deps.ts'
import { accept, invite, withdraw } from './invite.ts'
import { changeAdmin, removePerson, setHolder } from './people.ts'
import { teamShown, teamUsage } from './shown.ts'
import { lockTeam, teamsOf, type TeamRow } from './store.ts'
import { wordTeam, type TeamRefusal } from './team-words.ts'

const BASE = '/api/console/v1/teams'
const SPAN_MS_DEFAULT = 30 * DAY_MS
const doc = (summary: string) => ({ summary, tags: ['teams'] })
const id = z.string().max(64)
const byTeam = z.object({ team: id })

export function registerTeamConsole(fastify: FastifyInstance, deps: TeamDeps): void {
  registerConsole(fastify, deps.people, 'anyone', (routes) => registerJoin(routes, deps))
  registerConsole(fastify, deps.people, 'member', (routes) => registerOwn(routes, deps))
}

export const refuseTeam = (request: FastifyRequest, reply: FastifyReply, code: TeamRefusal): FastifyReply =>
  sendWording(request, reply, wordTeam(code))

function registerJoin(routes: ConsoleRoutes, deps: TeamDeps): void {
  const { people } = deps
  const joined = z.object({ team: z.string() })
  routes.post(
    `${BASE}/join`,
    {
      schema: {
        ...doc('Accepts an invitation; whoever is new gets an account'),
        body: acceptSchema,
        response: { 200: joined },
      },
    },
    async (request, reply) => {
      const from = { visitor: visitorOf(request), caller: callerOf(request, people.proxyHops) }
      const done = await accept(deps, { ...request.body, language: languageFor(request) }, from)
      if (!done.ok) {
        const code = done.no
        return code === 'weak_password' || code === 'busy'
          ? refuse(request, reply, { code })
          : refuseTeam(request, reply, code)
      }
      const { teamId, token } = done.value
      if (token !== undefined) void reply.header('set-cookie', signedInCookies(people, token))
      return reply.send({ team: teamId })
    },
  )
}

function registerOwn(routes: ConsoleRoutes, deps: TeamDeps): void {
  const { db, clock } = deps
  /** What an administrator does with his team, or what anyone does in it: the team's row is held meanwhile. */
  const inTeam = async <T>(
    request: FastifyRequest<{ Params: { team: string } }>,
    needs: 'admin' | 'person',
    work: (tx: Tx, team: TeamRow, now: Instant) => Promise<Outcome<T, TeamRefusal>>,
  ): Promise<Outcome<T, TeamRefusal>> => {
    const { memberId } = personOf(request)
    const { team: teamId } = request.params
    const now = clock.now()
    return db.tx(async (tx) => {
      const own = (await teamsOf(tx, memberId)).find((one) => one.id === teamId)
      const team = own && (await lockTeam(tx, teamId))
      if (!team) return { ok: false, no: 'no_such_team' }
      if (needs === 'admin' && !own.is_admin) return { ok: false, no: 'not_team_admin' }
      return work(tx, team, now)
    })
  }
  const shown = async <T>(value: Promise<T>): Promise<Outcome<T, TeamRefusal>> => ({ ok: true, value: await value })
  const done = (request: FastifyRequest, reply: FastifyReply, result: Outcome<unknown, TeamRefusal>): FastifyReply =>
    result.ok ? reply.code(204).send() : refuseTeam(request, reply, result.no)

  routes.get(
    BASE,
    { schema: { ...doc('The teams that one is in'), response: { 200: teamListSchema } } },
    async (request) => ({
      teams: [...(await teamsOf(db.queries, personOf(request).memberId))],
    }),
  )
  routes.get(
    `${BASE}/:team`,
    {
      schema: {
        ...doc('Seats, people and invitations, for administrators'),
        params: byTeam,
        response: { 200: teamSchema },
      },
    },
    async (request, reply) => {
      const team = await inTeam(request, 'admin', (tx, row, now) => shown(teamShown(tx, row, now)))
      return team.ok ? reply.send(team.value) : refuseTeam(request, reply, team.no)
    },
  )
  routes.post(
    `${BASE}/:team/orders`,
    {
      schema: {
        ...doc('Orders seats (with `Idempotency-Key`); they are the team’s when the order is paid'),
        params: byTeam,
        body: seatsOrderSchema,
        response: { 201: orderSchema },
      },
    },
    async (request, reply) => {
      const isAdmin = await inTeam(request, 'admin', () => shown(Promise.resolve()))
      if (!isAdmin.ok) return refuseTeam(request, reply, isAdmin.no)
      const wish = { ...request.body, teamId: request.params.team, memberId: personOf(request).memberId }
      const ordered = await deps.orderSeats(request, wish, clock.now())
      return ordered.ok ? reply.code(201).send(ordered.value) : sendWording(request, reply, ordered.no)
    },
  )
  const time = z.iso.datetime({ offset: true }).optional()
  routes.get(
    `${BASE}/:team/usage`,
    {
      schema: {
        ...doc('What people have used on the team’s seats, by whole hours'),
        params: byTeam,
        querystring: z.object({ from: time, to: time }),
        response: { 200: teamUsageSchema },
      },
    },
    async (request, reply) => {
      const to = request.query.to === undefined ? clock.now() + 1 : Date.parse(request.query.to)
      const from = request.query.from === undefined ? to - SPAN_MS_DEFAULT : Date.parse(request.query.from)
      const usage = await inTeam(request, 'admin', (tx, row) =>
        shown(teamUsage(tx, row.id, instant(from), instant(to))),
      )
      return usage.ok ? reply.send(usage.value) : refuseTeam(request, reply, usage.no)
    },
  )
  routes.post(
    `${BASE}/:team/invitations`,
    { schema: { ...doc('Invites somebody and keeps a seat for 7 days'), params: byTeam, body: inviteSchema } },
    async (request, reply) => {
      const wish = { ...request.body, by: personOf(request) }
      const invited = await inTeam(request, 'admin', (tx, team, now) => invite(deps, tx, team, wish, now))
      if (!invited.ok) return refuseTeam(request, reply, invited.no)
      return reply.code(201).send({ id: invited.value.id, ends_at: new Date(invited.value.ends_at).toISOString() })
    },
  )
  routes.delete(
    `${BASE}/:team/invitations/:id`,
    { schema: { ...doc('Takes an invitation back'), params: byTeam.extend({ id }) } },
    async (request, reply) =>
      done(
        request,
        reply,
        await inTeam(request, 'admin', (tx, team, now) => withdraw(tx, team.id, request.params.id, now)),
      ),
  )
  routes.put(
    `${BASE}/:team/seats/:id`,
    { schema: { ...doc('Gives, moves or takes a seat'), params: byTeam.extend({ id }), body: seatHolderSchema } },
    async (request, reply) => {
      const wish = { seatId: request.params.id, memberId: request.body.member }
      return done(
        request,
        reply,
        await inTeam(request, 'admin', (tx, team, now) => setHolder(deps, tx, team, wish, now)),
      )
    },
  )
  routes.put(
    `${BASE}/:team/people/:id`,
    {
      schema: {
        ...doc('Makes somebody an administrator, or not'),
        params: byTeam.extend({ id }),
        body: teamAdminSchema,
      },
    },
    async (request, reply) => {
      const wish = { memberId: request.params.id, isAdmin: request.body.is_admin }
      return done(request, reply, await inTeam(request, 'admin', (tx, team) => changeAdmin(tx, team, wish)))
    },
  )
  routes.delete(
    `${BASE}/:team/people/:id`,
    {
      schema: {
        ...doc('Takes somebody out of the team, with his seat; everybody may leave'),
        params: byTeam.extend({ id }),
      },
    },
    async (request, reply) => {
      const { id: memberId } = request.params
      const needs = personOf(request).memberId === memberId ? 'person' : 'admin'
      return done(
        request,
        reply,
        await inTeam(request, needs, (tx, team, now) => removePerson(deps, tx, team, memberId, now)),
      )
    },
  )
}

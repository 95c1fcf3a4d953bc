import { extendSeatsSchema, newSeatsSchema, newTeamSchema, teamGroupSchema, teamSchema } from '@codeplan/contract'
import { instant, no, yes, type Instant, type Outcome } from '@codeplan/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'

import { audit, callerOf, deedDoneAt, personOf, registerConsole, requestKeyOf } from '../identity/index.ts'
import { outcomeTx, type Tx } from '../platform/index.ts'
import type { TeamDeps } from './deps.ts'
import { removeGroup, setGroup } from './invitations-store.ts'
import { refuseTeam } from './routes.ts'
import { grantSeats, addTeam, extendSeats } from './seats.ts'
import { teamShown } from './shown.ts'
import { allTeams, teamById } from './store.ts'
import type { TeamRefusal } from './team-words.ts'

const BASE = '/api/admin/v1/teams'
const doc = (summary: string) => ({ summary, tags: ['operator'] })
const byTeam = z.object({ team: z.string().max(64) })

/** What operators do with teams; each deed is written to the audit log with it. */
export function registerTeamAdmin(fastify: FastifyInstance, deps: TeamDeps): void {
  const { db, clock, people } = deps

  async function deed<T>(
    request: FastifyRequest,
    action: string,
    work: (tx: Tx, now: Instant) => Promise<Outcome<T, TeamRefusal>>,
    teamOf: (value: T) => string,
  ): Promise<Outcome<T, TeamRefusal>> {
    const { address } = callerOf(request, people.proxyHops)
    const now = clock.now()
    const who = personOf(request).memberId
    const requestKey = requestKeyOf(request)
    return outcomeTx(db, async (tx) => {
      // A lost answer gives no seats twice.
      if (requestKey !== undefined && (await deedDoneAt(tx, who, requestKey))) return no('done_before' as const)
      const result = await work(tx, now)
      if (!result.ok) return result
      const told = { whom: teamOf(result.value), after: request.body ?? undefined }
      await audit(tx, { who, address, action, requestKey, ...told }, now)
      return result
    })
  }
  const answer = (request: FastifyRequest, reply: FastifyReply, result: Outcome<unknown, TeamRefusal>, status = 204) =>
    result.ok
      ? reply.code(status).send(status === 204 ? undefined : result.value)
      : refuseTeam(request, reply, result.no)

  registerConsole(fastify, people, 'support', (routes) => {
    const list = z.object({
      teams: z.array(z.object({ id: z.string(), name: z.string(), seats: z.number(), held: z.number() })),
    })
    routes.get(BASE, { schema: { ...doc('All teams'), response: { 200: list } } }, async () => ({
      teams: [...(await allTeams(db.queries))],
    }))
    routes.get(
      `${BASE}/:team`,
      { schema: { ...doc('One team'), params: byTeam, response: { 200: teamSchema } } },
      async (request, reply) => {
        const shown = await db.tx(async (tx) => {
          const team = await teamById(tx, request.params.team)
          return team && teamShown(tx, team, clock.now())
        })
        return shown ? reply.send(shown) : refuseTeam(request, reply, 'no_such_team')
      },
    )
  })

  registerConsole(fastify, people, 'operator', (routes) => {
    routes.post(
      BASE,
      { schema: { ...doc('Makes a team with its first administrator'), body: newTeamSchema } },
      async (request, reply) => {
        const made = await deed(
          request,
          'team add',
          (tx, now) => addTeam(tx, request.body, now),
          (team) => team.id,
        )
        return made.ok ? reply.code(201).send({ id: made.value.id }) : refuseTeam(request, reply, made.no)
      },
    )
    routes.post(
      `${BASE}/:team/seats`,
      { schema: { ...doc('Grants seats of a plan until a date'), params: byTeam, body: newSeatsSchema } },
      async (request, reply) => {
        const { team: teamId } = request.params
        const { plan, count, ends_at } = request.body
        const wish = { teamId, plan, count, endsAt: instant(Date.parse(ends_at)) }
        return answer(
          request,
          reply,
          await deed(
            request,
            'team seats',
            (tx, now) => grantSeats(deps, tx, wish, now),
            () => teamId,
          ),
        )
      },
    )
    routes.patch(
      `${BASE}/:team/seats`,
      { schema: { ...doc('Moves the end of all running seats of a plan'), params: byTeam, body: extendSeatsSchema } },
      async (request, reply) => {
        const { team: teamId } = request.params
        const wish = { teamId, plan: request.body.plan, endsAt: instant(Date.parse(request.body.ends_at)) }
        return answer(
          request,
          reply,
          await deed(
            request,
            'team extend',
            (tx, now) => extendSeats(tx, wish, now),
            () => teamId,
          ),
        )
      },
    )
    const group = (request: FastifyRequest<{ Params: { team: string }; Body: z.infer<typeof teamGroupSchema> }>) => ({
      ...request.body,
      team_id: request.params.team,
    })
    routes.put(
      `${BASE}/:team/groups`,
      { schema: { ...doc('People of a group get a seat when they sign in'), params: byTeam, body: teamGroupSchema } },
      async (request, reply) => {
        const { team } = request.params
        const work = async (tx: Tx): Promise<Outcome<void, TeamRefusal>> => {
          if (!(await teamById(tx, team))) return { ok: false, no: 'no_such_team' }
          return yes(await setGroup(tx, group(request)))
        }
        return answer(request, reply, await deed(request, 'team group', work, () => team))
      },
    )
    routes.delete(
      `${BASE}/:team/groups`,
      { schema: { ...doc('The group gives no seats any more'), params: byTeam, body: teamGroupSchema } },
      async (request, reply) => {
        const { team } = request.params
        const work = async (tx: Tx): Promise<Outcome<void, TeamRefusal>> =>
          (await removeGroup(tx, group(request))) ? yes(undefined) : { ok: false, no: 'no_such_group' }
        return answer(request, reply, await deed(request, 'team ungroup', work, () => team))
      },
    )
  })
}

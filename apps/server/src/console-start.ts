import { startSchema } from '@codeplan/contract'
import type { FastifyInstance } from 'fastify'

import { meOf, personById, registerConsole, visitorOf } from './identity/index.ts'
import type { Rooms } from './rooms.ts'
import { teamsOf } from './teams/index.ts'

/** What the console asks before it shows anything: one answer, also for whoever is not signed in. */
export function registerConsoleStart(fastify: FastifyInstance, { people, catalog, clock, db }: Rooms): void {
  registerConsole(fastify, people, 'anyone', (routes) => {
    routes.get(
      '/api/console/v1/start',
      { schema: { summary: 'Whose console this is, and who asks', tags: ['account'], response: { 200: startSchema } } },
      async (request) => {
        const { operator, people: rules } = catalog.current()
        const { name, zone, currency } = operator
        const visitor = visitorOf(request)
        const person = visitor && (await personById(db.queries, visitor.memberId))
        const teams = person ? await teamsOf(db.queries, person.id) : []
        return {
          now: new Date(clock.now()).toISOString(),
          operator: { name, zone, currency },
          sign_up: rules.sign_up !== 'closed',
          me: person ? meOf(person) : null,
          looked_at_by: visitor?.lookedBy ?? null,
          teams: teams.length > 0,
        }
      },
    )
  })
}

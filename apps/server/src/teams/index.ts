import type { FastifyInstance } from 'fastify'

import { registerTeamAdmin } from './admin-routes.ts'
import type { TeamDeps } from './deps.ts'
import { registerTeamConsole } from './routes.ts'

export { signedOn } from './groups.ts'
export { setGroup } from './invitations-store.ts'
export type { OrderSeats } from './deps.ts'
export { addSeats, addTeam, adminsOf, extendSeats, grantSeats, moveSeatsOf } from './seats.ts'
export { teamShown } from './shown.ts'
export { allTeams, teamById, teamsOf, usesBySource } from './store.ts'
export { wordTeam, type TeamRefusal } from './team-words.ts'

/** What administrators of teams, their people and operators do. */
export function registerTeams(fastify: FastifyInstance, deps: TeamDeps): void {
  registerTeamConsole(fastify, deps)
  registerTeamAdmin(fastify, deps)
}

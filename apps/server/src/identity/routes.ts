import type { FastifyInstance } from 'fastify'

import { registerKeys } from './account-key-routes.ts'
import { registerAccount } from './account-routes.ts'
import { registerAdmin } from './admin-routes.ts'
import type { People } from './people.ts'
import { registerSecondStep } from './second-step-routes.ts'
import { registerSso } from './sso-routes.ts'

/** All routes of the console about people. */
export function registerPeople(fastify: FastifyInstance, { people }: { readonly people: People }): void {
  registerAccount(fastify, people)
  registerSecondStep(fastify, people)
  registerKeys(fastify, people)
  registerSso(fastify, people)
  registerAdmin(fastify, people)
}

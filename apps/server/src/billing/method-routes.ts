import { methodsSchema, setupSchema, setupWishSchema } from '@codeplan/contract'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

import { personOf, registerConsole } from '../identity/index.ts'
import { refuserOf, type BillingRouteDeps } from './route-deps.ts'
import type { SetupRow } from './setups-store.ts'
import { isoOf } from './shown.ts'

const BASE = '/api/console/v1/methods'
const doc = (summary: string) => ({ summary, tags: ['methods'] })
const byId = z.object({ id: z.string().max(64) })

/** Payment methods: bound by a payment that keeps its method, or alone; given back at any time. */
export function registerMethods(fastify: FastifyInstance, deps: BillingRouteDeps): void {
  const { billing, clock, people } = deps
  const refuse = refuserOf(deps)
  registerConsole(fastify, people, 'member', (routes) => {
    routes.get(
      BASE,
      {
        schema: {
          ...doc('Bound payment methods, the providers that can be paid with, and those that bind without a payment'),
          response: { 200: methodsSchema },
        },
      },
      async (request) => {
        const { memberId } = personOf(request)
        const charged = (await billing.contract(memberId))?.method_id
        const methods = (await billing.methods(memberId)).map(({ id, provider, label, created_at }) => ({
          id,
          provider,
          label,
          charged_for_renewals: id === charged,
          bound_at: isoOf(created_at),
        }))
        const bindable = [...(await billing.bindableAt(memberId))]
        return { methods, providers: [...billing.providers().keys()], bindable }
      },
    )
    routes.post(
      `${BASE}/setups`,
      {
        schema: {
          ...doc('Binds a method without a payment, on the page of a provider. Asked twice it is one page'),
          body: setupWishSchema,
          response: { 200: setupSchema },
        },
      },
      async (request, reply) => {
        const { memberId, language } = personOf(request)
        const { provider, return_path: returnPath } = request.body
        const begun = await billing.beginSetup({ memberId, provider, returnPath, language }, clock.now())
        return begun.ok ? shownSetup(begun.value) : refuse(request, reply, begun.no)
      },
    )
    routes.get(
      `${BASE}/setups/:id`,
      {
        schema: {
          ...doc('What has become of it; renewals are charged to what was bound last'),
          params: byId,
          response: { 200: setupSchema },
        },
      },
      async (request, reply) => {
        const found = await billing.setup(personOf(request).memberId, request.params.id)
        return found.ok ? shownSetup(found.value) : refuse(request, reply, found.no)
      },
    )
    routes.delete(
      `${BASE}/:id`,
      { schema: { ...doc('Gives the permission to charge back'), params: byId } },
      async (request, reply) => {
        const done = await billing.unbind(personOf(request).memberId, request.params.id, clock.now())
        return done.ok ? reply.code(204).send() : refuse(request, reply, done.no)
      },
    )
  })
}

const shownSetup = ({ id, provider, state, action, failure, method_id: method }: SetupRow) => ({
  id,
  provider,
  state,
  redirect_url: state === 'action_required' ? (action?.redirectUrl ?? null) : null,
  failure,
  method,
})

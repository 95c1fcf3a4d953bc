import { serviceCallSchema, serviceCallsSchema } from '@codeplan/contract'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'

import { serviceCallById, serviceCallsAfter } from '../entitlements/index.ts'
import type { UsageDeps } from './deps.ts'
import { serviceReceipt } from './service-receipt.ts'
import { doc, limit, span, spanOf } from './v1-query.ts'
import { memberOf, problem } from './who.ts'

type Routes = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>

/** Calls of the services beside the models: each with its receipt. */
export function registerServiceCalls(routes: Routes, { db, clock }: UsageDeps): void {
  routes.get(
    '/api/usage/v1/service-calls',
    {
      schema: {
        ...doc('Calls of web search, web reader and vision, the oldest first'),
        querystring: span.extend({ limit, after: z.string().max(64).optional() }),
        response: { 200: serviceCallsSchema },
      },
    },
    async (request) => {
      const { query } = request
      const asked = spanOf(query, clock.now())
      const [takenAt, id = ''] = query.after?.split('.') ?? []
      const after = { takenAt: Number(takenAt ?? asked.from - 1) || 0, id }
      const rows = await serviceCallsAfter(db.queries, memberOf(request), asked, after, query.limit)
      const last = rows.at(-1)
      const next = last && rows.length === query.limit ? `${last.taken_at}.${last.id}` : null
      return { calls: rows.map(serviceReceipt), next }
    },
  )
  routes.get(
    '/api/usage/v1/service-calls/:id',
    {
      schema: {
        ...doc('The receipt of a call of a service'),
        params: z.object({ id: z.string().max(64) }),
        response: {
          200: serviceCallSchema,
          404: z.object({ error: z.object({ code: z.string(), message: z.string() }) }),
        },
      },
    },
    async (request, reply) => {
      const row = await serviceCallById(db.queries, request.params.id)
      if (row?.member_id === memberOf(request)) return serviceReceipt(row)
      return reply.code(404).send(problem('not_found', `no call ${request.params.id} of yours`))
    },
  )
}

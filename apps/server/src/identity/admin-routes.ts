import { auditEntrySchema, roleSchema } from '@codeplan/contract'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

import { auditOf } from './audit-store.ts'
import { callerOf, personOf, refuse, registerConsole } from './console.ts'
import type { People } from './people.ts'
import { changeRole } from './role.ts'

const BASE = '/api/admin/v1'
const doc = (summary: string) => ({ summary, tags: ['operator'] })

/** What operators do with people, and what was done in the operator's name. */
export function registerAdmin(fastify: FastifyInstance, people: People): void {
  const { db, clock, proxyHops } = people
  registerConsole(fastify, people, 'operator', (routes) => {
    const query = z.object({
      whom: z.string().max(254).optional(),
      who: z.string().max(64).optional(),
      before: z.string().max(64).optional(),
      limit: z.coerce.number().int().min(1).max(500).default(100),
    })
    const page = z.object({ entries: z.array(auditEntrySchema), next: z.string().nullable() })
    routes.get(
      `${BASE}/audit`,
      { schema: { ...doc('Every deed of operators, the newest first'), querystring: query, response: { 200: page } } },
      async ({ query }) => {
        const rows = await auditOf(db.queries, query)
        const entries = rows.map((row) => ({ ...row, at: new Date(row.at).toISOString() }))
        return { entries, next: rows.length === query.limit ? (rows.at(-1)?.id ?? null) : null }
      },
    )
    routes.put(
      `${BASE}/members/:id/role`,
      {
        schema: {
          ...doc('Makes a member an operator, or not; his sessions end'),
          params: z.object({ id: z.string().max(64) }),
          body: z.object({ role: roleSchema }),
        },
      },
      async (request, reply) => {
        const { address } = callerOf(request, proxyHops)
        const wish = { memberId: request.params.id, role: request.body.role, who: personOf(request).memberId, address }
        const done = await db.tx((tx) => changeRole(tx, wish, clock.now()))
        return done.ok ? reply.code(204).send() : refuse(request, reply, { code: done.no })
      },
    )
  })
}

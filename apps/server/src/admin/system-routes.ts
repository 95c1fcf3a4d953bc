import { doctorSchema, letterSchema, lettersQuerySchema, lettersSchema, systemSchema } from '@codeplan/contract'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

import { isoOf } from '../billing/index.ts'
import { registerConsole } from '../identity/index.ts'
import { letterOf, mailById, mailsOf, plainText } from '../platform/index.ts'
import { BASE, doc, refuseAdmin } from './admin-words.ts'
import type { AdminDeps } from './deps.ts'
import type { Visits } from './doctor.ts'
import { shownLetter } from './letters.ts'
import { databaseVersion, nodesSeen } from './system-store.ts'

/** A node that says nothing for so long is thought to be gone: what it has left is settled by the others. */
export const NODE_SILENT_MS = 20_000

/** What the server runs on, what the doctor found, and letters. */
export function registerSystem(fastify: FastifyInstance, deps: AdminDeps & { readonly visits: Visits }): void {
  const { db, clock, catalog, config, people, billing, visits } = deps
  registerConsole(fastify, people, 'support', (routes) => {
    routes.get(
      `${BASE}/system`,
      { schema: { ...doc('Database, nodes, providers, letters'), response: { 200: systemSchema } } },
      async () => {
        const now = clock.now()
        const { version, billing: rules } = catalog.current()
        return {
          node: deps.node,
          database: `${db.kind}, ${await databaseVersion(db.queries)}`,
          catalog: version,
          sandbox_clock: config.sandboxClock,
          now: isoOf(now),
          nodes: (await nodesSeen(db.queries)).map(({ id, started_at, seen_at }) => ({
            id,
            started_at: isoOf(started_at),
            seen_at: isoOf(seen_at),
            alive: now - seen_at < NODE_SILENT_MS,
          })),
          providers: rules.providers.map(({ id, kind }) => ({ id, kind, on: billing.providers().has(id) })),
          mail: config.secret('SMTP_URL') !== undefined,
        }
      },
    )
    routes.get(
      `${BASE}/doctor`,
      { schema: { ...doc('What the doctor found last on this node'), response: { 200: doctorSchema } } },
      async () => visits.last(),
    )
    routes.post(
      `${BASE}/doctor`,
      {
        schema: {
          ...doc('Calls the doctor: he checks everything, and takes his time'),
          response: { 202: doctorSchema },
        },
      },
      async (_, reply) => {
        visits.call()
        return reply.code(202).send(visits.last())
      },
    )
    routes.get(
      `${BASE}/letters`,
      {
        schema: {
          ...doc('Letters and what became of them, the newest first'),
          querystring: lettersQuerySchema,
          response: { 200: lettersSchema },
        },
      },
      async ({ query: { to: address, given_up: givenUp, before, limit } }) => {
        const rows = await mailsOf(db.queries, { address, givenUp, before, limit })
        return { letters: rows.map(shownLetter), next: rows.length === limit ? (rows.at(-1)?.id ?? null) : null }
      },
    )
    routes.get(
      `${BASE}/letters/:id`,
      {
        schema: {
          ...doc('A letter as its reader sees it, without its link'),
          params: z.object({ id: z.string().max(64) }),
          response: { 200: letterSchema },
        },
      },
      async (request, reply) => {
        const row = await mailById(db.queries, request.params.id)
        if (!row) return refuseAdmin(request, reply, { code: 'no_such_letter' })
        // Whoever helps must not be able to use a link that is for its reader.
        const { link: _, ...data } = row.data
        const letter = letterOf({ ...row, data }, catalog.current().operator)
        return { ...shownLetter(row), subject: letter.subject, text: plainText(letter) }
      },
    )
  })
}

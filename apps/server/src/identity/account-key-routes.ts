import { keyMadeSchema, keyNameSchema, keySchema, keyWishSchema } from '@codeplan/contract'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

import { readAllowList } from './allow-list.ts'
import { personOf, refuse, registerConsole } from './console.ts'
import { createKey } from './members.ts'
import type { People } from './people.ts'
import { keysOfMember, renameKey, revokeKey, type KeyRow } from './store.ts'

const BASE = '/api/console/v1/account/keys'
/** That are not revoked. */
const KEYS_MAX = 50
const doc = (summary: string) => ({ summary, tags: ['keys'] })

/** The API keys of whoever is signed in. */
export function registerKeys(fastify: FastifyInstance, people: People): void {
  const { db, clock, seal } = people
  const byId = z.object({ id: z.string().max(64) })
  registerConsole(fastify, people, 'member', (routes) => {
    routes.get(
      BASE,
      { schema: { ...doc('All keys, revoked ones too'), response: { 200: z.object({ keys: z.array(keySchema) }) } } },
      async (request) => ({ keys: (await keysOfMember(db.queries, personOf(request).memberId)).map(shown) }),
    )
    routes.post(
      BASE,
      {
        schema: {
          ...doc('Makes a key; its text is shown this once'),
          body: keyWishSchema,
          response: { 201: keyMadeSchema },
        },
      },
      async (request, reply) => {
        const { email, memberId } = personOf(request)
        const { name, allowed } = request.body
        const list = allowed && allowed.length > 0 ? readAllowList(allowed.join(',')) : undefined
        if (list?.ok === false) return refuse(request, reply, { code: 'bad_allow_list', why: list.no })
        const running = (await keysOfMember(db.queries, memberId)).filter((key) => key.revoked_at === null)
        if (running.length >= KEYS_MAX) return refuse(request, reply, { code: 'keys_max' })
        const made = await createKey(db, seal, { email, name, ...(list ? { allowed: list.value } : {}) }, clock.now())
        if (!made.ok) throw new Error(made.no)
        return reply.code(201).send({ id: made.value.id, key: made.value.key })
      },
    )
    routes.patch(
      `${BASE}/:id`,
      { schema: { ...doc('Renames a key'), params: byId, body: keyNameSchema } },
      async (request, reply) => {
        const { memberId } = personOf(request)
        const done = await db.tx((tx) => renameKey(tx, memberId, request.params.id, request.body.name))
        return done ? reply.code(204).send() : refuse(request, reply, { code: 'no_such_key' })
      },
    )
    routes.delete(
      `${BASE}/:id`,
      { schema: { ...doc('Revokes a key, on every node within a second'), params: byId } },
      async (request, reply) => {
        const { memberId } = personOf(request)
        const { id } = request.params
        const done = await db.tx(async (tx) => {
          const own = (await keysOfMember(tx, memberId)).some((key) => key.id === id)
          return own && (await revokeKey(tx, id, clock.now()))
        })
        return done ? reply.code(204).send() : refuse(request, reply, { code: 'no_such_key' })
      },
    )
  })
}

const shown = (key: KeyRow) => ({
  id: key.id,
  name: key.name,
  begins_with: key.handle.slice(0, 8),
  created_at: iso(key.created_at),
  last_used_at: key.last_used_at === null ? null : iso(key.last_used_at),
  revoked_at: key.revoked_at === null ? null : iso(key.revoked_at),
  allowed: key.allowed === null ? null : [...key.allowed],
  many_addresses_at: key.many_addresses_at === null ? null : iso(key.many_addresses_at),
})
const iso = (ms: number): string => new Date(ms).toISOString()

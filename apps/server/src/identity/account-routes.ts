import {
  letterSentSchema,
  meSchema,
  passwordChangeSchema,
  profileSchema,
  resetConfirmSchema,
  resetSchema,
  sessionSchema,
  signInSchema,
  signUpSchema,
  verifySchema,
} from '@codeplan/contract'
import { DAY_MS, isZone } from '@codeplan/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'

import { callerOf, languageFor, personOf, refuse, registerConsole, visitorOf, type ConsoleRoutes } from './console.ts'
import { cookieText } from './cookies.ts'
import { DEVICE_COOKIE, DEVICE_DAYS, noteOfDevice } from './known-device.ts'
import { endLook } from './look.ts'
import { meOf, microsOf } from './me.ts'
import { askReset, changePassword, resetPassword } from './new-password.ts'
import type { People } from './people.ts'
import { personById, saveProfile, type PersonRow } from './people-store.ts'
import { isSecure, noSessionCookies, signedInCookies } from './session-cookie.ts'
import { endSession, endSessions, sayChanged, sessionsOf } from './sessions-store.ts'
import { confirmAddress, prove, signIn, type SignedIn } from './sign-in.ts'
import { signUp } from './sign-up.ts'

const BASE = '/api/console/v1/account'
const doc = (summary: string) => ({ summary, tags: ['account'] })

export function registerAccount(fastify: FastifyInstance, people: People): void {
  registerConsole(fastify, people, 'anyone', (routes) => registerEntrance(routes, people))
  registerConsole(fastify, people, 'member', (routes) => registerOwn(routes, people))
}

/** What may be done by whoever is not signed in. */
function registerEntrance(routes: ConsoleRoutes, people: People): void {
  const { proxyHops } = people
  const asks = (request: FastifyRequest) => ({ ...callerOf(request, proxyHops), headers: request.headers })

  routes.post(
    `${BASE}/sign_up`,
    {
      schema: {
        ...doc('Asks for an account; a letter follows'),
        body: signUpSchema,
        response: { 202: letterSentSchema },
      },
    },
    async (request, reply) => {
      const wish = { ...request.body, language: request.body.language ?? languageFor(request) }
      const done = await signUp(people, wish, callerOf(request, proxyHops))
      return done.ok ? reply.code(202).send({ sent: true }) : refuse(request, reply, done.no)
    },
  )
  routes.post(
    `${BASE}/verify`,
    {
      schema: {
        ...doc('Confirms an address by the link of a letter'),
        body: verifySchema,
        response: { 200: meSchema },
      },
    },
    async (request, reply) => {
      const done = await confirmAddress(people, { ...request.body }, asks(request))
      return done.ok ? welcome(people, reply, done.value) : refuse(request, reply, done.no)
    },
  )
  routes.post(
    `${BASE}/sign_in`,
    { schema: { ...doc('Opens a session'), body: signInSchema, response: { 200: meSchema } } },
    async (request, reply) => {
      const done = await signIn(people, request.body, asks(request))
      return done.ok ? welcome(people, reply, done.value) : refuse(request, reply, done.no)
    },
  )
  routes.post(`${BASE}/sign_out`, { schema: doc('Ends the session') }, async (request, reply) => {
    const person = visitorOf(request)
    if (person) await people.db.tx((tx) => endSession(tx, person.memberId, person.sessionId))
    return reply.header('set-cookie', noSessionCookies(people)).code(204).send()
  })
  routes.delete(
    `${BASE}/look`,
    { schema: doc('An operator stops looking with a member’s eyes') },
    async (request, reply) => {
      const person = visitorOf(request)
      if (!person?.lookedBy) return refuse(request, reply, { code: 'no_such_session' })
      return reply
        .header('set-cookie', await endLook(people, person, request.headers))
        .code(204)
        .send()
    },
  )
  routes.post(
    `${BASE}/reset`,
    {
      schema: { ...doc('Asks for a letter to set a password'), body: resetSchema, response: { 202: letterSentSchema } },
    },
    async (request, reply) => {
      const done = await askReset(people, request.body.email, callerOf(request, proxyHops))
      return done.ok ? reply.code(202).send({ sent: true }) : refuse(request, reply, done.no)
    },
  )
  routes.post(
    `${BASE}/reset/confirm`,
    { schema: { ...doc('Sets a password by the link of a letter; all sessions end'), body: resetConfirmSchema } },
    async (request, reply) => {
      const done = await resetPassword(people, request.body)
      if (!done.ok) return refuse(request, reply, done.no)
      return reply.header('set-cookie', deviceCookie(people, done.value.email)).code(204).send()
    },
  )
}

const deviceCookie = (people: People, email: string): string =>
  cookieText(DEVICE_COOKIE, noteOfDevice(people.seal, email), {
    seconds: (DEVICE_DAYS * DAY_MS) / 1000,
    path: BASE,
    secure: isSecure(people),
  })

async function welcome(people: People, reply: FastifyReply, { token, person }: SignedIn) {
  const now = (await personById(people.db.queries, person.id)) as PersonRow
  void reply.header('set-cookie', [...signedInCookies(people, token), deviceCookie(people, person.email)])
  return reply.send(meOf(now))
}

/** What people do with their own account. */
function registerOwn(routes: ConsoleRoutes, people: People): void {
  const { db, clock, proxyHops } = people
  const ownRow = async (request: FastifyRequest): Promise<PersonRow> =>
    (await personById(db.queries, personOf(request).memberId)) as PersonRow

  routes.get(`${BASE}/me`, { schema: { ...doc('Who is signed in'), response: { 200: meSchema } } }, async (request) =>
    meOf(await ownRow(request)),
  )
  routes.patch(
    `${BASE}/profile`,
    { schema: { ...doc('Changes what is given'), body: profileSchema, response: { 200: meSchema } } },
    async (request, reply) => {
      const { zone, balance_notice: notice, ...rest } = request.body
      if (zone && !isZone(zone)) return refuse(request, reply, { code: 'bad_request', fields: ['zone'] })
      const { memberId } = personOf(request)
      await db.tx(async (tx) => {
        const old = (await personById(tx, memberId)) as PersonRow
        const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
        const balance_notice = notice === undefined ? old.balance_notice : microsOf(notice)
        await saveProfile(tx, memberId, {
          ...old,
          ...given,
          zone: zone === undefined ? old.zone : zone,
          balance_notice,
        })
        await sayChanged(tx, memberId)
      })
      return meOf(await ownRow(request))
    },
  )
  routes.post(
    `${BASE}/password`,
    { schema: { ...doc('Changes the password; other sessions end'), body: passwordChangeSchema } },
    async (request, reply) => {
      const { current, password } = request.body
      const row = await ownRow(request)
      const asks = { ...callerOf(request, proxyHops), headers: request.headers }
      const proved = await prove(people, row.email, row, { password: current }, asks)
      if (!proved.ok) return refuse(request, reply, proved.no)
      // The session has shown the rest.
      proved.value.good()
      const done = await changePassword(people, row, { password, sessionId: personOf(request).sessionId })
      return done.ok ? reply.code(204).send() : refuse(request, reply, done.no)
    },
  )
  routes.get(
    `${BASE}/sessions`,
    { schema: { ...doc('Where one is signed in'), response: { 200: z.object({ sessions: z.array(sessionSchema) }) } } },
    async (request) => {
      await people.flushSeen()
      const { memberId, sessionId } = personOf(request)
      const rows = await sessionsOf(db.queries, memberId, clock.now())
      const sessions = rows.map(({ id, created_at, seen_at, ends_at, address, agent, opened_by }) => ({
        id,
        current: id === sessionId,
        created_at: iso(created_at),
        seen_at: iso(seen_at),
        ends_at: iso(ends_at),
        address,
        agent,
        by_operator: opened_by !== null,
      }))
      return { sessions }
    },
  )
  routes.delete(`${BASE}/sessions`, { schema: doc('Signs out everywhere, here too') }, async (request, reply) => {
    await db.tx((tx) => endSessions(tx, personOf(request).memberId, null))
    return reply.header('set-cookie', noSessionCookies(people)).code(204).send()
  })
  routes.delete(
    `${BASE}/sessions/:id`,
    { schema: { ...doc('Ends one session'), params: z.object({ id: z.string().max(64) }) } },
    async (request, reply) => {
      const ended = await db.tx((tx) => endSession(tx, personOf(request).memberId, request.params.id))
      return ended ? reply.code(204).send() : refuse(request, reply, { code: 'no_such_session' })
    },
  )
}

const iso = (ms: number): string => new Date(ms).toISOString()

import { providerSchema } from '@codeplan/contract'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

import { callerOf, refuse, registerConsole } from './console.ts'
import { cookieOf, cookieText } from './cookies.ts'
import type { People } from './people.ts'
import { isSecure, signedInCookies } from './session-cookie.ts'
import { JOURNEY_SEC, makeSso } from './sso.ts'

const BASE = '/api/console/v1/sso'
const JOURNEY_COOKIE = 'codeplan_sso'
const doc = (summary: string) => ({ summary, tags: ['single sign-on'] })

/** The way to a provider and back. Both are pages of the browser: a "no" on the way back is told by the page of sign-in. */
export function registerSso(fastify: FastifyInstance, people: People): void {
  const sso = makeSso(people)
  const byId = z.object({ id: z.string().max(32) })
  const journeyCookie = (value: string, seconds: number): string =>
    cookieText(JOURNEY_COOKIE, value, {
      seconds,
      path: BASE,
      secure: isSecure(people),
    })

  registerConsole(fastify, people, 'anyone', (routes) => {
    routes.get(
      `${BASE}/providers`,
      {
        schema: {
          ...doc('Who signs people in here'),
          response: { 200: z.object({ providers: z.array(providerSchema) }) },
        },
      },
      async () => ({ providers: [...(await sso.providers())] }),
    )
    routes.get(
      `${BASE}/:id/start`,
      {
        schema: {
          ...doc('Goes to a provider'),
          params: byId,
          querystring: z.object({ back: z.string().max(500).default('/') }),
        },
      },
      async (request, reply) => {
        const begun = await sso.begin(request.params.id, request.query.back)
        if (!begun.ok) return refuse(request, reply, begun.no)
        return reply.header('set-cookie', journeyCookie(begun.value.sealed, JOURNEY_SEC)).redirect(begun.value.url)
      },
    )
    routes.get(
      `${BASE}/:id/callback`,
      { schema: { ...doc('Comes back from it'), params: byId } },
      async (request, reply) => {
        const kept = cookieOf(request.headers, JOURNEY_COOKIE)
        const query = request.url.split('?')[1] ?? ''
        const done = await sso.finish(request.params.id, kept, query, callerOf(request, people.proxyHops))
        if (!done.ok) {
          void reply.header('set-cookie', journeyCookie('', 0))
          return reply.redirect(`${people.publicUrl}/account/sign-in?refused=${done.no.code}`)
        }
        void reply.header('set-cookie', [journeyCookie('', 0), ...signedInCookies(people, done.value.token)])
        return reply.redirect(people.publicUrl + done.value.back)
      },
    )
  })
}

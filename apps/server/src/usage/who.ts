import type { MemberId } from '@codeplan/core'
import type { FastifyReply, FastifyRequest } from 'fastify'

import { isRefused, refuse, SESSION_COOKIE } from '../identity/index.ts'
import { languageOf, word } from '../platform/index.ts'
import type { RouteDeps } from './deps.ts'

const members = new WeakMap<FastifyRequest, MemberId>()

/**
 * Who asks: the owner of a key or, where nothing is changed, whoever is signed in at the console. A key that is sent
 * decides, also when it is a bad one.
 */
export async function guard(deps: RouteDeps, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  reply.header('cache-control', 'no-store')
  const { headers } = request
  const hasKey = headers.authorization !== undefined || headers['x-api-key'] !== undefined
  if (!hasKey && request.method === 'GET' && headers.cookie?.includes(SESSION_COOKIE)) {
    const person = await deps.people.whoIs(headers)
    return person ? members.set(request, person.memberId) : refuse(request, reply, { code: 'signed_out' })
  }
  const principal = await deps.identify(request.raw)
  if (!isRefused(principal)) return members.set(request, principal.memberId)
  const { status, text, retryAfterSec } = word(principal, deps.catalog.current().operator.zone)
  if (retryAfterSec !== undefined) reply.header('retry-after', retryAfterSec)
  return reply.code(status).send(problem(principal.code, text[languageOf(headers['accept-language'])]))
}

/** The member behind a request that `guard` has let in. */
export const memberOf = (request: FastifyRequest): MemberId => members.get(request) as MemberId

export const problem = (code: string, message: string) => ({ error: { code, message } })

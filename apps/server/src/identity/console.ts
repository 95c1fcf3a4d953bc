import type { IncomingMessage, ServerResponse } from 'node:http'

import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest, RawServerDefault } from 'fastify'
import { hasZodFastifySchemaValidationErrors, type ZodTypeProvider } from 'fastify-type-provider-zod'

import { isDatabaseAway, languageOf, type Language } from '../platform/index.ts'
import { clientAddress } from './client-address.ts'
import type { Caller, People } from './people.ts'
import type { Role } from './people-store.ts'
import { wordPeople, type ConsoleWording, type PeopleRefusal } from './people-words.ts'
import type { Person } from './sessions.ts'

export type ConsoleRoutes = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>

/** No form of another site can send it, and no script without our leave. */
const CSRF_HEADER = 'x-codeplan-csrf'
const READS = new Set(['GET', 'HEAD'])
/** All that may be asked for by who only looks: to leave. */
const LEAVES = '/api/console/v1/account/look'
const RANK: Readonly<Record<Role | 'anyone', number>> = { anyone: 0, member: 1, support: 2, operator: 3 }

const persons = new WeakMap<FastifyRequest, Person>()

/**
 * Routes of the console or of operators: what changes something needs the header against forged requests, and the person
 * who asks needs the role. Each room registers its own.
 */
export function registerConsole(
  fastify: FastifyInstance,
  people: Pick<People, 'whoIs'>,
  needs: Role | 'anyone',
  register: (routes: ConsoleRoutes) => void,
): void {
  void fastify.register(async (plain) => {
    const scope = plain.withTypeProvider<ZodTypeProvider>()
    scope.addHook('onRequest', async (request, reply) => {
      reply.header('cache-control', 'no-store')
      if (!READS.has(request.method) && request.headers[CSRF_HEADER] !== '1')
        return refuse(request, reply, { code: 'no_csrf_header' })
      const person = await people.whoIs(request.headers)
      if (person) persons.set(request, person)
      if (person?.lookedBy && !READS.has(request.method) && request.routeOptions.url !== LEAVES)
        return refuse(request, reply, { code: 'only_looking' })
      if (RANK[person?.role ?? 'anyone'] < RANK[needs])
        return refuse(request, reply, { code: person ? 'not_allowed' : 'signed_out' })
    })
    scope.setErrorHandler((error, request, reply) => {
      if (hasZodFastifySchemaValidationErrors(error)) {
        const fields = error.validation.map(({ instancePath }) => instancePath.slice(1).replaceAll('/', '.') || 'body')
        return refuse(request, reply, { code: 'bad_request', fields: [...new Set(fields)] })
      }
      // A body that is no JSON, or too large.
      const { statusCode: status = 500 } = error as { statusCode?: number }
      if (status < 500)
        return sendWording(request, reply, { ...wordPeople({ code: 'bad_request', fields: ['body'] }), status })
      request.log.error({ err: error, path: request.url.split('?')[0] }, 'a request of the console failed')
      return refuse(request, reply, { code: isDatabaseAway(error) ? 'unavailable' : 'fault' })
    })
    register(scope)
  })
}

/** Who asks; only where a role is needed. */
export function personOf(request: FastifyRequest): Person {
  const person = persons.get(request)
  if (!person) throw new Error(`${request.url} is open to everybody`)
  return person
}

/** Who asks, if somebody is signed in. */
export const visitorOf = (request: FastifyRequest): Person | undefined => persons.get(request)

const REQUEST_KEY = /^[\x21-\x7e]{8,128}$/

/** `Idempotency-Key`: the caller's name for a wish. */
export function requestKeyOf({ headers }: FastifyRequest): string | undefined {
  const key = headers['idempotency-key']
  return typeof key === 'string' && REQUEST_KEY.test(key) ? key : undefined
}

export const languageFor = (request: FastifyRequest): Language =>
  persons.get(request)?.language ?? languageOf(request.headers['accept-language'])

export const refuse = (request: FastifyRequest, reply: FastifyReply, refusal: PeopleRefusal): FastifyReply =>
  sendWording(request, reply, wordPeople(refusal))

/** Sends a "no" in the language of whoever asks. */
export function sendWording(request: FastifyRequest, reply: FastifyReply, wording: ConsoleWording): FastifyReply {
  const { status, code, text, retryAfterSec, detail = {} } = wording
  if (retryAfterSec !== undefined) void reply.header('retry-after', retryAfterSec)
  return reply.code(status).send({ error: { code, message: text[languageFor(request)], detail } })
}

export const callerOf = (request: FastifyRequest, proxyHops: number): Caller => ({
  address: clientAddress(request.headers, request.raw.socket, proxyHops),
  agent: request.headers['user-agent'] ?? '',
})

import type { FastifyInstance } from 'fastify'

import type { Clock, Log } from '../platform/index.ts'
import type { Billing } from './index.ts'

/** Notifications are small; nobody else may send more here. */
const BODY_BYTES_MAX = 262_144

const STATUS = { off: 503, forged: 401, not_readable: 400 } as const

/**
 * Where providers tell what has happened. The body is taken as it comes, since its signature is of its bytes. Whoever proves
 * to be the provider gets the answer it wants once the event is stored; it sends again what got none.
 */
export function registerWebhooks(
  fastify: FastifyInstance,
  { billing, clock, log }: { readonly billing: Billing; readonly clock: Clock; readonly log: Log },
): void {
  void fastify.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_BYTES_MAX }, (_, body, done) =>
      done(null, body),
    )
    scope.post<{ Params: { provider: string } }>(
      '/api/webhooks/:provider',
      { schema: { hide: true } },
      async (request, reply) => {
        const provider = billing.providers().get(request.params.provider)
        if (!provider) return reply.code(404).send({ error: { code: 'not_found' } })
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
        const done = await billing.receiveWebhook(provider, { body, headers: request.headers }, clock.now())
        if (!done.ok) {
          log.warn({ provider: provider.id, fault: done.no }, 'a notification was refused')
          return reply.code(STATUS[done.no]).send({ error: { code: done.no } })
        }
        return reply.type(provider.thanks.contentType).send(provider.thanks.body)
      },
    )
  })
}

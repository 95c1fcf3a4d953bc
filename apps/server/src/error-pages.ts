import { existsSync, readFileSync } from 'node:fs'

import type { FastifyInstance } from 'fastify'

const FOLDER = new URL('../../../docs/errors/', import.meta.url)

/** The page of each business code, where the `docs` of a refusal's detail leads. */
export function registerErrorPages(fastify: FastifyInstance): void {
  fastify.get<{ Params: { page: string } }>('/docs/errors/:page', { schema: { hide: true } }, (request, reply) => {
    const { page } = request.params
    const file = new URL(page, FOLDER)
    if (!/^\d{3,4}\.md$/.test(page) || !existsSync(file)) return reply.callNotFound()
    return reply.type('text/markdown; charset=utf-8').send(readFileSync(file, 'utf8'))
  })
}

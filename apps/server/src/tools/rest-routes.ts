import type { Outcome } from '@codeplan/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

import { makeCallId, SERVICE_PATHS } from '../gateway/index.ts'
import { isRefused } from '../identity/index.ts'
import { languageOf, word, type Refusal } from '../platform/index.ts'
import type { ToolDeps } from './deps.ts'
import { readArguments, type Arguments, type Given } from './mcp/arguments.ts'
import { readForm, readWish } from './reader/read-form.ts'
import type { Reader } from './reader/read-page.ts'
import { domainsIn, foundForm, languageIn } from './search/search-form.ts'
import type { Recency, Search } from './search/search.ts'
import { serve, type Caller, type Served } from './serve.ts'

type Work = (given: Given, caller: Caller) => Promise<Outcome<Served<object>, Refusal>>
const BODY_BYTES_MAX = 65_536

/** The same services at the addresses where the balance pays (wire contract §3.3), a call at the catalog's price. */
export function registerRest(
  fastify: FastifyInstance,
  deps: ToolDeps,
  {
    search,
    reader,
    arguments: known,
  }: {
    readonly search: Search
    readonly reader: Reader
    readonly arguments: Readonly<Record<'search' | 'read', Arguments>>
  },
): void {
  void fastify.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: BODY_BYTES_MAX }, (_, body, done) =>
      done(null, body),
    )
    const post = (path: string, args: Arguments, work: Work): void => {
      scope.post(path, { schema: { hide: true } }, async (request, reply) => answer(deps, request, reply, args, work))
    }
    post(SERVICE_PATHS.web_search, known.search, async (given, caller) => {
      const query = String(given.search_query)
      const found = await serve(deps, caller, 'web_search', () =>
        search.search({
          query,
          count: Number(given.count),
          recency: given.search_recency_filter as Recency,
          domains: domainsIn(given.search_domain_filter as string | undefined),
          language: languageIn(query),
          location: given.location as 'cn' | 'us' | undefined,
          size: given.content_size as 'medium' | 'high',
        }),
      )
      if (!found.ok) return found
      const intent = given.search_intent === true ? 'SEARCH_ALL' : 'SEARCH_ALWAYS'
      const value = {
        search_intent: [{ query, intent, keywords: query }],
        search_result: foundForm(found.value.value).map((one) => ({ ...one, images: [] })),
      }
      return { ok: true, value: { ...found.value, value } }
    })
    post(SERVICE_PATHS.web_reader, known.read, async (given, caller) => {
      const page = await serve(deps, caller, 'web_reader', () => reader.read(readWish(given)))
      return page.ok
        ? { ok: true, value: { ...page.value, value: { reader_result: readForm(page.value.value, given) } } }
        : page
    })
  })
}

async function answer(
  deps: ToolDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  known: Arguments,
  work: Work,
): Promise<FastifyReply> {
  reply.header('cache-control', 'no-store')
  const principal = await deps.identify(request.raw)
  if (isRefused(principal)) return refuse(deps, request, reply, principal)
  const sent = bodyOf(request.body)
  if (!sent) return refuse(deps, request, reply, { code: 'bad_body', why: 'it must be a JSON object' })
  const given = readArguments(known, sent)
  if (!given.ok) {
    const field = /`(\w+)`/.exec(given.no)?.[1] ?? ''
    const isMissing = sent[field] === undefined || sent[field] === ''
    return refuse(
      deps,
      request,
      reply,
      isMissing ? { code: 'missing_field', field } : { code: 'bad_field', field, why: given.no },
    )
  }
  const { headers } = request
  const language = languageOf(headers['accept-language'])
  const path = request.url.split('?')[0] ?? ''
  const done = await work(given.value, { principal, headers, address: request.ip, language, path, pays: 'balance' })
  if (!done.ok) return refuse(deps, request, reply, done.no)
  const { id, value } = done.value
  const requestId = typeof sent.request_id === 'string' ? sent.request_id : id
  const created = Math.floor(deps.clock.now() / 1000)
  return reply.header('x-request-id', id).send({ id, created, request_id: requestId, ...value })
}

function bodyOf(body: unknown): Readonly<Record<string, unknown>> | undefined {
  try {
    const sent: unknown = JSON.parse(String(body))
    return typeof sent === 'object' && sent !== null && !Array.isArray(sent) ? { ...sent } : undefined
  } catch {
    return undefined
  }
}

function refuse(deps: ToolDeps, request: FastifyRequest, reply: FastifyReply, refusal: Refusal): FastifyReply {
  const { status, code, text, detail, retryAfterSec } = word(refusal, deps.catalog.current().operator.zone)
  void reply.header('x-request-id', makeCallId(deps.clock.now()))
  void (retryAfterSec === undefined
    ? reply.header('x-should-retry', 'false')
    : reply.header('retry-after', retryAfterSec))
  const message = text[languageOf(request.headers['accept-language'])]
  return reply.code(status).send({ error: { code, message, ...(detail ? { detail } : {}) } })
}

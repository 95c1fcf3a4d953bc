import { JSONRPCMessageSchema, type JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

import { isRefused, type IdentifyRefusal } from '../../identity/index.ts'
import { languageOf, word } from '../../platform/index.ts'
import type { ToolDeps } from '../deps.ts'
import type { Caller } from '../serve.ts'
import { answerMessages } from './answer-messages.ts'
import { keyFromQuery } from './key-from-query.ts'
import { makeSessions, type Session } from './sessions.ts'
import type { McpServer } from './mcp-tool.ts'

/** An image of 5 MB is 7 MB as text, and two of them may be compared. */
const BODY_BYTES_MAX = 24 * 1_048_576
const MESSAGES_MAX = 50

/** The address of a separate broker that the balance pays: `/api/mcp-broker/proxy/web-search/mcp`. */
const BROKER = '/api/mcp-broker/proxy'

/** Streamable HTTP without sessions, and the older form of two addresses (SSE). */
export function registerMcp(fastify: FastifyInstance, deps: ToolDeps, servers: readonly McpServer[]): void {
  void fastify.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.schema = { hide: true }
    })
    scope.addHook('onRequest', async (request) => keyFromQuery(request.raw))
    scope.removeAllContentTypeParsers()
    // Whatever a client calls it: what counts is whether it is JSON.
    scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: BODY_BYTES_MAX }, (_, body, done) =>
      done(null, body),
    )
    const sessions = makeSessions(deps)
    scope.addHook('onClose', async () => sessions.close())
    for (const server of servers) {
      for (const name of server.paths) {
        register(scope, deps, sessions, server, `/api/mcp/${name}`, 'plan')
        if (server.service !== 'vision') register(scope, deps, sessions, server, `${BROKER}/${name}`, 'balance')
      }
    }
  })
}

function register(
  scope: FastifyInstance,
  deps: ToolDeps,
  sessions: ReturnType<typeof makeSessions>,
  server: McpServer,
  base: string,
  pays: Caller['pays'],
): void {
  const asked = async (request: FastifyRequest, reply: FastifyReply): Promise<Caller | undefined> => {
    reply.header('cache-control', 'no-store')
    const principal = await deps.identify(request.raw)
    if (isRefused(principal)) return void refuse(request, reply, principal)
    const { headers } = request
    const language = languageOf(headers['accept-language'])
    const path = request.url.split('?')[0] ?? ''
    return { principal, headers, address: request.ip, language, path, pays }
  }
  const zone = (): string => deps.catalog.current().operator.zone

  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const caller = await asked(request, reply)
    if (!caller) return reply
    const messages = readMessages(request.body)
    if (!messages) return reply.code(400).send(UNREADABLE)
    const answers = await answerMessages(server, caller, messages, zone())
    if (answers.length === 0) return reply.code(202).send()
    const isBatch = String(request.body).trimStart().startsWith('[')
    const text = JSON.stringify(isBatch ? answers : answers[0])
    const { accept = '' } = request.headers
    const wantsStream = accept.includes('text/event-stream') && !/application\/json|\*\/\*/.test(accept)
    if (wantsStream) return reply.type('text/event-stream').send(`event: message\ndata: ${text}\n\n`)
    return reply.type('application/json').send(text)
  }
  // Some set-ups end in a slash.
  scope.post(`${base}/mcp`, answer)
  scope.post(`${base}/mcp/`, answer)
  // Without sessions there is nothing to listen to, and nothing to end.
  scope.route({
    method: ['GET', 'DELETE'],
    url: `${base}/mcp`,
    handler: (_, reply) => reply.code(405).header('allow', 'POST').send(NO_STREAM),
  })

  scope.get(`${base}/sse`, async (request, reply) => {
    const caller = await asked(request, reply)
    if (!caller) return reply
    const opened = sessions.open(caller, server, `${base}/messages`, reply)
    return opened ?? reply.code(429).header('retry-after', '30').send(TOO_MANY)
  })
  scope.post<{ Querystring: { session_id?: string } }>(`${base}/messages`, async (request, reply) => {
    const session = sessions.find(request.query.session_id ?? '', server)
    if (!session) return reply.code(404).send('Session not found')
    // The session was opened with a key: a revoked one ends it.
    request.raw.headers.authorization ??= session.caller.headers.authorization
    const caller = await asked(request, reply)
    if (!caller) return reply
    if (caller.principal.memberId !== session.caller.principal.memberId)
      return reply.code(404).send('Session not found')
    const messages = readMessages(request.body)
    if (!messages) return reply.code(400).send(UNREADABLE)
    answerOn(session, answerMessages(server, caller, messages, zone())).catch((error: unknown) =>
      deps.log.error({ err: error, path: caller.path }, 'messages of a tool could not be answered'),
    )
    return reply.code(202).send('Accepted')
  })
}

async function answerOn(session: Session, coming: ReturnType<typeof answerMessages>): Promise<void> {
  for (const answer of await coming) session.send(answer)
}

function readMessages(body: unknown): readonly JSONRPCMessage[] | undefined {
  try {
    const sent: unknown = JSON.parse(String(body))
    const list = Array.isArray(sent) ? sent : [sent]
    if (list.length === 0 || list.length > MESSAGES_MAX) return undefined
    return list.map((message) => JSONRPCMessageSchema.parse(message))
  } catch {
    return undefined
  }
}

const rpcError = (code: number, message: string) => ({ jsonrpc: '2.0', id: null, error: { code, message } })
const UNREADABLE = rpcError(-32_700, 'Parse error: the body is no JSON-RPC message')
const NO_STREAM = rpcError(-32_000, 'Method not allowed: this server keeps no session, send messages by POST')
const TOO_MANY = rpcError(-429, 'Too many streams are open')

/** Numeric codes in an envelope without `error`, as clients of the plan know them from these paths (wire contract §1.1). */
function refuse(request: FastifyRequest, reply: FastifyReply, refusal: IdentifyRefusal): void {
  const { status, code, text, retryAfterSec } = word(refusal, '')
  if (retryAfterSec !== undefined) reply.header('retry-after', retryAfterSec)
  const msg = text[languageOf(request.headers['accept-language'])]
  void reply.code(status).send({ code: refusal.code === 'bad_key' ? 1000 : Number(code), msg, success: false })
}

import { randomUUID } from 'node:crypto'

import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js'
import type { FastifyReply } from 'fastify'

import type { ToolDeps } from '../deps.ts'
import type { Caller } from '../serve.ts'
import type { McpServer } from './mcp-tool.ts'

/** A stream of the older form: answers to what arrives at its second address go out here. It has no allowance of its own. */
export interface Session {
  readonly caller: Caller
  send(message: JSONRPCMessage): void
}

const OPEN_MAX = 2_000
const OPEN_OF_MEMBER_MAX = 20
/** Proxies cut what is silent for a minute. */
const PING_EVERY_MS = 25_000

/** The streams of this node: with several nodes, a proxy must lead both addresses of a session to the same one. */
export function makeSessions({ log }: Pick<ToolDeps, 'log'>) {
  const open = new Map<string, Session & { readonly server: McpServer; ping(): void; end(): void }>()
  const pings = setInterval(() => {
    for (const session of open.values()) session.ping()
  }, PING_EVERY_MS).unref()
  return {
    open: (caller: Caller, server: McpServer, messages: string, reply: FastifyReply): FastifyReply | undefined => {
      const { memberId } = caller.principal
      const own = [...open.values()].filter((other) => other.caller.principal.memberId === memberId).length
      if (open.size >= OPEN_MAX || own >= OPEN_OF_MEMBER_MAX) return undefined
      const id = randomUUID()
      reply.hijack()
      const res = reply.raw
      res.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-cache, no-transform',
        'x-accel-buffering': 'no',
      })
      const write = (event: string, data: string): void => void res.write(`event: ${event}\ndata: ${data}\n\n`)
      write('endpoint', `${messages}?session_id=${id}`)
      open.set(id, {
        caller,
        server,
        send: (message) => write('message', JSON.stringify(message)),
        ping: () => void res.write(': still there\n\n'),
        end: () => void res.end(),
      })
      res.once('close', () => open.delete(id))
      res.once('error', (error) => log.debug({ err: error }, 'a stream of a tool broke'))
      return reply
    },
    find: (id: string, server: McpServer): Session | undefined => {
      const session = open.get(id)
      return session?.server === server ? session : undefined
    },
    close: (): void => {
      clearInterval(pings)
      for (const session of open.values()) session.end()
    },
  }
}

import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import {
  CallToolRequestSchema,
  CancelledNotificationSchema,
  isJSONRPCRequest,
  ListToolsRequestSchema,
  type CallToolResult,
  type JSONRPCMessage,
} from '@modelcontextprotocol/sdk/types.js'

import { word, type Refusal } from '../../platform/index.ts'
import type { Caller } from '../serve.ts'
import { readArguments, schemaOf } from './arguments.ts'
import type { McpServer, Said } from './mcp-tool.ts'

const VERSION = '0.1.0'

/**
 * Answers the messages of one request by the official SDK. Nothing is kept between two requests: whoever reconnects is the same
 * member with the same allowance (F85), and any node can answer.
 */
export async function answerMessages(
  mcp: McpServer,
  caller: Caller,
  messages: readonly JSONRPCMessage[],
  zone: string,
): Promise<readonly JSONRPCMessage[]> {
  const open = new Set(messages.filter(isJSONRPCRequest).map(({ id }) => id))
  const answers: JSONRPCMessage[] = []
  const answered = Promise.withResolvers<void>()
  const done = (): void => {
    if (open.size === 0) answered.resolve()
  }
  const transport: Transport = {
    start: async () => undefined,
    close: async () => undefined,
    send: async (message) => {
      answers.push(message)
      if ('id' in message && message.id !== undefined) open.delete(message.id)
      done()
    },
  }
  const server = serverFor(mcp, caller, zone)
  await server.connect(transport)
  for (const message of messages) {
    transport.onmessage?.(message)
    // A batch has no order: the SDK does not answer what the same one cancels, before or after, so nothing is waited for.
    const cancelled = CancelledNotificationSchema.safeParse(message).data?.params.requestId
    if (cancelled !== undefined) open.delete(cancelled)
  }
  done()
  await answered.promise
  await server.close()
  return answers
}

function serverFor(mcp: McpServer, caller: Caller, zone: string): Server {
  const server = new Server(
    { name: mcp.name, version: VERSION },
    { capabilities: { tools: {}, logging: {} }, instructions: mcp.instructions },
  )
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: mcp.tools.map(({ name, title, description, arguments: known }) => ({
      name,
      title,
      description,
      inputSchema: schemaOf(known),
      annotations: { readOnlyHint: true, openWorldHint: true },
    })),
  }))
  server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
    const tool = mcp.tools.find(({ name, otherNames = [] }) => [name, ...otherNames].includes(params.name))
    if (!tool) return said(`There is no tool ${params.name} here: ${mcp.tools.map(({ name }) => name).join(', ')}`)
    const given = readArguments(tool.arguments, params.arguments ?? {})
    if (!given.ok) return said(given.no)
    const done = await tool.run(given.value, caller)
    if (done.ok) return { content: [{ type: 'text', text: done.value }] }
    const { status, code, message, detail } = saidOf(done.no, caller, zone)
    // What lies with the arguments is told to the model, which can mend it; all else to the client (wire contract §3.4).
    if (status === 400) return said(message)
    const envelope = JSON.stringify({ error: { code, message } })
    throw Object.assign(new Error(envelope), { code: status >= 500 ? -500 : -429, data: detail })
  })
  return server
}

const isSaid = (refusal: Refusal | Said): refusal is Said => STATUS_CODE.test(refusal.code) || refusal.code === ''
/** Business codes are digits; ours are words. */
const STATUS_CODE = /^\d+$/

function saidOf(refusal: Refusal | Said, { language }: Caller, zone: string): Said {
  if (isSaid(refusal)) return refusal
  const { status, code, text, detail } = word(refusal, zone)
  return { status, code, message: text[language], ...(detail ? { detail } : {}) }
}

const said = (text: string): CallToolResult => ({ isError: true, content: [{ type: 'text', text }] })

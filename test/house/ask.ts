import { request, type Agent, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'

export type Wire = 'anthropic' | 'openai' | 'responses'

/** The dialects of upstreams, which clients speak too; and all wires of clients, with the bases under which the plan serves them. */
export const WIRES: readonly Wire[] = ['anthropic', 'openai']
export const CLIENT_WIRES: readonly Wire[] = [...WIRES, 'responses']
export const BASE: Readonly<Record<Wire, string>> = {
  anthropic: '/api/anthropic',
  openai: '/api/coding/paas/v4',
  responses: '/api/v1',
}
export const CALL: Readonly<Record<Wire, string>> = {
  anthropic: `${BASE.anthropic}/v1/messages`,
  openai: `${BASE.openai}/chat/completions`,
  responses: `${BASE.responses}/responses`,
}

/** A coding tool that the default catalog knows: plans serve no others. */
const TOOL_AGENT = 'claude-cli/2.1.330 (external, cli)'

/** One model call as a client makes it. */
export interface Question {
  readonly wire?: Wire
  readonly model?: string
  readonly text: string
  readonly stream?: boolean
  readonly headers?: Readonly<Record<string, string>>
  readonly agent?: Agent
  /** Another address than the plan's for this wire. */
  readonly path?: string
  /** Further fields of the body. */
  readonly fields?: Readonly<Record<string, unknown>>
}

export interface Heard {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** The request id that the server gave; it is also the id of the call. */
  readonly id: string
}

/** The parts of an error body that both dialects have. */
export interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string; readonly type?: string }
  readonly type?: string
  readonly request_id?: string
}

export const errorOf = (heard: Heard): ErrorBody['error'] => (JSON.parse(heard.text) as ErrorBody).error

/** Asks as a plain client does: no session mark, so every distinct text is a question of its own. */
export function ask(url: string, key: string, question: Question): Promise<Heard> {
  const { call, headers, body } = writeQuestion(key, question)
  return send(url + call, { method: 'POST', headers, body, agent: question.agent })
}

/** Begins a call and answers as soon as the head of its answer is there; the caller reads or hangs up. */
export function begin(url: string, key: string, question: Question): Promise<IncomingMessage> {
  const { call, headers, body } = writeQuestion(key, question)
  return new Promise((resolve, reject) => {
    const req = request(url + call, { method: 'POST', headers, agent: question.agent ?? false }, resolve)
    req.on('error', reject)
    req.end(body)
  })
}

/** Begins a call that the caller can hang up before any answer. */
export function beginUnheard(url: string, key: string, question: Question): { hangUp(): void } {
  const { call, headers, body } = writeQuestion(key, question)
  const req = request(url + call, { method: 'POST', headers, agent: question.agent ?? false })
  req.on('error', () => undefined)
  req.end(body)
  return { hangUp: () => void req.destroy() }
}

export function writeQuestion(key: string, question: Question) {
  const { wire = 'anthropic', model = 'glm-4.7', text, stream = false } = question
  const said =
    wire === 'responses'
      ? { max_output_tokens: 1000, input: text }
      : { max_tokens: 1000, messages: [{ role: 'user', content: text }] }
  const body = JSON.stringify({ model, stream, ...said, ...question.fields })
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${key}`,
    'user-agent': TOOL_AGENT,
    ...question.headers,
  }
  return { call: question.path ?? CALL[wire], headers, body }
}

export interface Sent {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  readonly agent?: Agent | undefined
}

export async function send(url: string, how: Sent): Promise<Heard> {
  const { method = 'GET', headers = {}, body, agent } = how
  const res = await new Promise<IncomingMessage>((resolve, reject) => {
    const req = request(
      url,
      { method, headers: { 'user-agent': TOOL_AGENT, ...headers }, agent: agent ?? false },
      resolve,
    )
    req.on('error', reject)
    req.end(body)
  })
  const id = String(res.headers['x-request-id'] ?? '')
  return { status: res.statusCode ?? 0, headers: res.headers, text: await readAll(res), id }
}

export async function readAll(res: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of res as AsyncIterable<Buffer>) parts.push(part)
  return Buffer.concat(parts).toString('utf8')
}

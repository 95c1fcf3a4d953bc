import { randomUUID } from 'node:crypto'
import type { Agent, IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { anthropicTool } from './anthropic-tool.ts'
import type { Dialect } from './ask.ts'
import { EventStream } from './event-stream.ts'
import type { JsonObject } from './json.ts'
import { objectOf, textOf } from './json.ts'
import { openaiTool } from './openai-tool.ts'
import { post, readText } from './post.ts'
import { carryOut } from './tool-hands.ts'
import type { Heard, ToolUsage, ToolWire } from './tool-wire.ts'

export type Conversation = readonly JsonObject[]

export interface ToolOptions {
  /** The base URL as a person would set it in the tool; the wire's own path is added. */
  readonly base: string
  readonly key: string
  readonly dialect: Dialect
  readonly model: string
  readonly prompt: string
  /** Tool calls that the task takes. */
  readonly steps?: number
  readonly sessionId?: string
  /** Go on from an earlier run: the next question of the same person. */
  readonly conversation?: Conversation
  readonly hangUpAfterEvents?: number
  readonly userAgent?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly agent?: Agent
  /** Tries after a 429, a 5xx or a lost connection; none by default. */
  readonly retries?: number
  /** Instead of what `retry-after` says. */
  readonly retryDelayMs?: number
  readonly signal?: AbortSignal
}

export interface ToolRun {
  /** Of the last answer; 0 when there was none. */
  readonly status: number
  /** Requests made, tries included. */
  readonly calls: number
  readonly text: string
  readonly files: ReadonlyMap<string, string>
  /** Summed over all answers. */
  readonly usage: Readonly<ToolUsage>
  readonly headers: IncomingHttpHeaders
  readonly conversation: Conversation
  readonly error?: string
}

interface Attempt {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly heard: Heard
}

const mostTurns = 500
const wires: Readonly<Record<Dialect, ToolWire>> = { anthropic: anthropicTool, openai: openaiTool }

/** A coding tool that asks, does what it is told in memory, and goes on until nothing more is asked of it. */
export async function runTool(options: ToolOptions): Promise<ToolRun> {
  const wire = wires[options.dialect]
  const sessionId = options.sessionId ?? randomUUID()
  const earlier = options.conversation ?? []
  const prompt = options.steps === undefined ? options.prompt : `${options.prompt} [[steps=${options.steps}]]`
  const messages = [...earlier, ...wire.opening(prompt, earlier.length === 0)]
  const files = new Map<string, string>()
  const usage: ToolUsage = { inputTokens: 0, cachedTokens: 0, outputTokens: 0 }
  let calls = 0
  let last: Attempt | undefined
  for (let turn = 0; turn < mostTurns; turn++) {
    const asked = await ask(options, wire, sessionId, messages)
    calls += asked.tries
    last = asked.attempt
    const { heard } = last
    addUsage(usage, heard.usage)
    if (heard.error !== undefined) break
    messages.push(wire.said(heard))
    if (heard.calls.length === 0) break
    messages.push(
      ...wire.results(
        heard.calls,
        heard.calls.map((call) => carryOut(call, files)),
      ),
    )
  }
  const error = last?.heard.error
  return {
    status: last?.status ?? 0,
    calls,
    text: last?.heard.text ?? '',
    files,
    usage,
    headers: last?.headers ?? {},
    conversation: messages,
    ...(error === undefined ? {} : { error }),
  }
}

async function ask(
  options: ToolOptions,
  wire: ToolWire,
  sessionId: string,
  messages: Conversation,
): Promise<{ attempt: Attempt; tries: number }> {
  for (let tries = 1; ; tries++) {
    const attempt = await attemptOnce(options, wire, sessionId, messages)
    if (!mayRetry(attempt) || tries > (options.retries ?? 0) || options.signal?.aborted) return { attempt, tries }
    await setTimeout(options.retryDelayMs ?? 1000 * Number(attempt.headers['retry-after'] ?? 0.5))
  }
}

function mayRetry({ status, headers, heard }: Attempt): boolean {
  if (heard.error === undefined || heard.error === hungUp || headers['x-should-retry'] === 'false') return false
  return status === 0 || status === 200 || status === 429 || status >= 500
}

const hungUp = 'hung up'

async function attemptOnce(
  options: ToolOptions,
  wire: ToolWire,
  sessionId: string,
  messages: Conversation,
): Promise<Attempt> {
  const heard = nothingYet()
  const caller = { key: options.key, model: options.model, sessionId, userAgent: options.userAgent }
  let res: IncomingMessage | undefined
  try {
    res = await post({
      url: options.base.replace(/\/$/, '') + wire.path,
      headers: { ...wire.headers(caller), ...options.headers },
      body: JSON.stringify(wire.request(caller, messages)),
      agent: options.agent,
      signal: options.signal,
    })
    if (res.statusCode === 200) await listen(res, wire, heard, options.hangUpAfterEvents)
    else heard.error = refusal(await readText(res))
  } catch (error) {
    heard.error ??= error instanceof Error ? error.message : String(error)
  }
  return { status: res?.statusCode ?? 0, headers: res?.headers ?? {}, heard }
}

async function listen(res: IncomingMessage, wire: ToolWire, heard: Heard, hangUpAfter = Infinity): Promise<void> {
  const stream = new EventStream()
  let events = 0
  for await (const bytes of res as AsyncIterable<Buffer>) {
    for (const event of stream.feed(bytes)) {
      wire.hear(heard, event)
      if (++events >= hangUpAfter) {
        heard.error = hungUp
        res.destroy()
        return
      }
    }
  }
  if (!heard.ended) heard.error ??= 'the stream ended early'
}

function refusal(body: string): string {
  try {
    const { error, msg } = objectOf(JSON.parse(body))
    return textOf(objectOf(error).message) || textOf(msg) || body
  } catch {
    return body
  }
}

function nothingYet(): Heard {
  return {
    thinking: '',
    signature: '',
    text: '',
    calls: [],
    usage: { inputTokens: 0, cachedTokens: 0, outputTokens: 0 },
    ended: false,
    error: undefined,
  }
}

function addUsage(sum: ToolUsage, usage: ToolUsage): void {
  sum.inputTokens += usage.inputTokens
  sum.cachedTokens += usage.cachedTokens
  sum.outputTokens += usage.outputTokens
}

import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Answer, compose } from './answer.ts'
import { answerHead, type AnswerHead } from './answer-head.ts'
import { messagesError, messagesErrorEvent, messagesEvents, messagesWhole } from './anthropic-answer.ts'
import type { Ask, Dialect } from './ask.ts'
import type { OpenCall } from './call-log.ts'
import { readChatAsk } from './chat-ask.ts'
import { type Faults, parseFaults, readDirectives } from './directives.ts'
import { embeddingsOf, embeddingsProblem, type Problem } from './embeddings.ts'
import type { JsonObject } from './json.ts'
import { readMessagesAsk } from './messages-ask.ts'
import { chatError, chatErrorEvent, chatEvents, chatWhole } from './openai-answer.ts'
import { pause, send, untilGone } from './pace.ts'
import { PrefixCache } from './prompt-count.ts'
import { asksForTitle, reply } from './script.ts'
import { half, spoil } from './spoil.ts'
import { type Standing, standingOf } from './standing.ts'
import { chatProblem } from './strict-chat.ts'
import { messagesProblem } from './strict-messages.ts'

/** Faults for calls that bring none of their own: fixed, or chosen call by call. */
export type FaultScript = string | ((call: { order: number; model: string; path: string }) => string)

export interface EngineOptions {
  readonly seed: number
  readonly strict: boolean
  readonly models: readonly string[] | undefined
  readonly faults: () => FaultScript
}

const rememberedPrompts = 1000

/** The simulated inference engine: answers one call at a time, remembers prefixes and spent faults. */
export class Engine {
  readonly #options: EngineOptions
  readonly #prefixes = new PrefixCache()
  readonly #faultyCalls = new Map<string, number>()

  constructor(options: EngineOptions) {
    this.#options = options
  }

  countTokens(body: JsonObject): number {
    return this.#prefixes.count(readMessagesAsk(body)).prompt
  }

  async answer(req: IncomingMessage, res: ServerResponse, body: JsonObject, call: OpenCall, gone: AbortSignal) {
    const problem = this.#problem(call.dialect, body)
    if (problem) {
      call.refused = problem.message
      return refuse(res, call, problem.status, problem.message)
    }
    const ask = call.dialect === 'openai' ? readChatAsk(body) : readMessagesAsk(body)
    const standing = standingOf(ask)
    Object.assign(call, { model: ask.model, stream: ask.stream, prompt: standing.prompt })
    let faults: Faults
    try {
      faults = this.#faults(req, call, ask, standing)
    } catch (error) {
      return refuse(res, call, 400, error instanceof Error ? error.message : String(error))
    }
    if (await this.#isOver(res, call, faults, gone)) return undefined
    const answer = compose(
      ask,
      reply(ask, standing, readDirectives(standing.prompt)),
      faults,
      this.#prefixes.count(ask),
    )
    call.spent = answer.spent
    const head = answerHead(this.#options.seed, call.order, ask.model, call.startedAtMs)
    if (ask.stream) return stream(res, call, ask, head, answer, faults, gone)
    const { dialect } = call
    const made = dialect === 'openai' ? chatWhole(head, answer, faults) : messagesWhole(head, answer, faults)
    return whole(res, call, made, faults, gone)
  }

  async embed(req: IncomingMessage, res: ServerResponse, body: JsonObject, call: OpenCall, gone: AbortSignal) {
    const problem = this.#modelProblem(body) ?? embeddingsProblem(body)
    if (problem) {
      call.refused = problem.message
      return refuse(res, call, problem.status, problem.message)
    }
    Object.assign(call, { model: body.model })
    const asked = readDirectives(JSON.stringify(body.input)).faults
    const faults = parseFaults([this.#outerFaults(req, call), asked].join(','))
    if (await this.#isOver(res, call, faults, gone)) return undefined
    return whole(res, call, embeddingsOf(body, faults), faults, gone)
  }

  /** What goes wrong before an answer. */
  async #isOver(res: ServerResponse, call: OpenCall, faults: Faults, gone: AbortSignal): Promise<boolean> {
    await pause(faults.lateMs ?? 0, gone)
    if (faults.never) await untilGone(gone)
    if (gone.aborted) return true
    if (faults.full) refuse(res, call, 400, 'The prompt is longer than the maximum context length of this model.')
    else if (faults.status) {
      refuse(res, call, faults.status, 'The sandbox refuses this call on request.', faults.retryAfterS)
    } else return false
    return true
  }

  #modelProblem(body: JsonObject): Problem | undefined {
    const { models } = this.#options
    if (typeof body.model !== 'string' || body.model === '') return { status: 400, message: 'model: Field required' }
    if (models && !models.includes(body.model)) return { status: 404, message: `model '${body.model}' does not exist` }
    return undefined
  }

  #problem(dialect: Dialect, body: JsonObject): Problem | undefined {
    const { strict } = this.#options
    const unknown = this.#modelProblem(body)
    if (unknown) return unknown
    if (!Array.isArray(body.messages) || body.messages.length === 0) {
      return { status: 400, message: 'messages: at least one message is required' }
    }
    const problem = !strict ? undefined : dialect === 'openai' ? chatProblem(body) : messagesProblem(body)
    return problem === undefined ? undefined : { status: 400, message: problem }
  }

  /** What the prompt asks for goes before what the header asks for, and that before the engine's own. */
  #faults(req: IncomingMessage, call: OpenCall, ask: Ask, standing: Standing): Faults {
    const directives = readDirectives(standing.prompt)
    // A title is asked for with the prompt's words in it; its directives are meant for the answer, not for the title.
    const meant = directives.faults !== '' && !asksForTitle(ask) && this.#isDue(standing.prompt, directives.times)
    return parseFaults([this.#outerFaults(req, call), meant ? directives.faults : ''].join(','))
  }

  #outerFaults(req: IncomingMessage, call: OpenCall): string {
    const script = this.#options.faults()
    const own = typeof script === 'string' ? script : script(call)
    return [own, req.headers['x-sandbox-fault']].join(',')
  }

  #isDue(prompt: string, times: number): boolean {
    if (times === Number.POSITIVE_INFINITY) return true
    const before = this.#faultyCalls.get(prompt) ?? 0
    this.#faultyCalls.set(prompt, before + 1)
    const [oldest] = this.#faultyCalls.keys()
    if (this.#faultyCalls.size > rememberedPrompts && oldest !== undefined) this.#faultyCalls.delete(oldest)
    return before < times
  }
}

async function stream(
  res: ServerResponse,
  call: OpenCall,
  ask: Ask,
  head: AnswerHead,
  answer: Answer,
  faults: Faults,
  gone: AbortSignal,
): Promise<void> {
  const openai = ask.dialect === 'openai'
  const events = (under: AnswerHead) =>
    openai ? chatEvents(under, answer, faults, ask.wantsUsage) : messagesEvents(under, answer, faults)
  call.status = 200
  res.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', ...ids(call) })
  res.flushHeaders()
  if (faults.silent) return untilGone(gone)
  const spoiled = spoil(
    {
      events: events(head),
      again: () => events({ ...head, id: head.id.split('').toReversed().join('') }),
      errorEvent: openai ? chatErrorEvent() : messagesErrorEvent(requestId(call)),
    },
    faults,
  )
  await send(res, spoiled, faults, gone, call)
}

async function whole(
  res: ServerResponse,
  call: OpenCall,
  answer: JsonObject,
  faults: Faults,
  gone: AbortSignal,
): Promise<void> {
  if (faults.errorAfter !== undefined) return refuse(res, call, 500, 'The sandbox engine failed on request.')
  const json = JSON.stringify(answer)
  const body = faults.garbageAfter === undefined && !faults.restart ? json : `${half(json)}<html>not JSON</html>`
  call.status = 200
  res.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...ids(call) })
  if (faults.silent) {
    res.flushHeaders()
    return untilGone(gone)
  }
  // The content-length is already promised: what is cut off here is missed by the reader.
  const pieces = faults.cutAfter === undefined ? [body] : [half(body), body]
  const { splitBytes, cutAfter } = faults
  const transport = { ...(splitBytes ? { splitBytes } : {}), ...(cutAfter === undefined ? {} : { cutAfter: 1 }) }
  await send(res, pieces, transport, gone, call)
}

export function refuse(res: ServerResponse, call: OpenCall, status: number, message: string, retryAfterS?: number) {
  const error = call.dialect === 'openai' ? chatError(status, message) : messagesError(status, message, requestId(call))
  call.status = status
  call.finished = true
  res.writeHead(status, {
    'content-type': 'application/json',
    ...(retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) }),
    ...ids(call),
  })
  res.end(JSON.stringify(error))
}

function ids(call: OpenCall): Record<string, string> {
  return { [call.dialect === 'openai' ? 'x-request-id' : 'request-id']: requestId(call) }
}

function requestId(call: OpenCall): string {
  return `req_sandbox_${call.order}`
}

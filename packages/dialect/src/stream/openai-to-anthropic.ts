import { asList, asObject, asText, parseObject } from '../json.ts'
import { fromLatin1, literalOf, toLatin1 } from '../latin1.ts'
import { SseSplitter } from '../sse.ts'
import { stopReasonToAnthropic, stopStringOf } from '../stop-reason.ts'
import { markSignature } from '../thinking.ts'
import { usageFromOpenAI, usageToAnthropic } from '../usage.ts'
import { AnthropicBlocks, event } from './anthropic-blocks.ts'
import { LearnedShape } from './learned-shape.ts'
import { callIndex, callPiece } from './openai-call.ts'
import { errorOf, firstChoice, isAnother, learnFrom, reasoningOf } from './openai-chunk.ts'
import { BROKEN_CHUNK, ENDED_EARLY, EVENT_TOO_LONG } from './stream.ts'
import type { JsonObject } from '../json.ts'
import type { Usage } from '../usage.ts'
import type { DeltaKind } from './openai-chunk.ts'
import type { ClientStream, StreamEnd, StreamOptions } from './stream.ts'

/** Chat completion chunks in, Messages events out. */
export class OpenAIToAnthropic implements ClientStream {
  readonly #options: StreamOptions
  readonly #sse = new SseSplitter()
  readonly #shape = new LearnedShape<DeltaKind>()
  readonly #blocks: AnthropicBlocks
  #usage: Usage | undefined
  #end: StreamEnd = { finished: false }
  #started = false
  #ended = false
  #stopString: string | undefined
  #upstreamId: string | undefined
  #lastCall = -1

  constructor(options: StreamOptions) {
    this.#options = options
    const signature = literalOf(markSignature(options.servedModel, undefined), true)
    this.#blocks = new AnthropicBlocks(signature, literalOf(`toolu_${options.id}_`, true))
  }

  push(text: string): string {
    if (this.#ended) return ''
    this.#sse.feed(text)
    this.#drain()
    return this.#take()
  }

  end(): string {
    if (!this.#ended) {
      this.#sse.finish()
      this.#drain()
    }
    if (!this.#ended) this.#broken(ENDED_EARLY)
    return this.#take()
  }

  usage(): Usage | undefined {
    return this.#usage
  }

  outputBytes(): number {
    return this.#blocks.outputBytes
  }

  state(): StreamEnd {
    return this.#end
  }

  #take(): string {
    const out = this.#blocks.out
    this.#blocks.out = ''
    return out
  }

  #drain(): void {
    while (!this.#ended) {
      const found = this.#shape.next(this.#sse)
      if (found === undefined) break
      if (found === 'piece') this.#piece()
      else this.#event(this.#sse.data)
    }
    if (this.#sse.fault && !this.#ended) this.#broken(EVENT_TOO_LONG)
  }

  #piece(): void {
    const { kind, index, literal } = this.#shape
    if (kind === 'text') this.#blocks.text(literal)
    else if (kind === 'thinking') this.#blocks.thinking(literal)
    else this.#blocks.call(index, '', '', literal)
  }

  #event(data: string): void {
    const trimmed = data.trim()
    if (trimmed === '') return
    if (trimmed === '[DONE]') {
      this.#done()
      return
    }
    const parsed = parseObject(trimmed)
    // What follows a chunk that was cut is of a new completion: an end, not garbage.
    if (!parsed) this.#broken(BROKEN_CHUNK)
    else this.#chunk(parsed.value, parsed.wide)
  }

  #chunk(chunk: JsonObject, wide: boolean): void {
    const error = errorOf(chunk)
    if (error) {
      this.#fail(error.type, wide ? error.message : fromLatin1(error.message))
      return
    }
    if (isAnother(chunk, this.#upstreamId)) return this.#broken(BROKEN_CHUNK)
    this.#upstreamId ||= asText(chunk['id'])
    this.#start()
    const choice = firstChoice(chunk)
    const usage = usageFromOpenAI(chunk['usage'])
    if (usage) this.#usage = usage
    if (choice && !this.#end.finished) {
      learnFrom(this.#shape, this.#sse, chunk)
      this.#delta(asObject(choice['delta']) ?? {}, wide)
      const reason = asText(choice['finish_reason'])
      if (reason) this.#finish(reason, choice, wide)
    }
    if (usage && this.#end.finished && !this.#ended) this.#complete()
  }

  #delta(delta: JsonObject, wide: boolean): void {
    const reasoning = reasoningOf(delta)
    if (reasoning) this.#blocks.thinking(literalOf(reasoning, wide))
    const content = asText(delta['content'])
    if (content) this.#blocks.text(literalOf(content, wide))
    for (const value of asList(delta['tool_calls']) ?? []) {
      const call = asObject(value)
      if (!call) continue
      this.#lastCall = callIndex(call, this.#lastCall)
      const piece = callPiece(call, wide)
      this.#blocks.call(this.#lastCall, piece.id, piece.name, piece.arguments)
    }
  }

  #finish(reason: string, choice: JsonObject, wide: boolean): void {
    this.#end = { finished: true, stopReason: reason }
    // What follows is no part of the answer.
    this.#shape.forget()
    if (reason === 'network_error') {
      this.#fail('api_error', ENDED_EARLY)
      return
    }
    const stopString = stopStringOf(choice)
    if (stopString) this.#stopString = literalOf(stopString, wide)
    this.#blocks.closeAll()
  }

  #done(): void {
    if (!this.#started) {
      this.#fail('api_error', ENDED_EARLY)
      return
    }
    if (!this.#end.finished) this.#end = { finished: true }
    this.#complete()
  }

  #start(): void {
    if (this.#started) return
    this.#started = true
    const usage = { ...usageToAnthropic(this.#guess()), output_tokens: 0 }
    const id = literalOf(`msg_${this.#options.id}`, true)
    const model = literalOf(this.#options.model, true)
    this.#blocks.out += event(
      'message_start',
      `"message":{"id":"${id}","type":"message","role":"assistant","model":"${model}","content":[],` +
        `"stop_reason":null,"stop_sequence":null,"usage":${JSON.stringify(usage)}}`,
    )
    this.#blocks.out += event('ping', '')
  }

  #complete(): void {
    this.#ended = true
    this.#blocks.closeAll()
    const usage = JSON.stringify(usageToAnthropic(this.#usage ?? this.#guess()))
    const stop =
      this.#stopString === undefined
        ? `"stop_reason":"${stopReasonToAnthropic(this.#end.stopReason ?? 'stop', this.#blocks.hasCalls)}","stop_sequence":null`
        : `"stop_reason":"stop_sequence","stop_sequence":"${this.#stopString}"`
    this.#blocks.out += event('message_delta', `"delta":{${stop}},"usage":${usage}`)
    this.#blocks.out += event('message_stop', '')
  }

  /** The message needs figures even where the upstream gives none: our estimate, and about 4 bytes a token. */
  #guess(): Usage {
    return {
      inputTokens: this.#options.inputTokensEstimate,
      cacheReadTokens: 0,
      cacheWrite5mTokens: 0,
      cacheWrite1hTokens: 0,
      outputTokens: Math.ceil(this.#blocks.outputBytes / 4),
      reasoningTokens: 0,
      suspect: false,
    }
  }

  /** After the finish reason the answer itself is complete: only usage or `[DONE]` is missing. */
  #broken(message: string): void {
    if (this.#end.finished) this.#complete()
    else this.#fail('api_error', message)
  }

  /** Open blocks stay open: a stop would tell the client that a cut tool call is whole. */
  #fail(type: string, message: string): void {
    this.#ended = true
    this.#end = { ...this.#end, error: { type, message } }
    const shown = toLatin1(JSON.stringify({ type: anthropicErrorType(type), message }))
    this.#blocks.out += event('error', `"error":${shown}`)
  }
}

/** The wire's own error types; every other word (a vendor's code) is `api_error`, but for the two that clients wait on. */
function anthropicErrorType(type: string): string {
  if (/^(?:429|1302|rate_limit\w*)$/.test(type)) return 'rate_limit_error'
  if (/^(?:503|529|1305|overloaded\w*)$/.test(type)) return 'overloaded_error'
  return 'api_error'
}

import { asList, asObject, asText, isPresent, parseObject } from '../json.ts'
import { asLatin1, fromLatin1, literalBytes, literalOf } from '../latin1.ts'
import { usageFromOpenAI } from '../usage.ts'
import { LearnedShape } from './learned-shape.ts'
import { DONE, OpenAIChunkWriter } from './openai-chunk-writer.ts'
import { callPiece } from './openai-call.ts'
import { errorOf, firstChoice, isAnother, learnFrom, reasoningOf } from './openai-chunk.ts'
import { PassedText } from './passed-text.ts'
import { BROKEN_CHUNK, ENDED_EARLY, EVENT_TOO_LONG } from './stream.ts'
import { ToolCallGatherer } from './tool-call-gatherer.ts'
import type { JsonObject } from '../json.ts'
import type { Usage } from '../usage.ts'
import type { DeltaKind } from './openai-chunk.ts'
import type { ClientStream, StreamEnd, StreamOptions } from './stream.ts'

const MODEL = /"model"\s*:\s*"((?:[^"\\]|\\.)*)"/

/** Chat completion chunks in and out: the same bytes, but for what the options ask. */
export class OpenAIPassthrough implements ClientStream {
  readonly #options: StreamOptions
  readonly #passed: PassedText
  readonly #shape = new LearnedShape<DeltaKind>()
  readonly #gatherer: ToolCallGatherer | undefined
  /** The model's name to put in, as a literal; undefined: leave it. */
  readonly #model: string | undefined
  /** What stands around the string of the learnt shape, and the same with the model's name put in. */
  #around = { before: '', after: '', newBefore: '', newAfter: '' }
  #usage: Usage | undefined
  #end: StreamEnd = { finished: false }
  #outputBytes = 0
  #upstreamId: string | undefined
  #ended = false

  constructor(options: StreamOptions) {
    this.#options = options
    this.#gatherer = options.wholeToolCalls ? new ToolCallGatherer(`call_${options.id}`) : undefined
    this.#model = options.model === options.upstreamModel ? undefined : literalOf(options.model, true)
    this.#passed = new PassedText(this.#shape, { onPiece: () => this.#piece(), onEvent: (data) => this.#event(data) })
  }

  push(text: string): string {
    if (this.#ended) return ''
    const out = this.#passed.push(text)
    return this.#passed.sse.fault ? out + this.#failure(EVENT_TOO_LONG) : out
  }

  end(): string {
    if (this.#ended) return ''
    const rest = this.#passed.finish()
    if (this.#ended) return rest
    if (!this.#end.finished && !this.#end.error) return rest + this.#failure(ENDED_EARLY)
    this.#ended = true
    return rest + this.#lastCalls() + DONE
  }

  usage(): Usage | undefined {
    return this.#usage
  }

  outputBytes(): number {
    return this.#outputBytes
  }

  state(): StreamEnd {
    return this.#end
  }

  #piece(): void {
    const { kind, index, literal } = this.#shape
    this.#outputBytes += literalBytes(literal)
    if (kind === 'arguments' && this.#gatherer) {
      this.#gatherer.addPiece(index, literal)
      this.#passed.replace('')
    } else if (this.#model !== undefined) {
      const { newBefore, newAfter } = this.#renamedAround()
      this.#passed.replace(newBefore + literal + newAfter)
    }
  }

  #event(data: string): boolean {
    const trimmed = data.trim()
    if (trimmed === '') return true
    if (trimmed === '[DONE]') return this.#done()
    const parsed = parseObject(trimmed)
    if (parsed) {
      this.#chunk(parsed.value, parsed.wide)
      return !this.#ended
    }
    // What follows a chunk that was cut is of a new completion: fail, do not pass garbage.
    this.#passed.replace(this.#failure(BROKEN_CHUNK))
    return false
  }

  #done(): boolean {
    if (!this.#end.error) this.#end = { ...this.#end, finished: true }
    this.#ended = true
    const calls = this.#lastCalls()
    if (calls !== '') this.#passed.replace(calls + this.#passed.raw())
    return false
  }

  /** Calls of an answer that ended without a finish reason; after an error they may be cut. */
  #lastCalls(): string {
    return this.#end.error ? '' : this.#calls(this.#gatherer?.takeAll())
  }

  #chunk(chunk: JsonObject, wide: boolean): void {
    if (isAnother(chunk, this.#upstreamId)) return this.#passed.replace(this.#failure(BROKEN_CHUNK))
    this.#upstreamId ||= asText(chunk['id'])
    const error = errorOf(chunk)
    if (error) {
      const message = wide ? error.message : fromLatin1(error.message)
      this.#end = { ...this.#end, finished: false, error: { ...error, message } }
      return
    }
    const usage = usageFromOpenAI(chunk['usage'])
    if (usage) this.#usage = usage
    const choice = firstChoice(chunk)
    if (!choice) {
      const bare = usage !== undefined && asList(chunk['choices'])?.length === 0
      if (bare && !this.#options.wantsUsage) this.#passed.replace('')
      else this.#rename()
      return
    }
    learnFrom(this.#shape, this.#passed.sse, chunk)
    const delta = asObject(choice['delta']) ?? {}
    this.#count(delta, wide)
    const reason = asText(choice['finish_reason'])
    if (reason) this.#finish(reason)
    if (this.#gatherer && (asList(delta['tool_calls']) || reason)) this.#gather(this.#gatherer, chunk, wide)
    else this.#rename()
  }

  #count(delta: JsonObject, wide: boolean): void {
    for (const text of [asText(delta['content']), reasoningOf(delta)]) {
      if (text) this.#outputBytes += literalBytes(literalOf(text, wide))
    }
    for (const value of asList(delta['tool_calls']) ?? []) {
      const call = asObject(value)
      if (call) this.#outputBytes += literalBytes(callPiece(call, wide).arguments)
    }
  }

  #finish(reason: string): void {
    this.#end = { finished: true, stopReason: reason }
    if (reason === 'network_error') this.#end.error = { type: 'api_error', message: ENDED_EARLY }
  }

  /** The chunk without its tool calls, whole calls in front of its finish reason. */
  #gather(gatherer: ToolCallGatherer, chunk: JsonObject, wide: boolean): void {
    const choice = firstChoice(chunk) ?? {}
    const delta = { ...asObject(choice['delta']) }
    const finishes = isPresent(choice['finish_reason'])
    gatherer.add(delta['tool_calls'], wide)
    const hadCalls = delta['tool_calls'] !== undefined
    delete delta['tool_calls']
    const calls = this.#calls(finishes ? gatherer.takeAll() : gatherer.takeWhole())
    if (!hadCalls) {
      if (calls === '') this.#rename()
      else this.#passed.replace(calls + this.#renamed(this.#passed.raw()))
      return
    }
    const says = Object.values(delta).some((value) => isPresent(value) && value !== '')
    const rest = { ...chunk, choices: [{ ...choice, delta }] }
    const kept =
      says || finishes || isPresent(chunk['usage']) ? `data: ${asLatin1(JSON.stringify(rest), wide)}\n\n` : ''
    const renamed = this.#renamed(kept)
    this.#passed.replace(finishes ? calls + renamed : renamed + calls)
  }

  #calls(lists: string[] | undefined): string {
    if (!lists || lists.length === 0) return ''
    const writer = this.#writer()
    return lists.map((list) => writer.delta(`"tool_calls":${list}`)).join('')
  }

  #rename(): void {
    if (this.#model === undefined) return
    const raw = this.#passed.raw()
    const renamed = this.#renamed(raw)
    if (renamed !== raw) this.#passed.replace(renamed)
  }

  #renamed(raw: string): string {
    if (this.#model === undefined) return raw
    const found = MODEL.exec(raw)
    if (!found) return raw
    return `${raw.slice(0, found.index)}"model":"${this.#model}"${raw.slice(found.index + found[0].length)}`
  }

  #renamedAround(): { readonly newBefore: string; readonly newAfter: string } {
    const { before, after } = this.#shape
    if (this.#around.before !== before || this.#around.after !== after) {
      const newBefore = this.#renamed(before)
      // The first of the name counts, as in any other event.
      this.#around = { before, after, newBefore, newAfter: newBefore === before ? this.#renamed(after) : after }
    }
    return this.#around
  }

  #failure(message: string): string {
    this.#ended = true
    // The answer itself was complete, only what follows it (usage, `[DONE]`) is broken.
    if (this.#end.finished) return this.#lastCalls() + DONE
    const told = this.#end.error !== undefined
    this.#end = { ...this.#end, finished: false, error: this.#end.error ?? { type: 'api_error', message } }
    return told ? DONE : this.#writer().finish('network_error') + DONE
  }

  #writer(): OpenAIChunkWriter {
    return new OpenAIChunkWriter(this.#upstreamId ?? this.#options.id, this.#options.createdSec, this.#options.model)
  }
}

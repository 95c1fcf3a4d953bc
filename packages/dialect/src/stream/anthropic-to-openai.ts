import { asObject, asText, parseObject } from '../json.ts'
import { fromLatin1, literalBytes, literalOf } from '../latin1.ts'
import { SseSplitter } from '../sse.ts'
import { stopReasonToOpenAI } from '../stop-reason.ts'
import { usageFromAnthropic, usageToOpenAI } from '../usage.ts'
import { eventError, indexOf, learnDelta, textDelta, typeOf } from './anthropic-event.ts'
import { LearnedShape } from './learned-shape.ts'
import { DONE, OpenAIChunkWriter, errorChunk } from './openai-chunk-writer.ts'
import { BROKEN_CHUNK, ENDED_EARLY, EVENT_TOO_LONG } from './stream.ts'
import type { JsonObject } from '../json.ts'
import type { Usage } from '../usage.ts'
import type { BlockDelta } from './anthropic-event.ts'
import type { ClientStream, StreamEnd, StreamOptions } from './stream.ts'

interface Call {
  /** Position among the tool calls, where Anthropic counts all blocks. */
  index: number
  /** Literals, latin1 form. */
  id: string
  name: string
  body: string
  /** `input` of the block's start: holds the arguments where the upstream sends no deltas. */
  input: string
}

/** Messages events in, chat completion chunks out. Signatures have no place on that wire and are left out. */
export class AnthropicToOpenAI implements ClientStream {
  readonly #options: StreamOptions
  readonly #sse = new SseSplitter()
  readonly #shape = new LearnedShape<BlockDelta>()
  readonly #writer: OpenAIChunkWriter
  #out = ''
  #usage: Usage | undefined
  #end: StreamEnd = { finished: false }
  #outputBytes = 0
  #roleSent = false
  #ended = false
  #callCount = 0
  #calls = new Map<number, Call>()

  constructor(options: StreamOptions) {
    this.#options = options
    this.#writer = new OpenAIChunkWriter(options.id, options.createdSec, options.model)
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
    if (!this.#ended) this.#fail(ENDED_EARLY)
    return this.#take()
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

  #take(): string {
    const out = this.#out
    this.#out = ''
    return out
  }

  #drain(): void {
    while (!this.#ended) {
      const found = this.#shape.next(this.#sse)
      if (found === undefined) break
      const { kind, index, literal } = this.#shape
      if (found === 'piece') this.#piece(kind as BlockDelta, index, literal)
      else this.#event(this.#sse.data)
    }
    if (this.#sse.fault && !this.#ended) this.#fail(EVENT_TOO_LONG)
  }

  #event(data: string): void {
    if (data.trim() === '') return
    const parsed = parseObject(data)
    if (parsed) this.#read(parsed.value, parsed.wide)
    else this.#fail(BROKEN_CHUNK)
  }

  #read(value: JsonObject, wide: boolean): void {
    switch (typeOf(value)) {
      case 'message_start':
        // A message that takes the place of the one before is not passed on.
        if (this.#roleSent) return this.#fail(BROKEN_CHUNK)
        this.#usage = usageFromAnthropic(asObject(value['message'])?.['usage'], this.#usage)
        this.#role()
        break
      case 'content_block_start':
        this.#blockStart(indexOf(value), asObject(value['content_block']) ?? {}, wide)
        break
      case 'content_block_delta': {
        const delta = textDelta(value)
        if (!delta || delta.text === '') break
        this.#piece(delta.kind, delta.index, literalOf(delta.text, wide))
        learnDelta(this.#shape, this.#sse, delta)
        break
      }
      case 'content_block_stop':
        this.#blockStop(indexOf(value))
        break
      case 'message_delta': {
        this.#usage = usageFromAnthropic(value['usage'], this.#usage)
        const reason = asText(asObject(value['delta'])?.['stop_reason'])
        if (reason) this.#end = { finished: true, stopReason: reason }
        break
      }
      case 'message_stop':
        this.#end = { ...this.#end, finished: true }
        this.#complete()
        break
      case 'error': {
        const error = eventError(value)
        const message = wide ? error.message : fromLatin1(error.message)
        this.#ended = true
        this.#end = { ...this.#end, finished: false, error: { type: error.type, message } }
        this.#out += errorChunk(error.code, message) + DONE
        break
      }
      default:
    }
  }

  #role(): void {
    if (this.#roleSent) return
    this.#roleSent = true
    this.#out += this.#writer.delta('"role":"assistant","content":""')
  }

  #blockStart(index: number, block: JsonObject, wide: boolean): void {
    this.#role()
    const type = block['type']
    if (type === 'text') this.#piece('text_delta', index, literalOf(asText(block['text']) ?? '', wide))
    if (type === 'thinking') this.#piece('thinking_delta', index, literalOf(asText(block['thinking']) ?? '', wide))
    if (type !== 'tool_use') return
    const input = asObject(block['input']) ?? {}
    const call: Call = {
      index: this.#callCount,
      id: literalOf(asText(block['id']) ?? `call_${this.#options.id}_${this.#callCount}`, wide),
      name: literalOf(asText(block['name']) ?? '', wide),
      body: '',
      input: literalOf(JSON.stringify(input), wide),
    }
    this.#callCount += 1
    this.#calls.set(index, call)
    if (!this.#options.wholeToolCalls) this.#out += this.#writer.delta(`"tool_calls":${firstDelta(call, '')}`)
  }

  #piece(kind: BlockDelta, index: number, literal: string): void {
    if (literal === '') return
    this.#outputBytes += literalBytes(literal)
    if (kind !== 'input_json_delta') {
      this.#role()
      this.#out += this.#writer.delta(`"${kind === 'text_delta' ? 'content' : 'reasoning_content'}":"${literal}"`)
      return
    }
    // Input of a server tool has no call of ours: it ran inside the upstream.
    const call = this.#calls.get(index)
    if (!call) return
    call.body += literal
    if (this.#options.wholeToolCalls) return
    this.#out += this.#writer.delta(`"tool_calls":[{"index":${call.index},"function":{"arguments":"${literal}"}}]`)
  }

  #blockStop(index: number): void {
    const call = this.#calls.get(index)
    if (!call) return
    this.#calls.delete(index)
    if (this.#options.wholeToolCalls) {
      const whole = call.body === '' ? call.input : call.body
      this.#out += this.#writer.delta(`"tool_calls":${firstDelta(call, whole)}`)
    } else if (call.body === '') {
      const rest = `[{"index":${call.index},"function":{"arguments":"${call.input}"}}]`
      this.#out += this.#writer.delta(`"tool_calls":${rest}`)
    }
    if (call.body === '' && call.input !== '{}') this.#outputBytes += literalBytes(call.input)
  }

  #complete(): void {
    this.#ended = true
    this.#role()
    for (const index of this.#calls.keys()) this.#blockStop(index)
    this.#out += this.#writer.finish(stopReasonToOpenAI(this.#end.stopReason ?? 'end_turn'))
    if (this.#options.wantsUsage && this.#usage) this.#out += this.#writer.usage(usageToOpenAI(this.#usage))
    this.#out += DONE
  }

  /** After the stop reason the answer itself is complete: only `message_stop` is missing. */
  #fail(message: string): void {
    if (this.#end.finished) {
      this.#complete()
      return
    }
    this.#ended = true
    this.#end = { ...this.#end, finished: false, error: { type: 'api_error', message } }
    this.#out += this.#writer.finish('network_error') + DONE
  }
}

function firstDelta(call: Call, body: string): string {
  const fn = `{"name":"${call.name}","arguments":"${body}"}`
  return `[{"index":${call.index},"id":"${call.id}","type":"function","function":${fn}}]`
}

import { asObject, asText, parseObject } from '../json.ts'
import { asLatin1, fromLatin1, inForm, literalBytes, literalOf, toLatin1 } from '../latin1.ts'
import { markSignature } from '../thinking.ts'
import { usageFromAnthropic } from '../usage.ts'
import { event as eventText } from './anthropic-blocks.ts'
import { eventError, learnDelta, textDelta, typeOf } from './anthropic-event.ts'
import { LearnedShape } from './learned-shape.ts'
import { PassedText } from './passed-text.ts'
import { BROKEN_CHUNK, ENDED_EARLY, EVENT_TOO_LONG } from './stream.ts'
import type { JsonObject } from '../json.ts'
import type { Usage } from '../usage.ts'
import type { BlockDelta } from './anthropic-event.ts'
import type { ClientStream, StreamEnd, StreamOptions } from './stream.ts'

/** Messages events in and out: the same bytes, but for the model's name and the marks on signatures. */
export class AnthropicPassthrough implements ClientStream {
  readonly #options: StreamOptions
  readonly #passed: PassedText
  readonly #shape = new LearnedShape<BlockDelta>()
  #usage: Usage | undefined
  #end: StreamEnd = { finished: false }
  #outputBytes = 0
  #started = false
  #ended = false

  constructor(options: StreamOptions) {
    this.#options = options
    this.#passed = new PassedText(this.#shape, {
      onPiece: () => {
        this.#outputBytes += literalBytes(this.#shape.literal)
      },
      onEvent: (data) => this.#event(data),
    })
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
    return rest + this.#failure(ENDED_EARLY)
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

  #event(data: string): boolean {
    if (data.trim() === '') return true
    const parsed = parseObject(data)
    if (parsed) {
      this.#read(parsed.value, parsed.wide)
      return !this.#ended
    }
    this.#passed.replace(this.#failure(BROKEN_CHUNK))
    return false
  }

  #read(value: JsonObject, wide: boolean): void {
    switch (typeOf(value)) {
      case 'message_start':
        this.#messageStart(value, wide)
        break
      case 'content_block_start':
        this.#mark(value, 'content_block', wide)
        break
      case 'content_block_delta':
        this.#delta(value, wide)
        break
      case 'message_delta': {
        this.#usage = usageFromAnthropic(value['usage'], this.#usage)
        const reason = asText(asObject(value['delta'])?.['stop_reason'])
        if (reason) this.#end = { finished: true, stopReason: reason }
        break
      }
      case 'message_stop':
        this.#end = { ...this.#end, finished: true }
        this.#ended = true
        break
      case 'error': {
        const error = eventError(value)
        const message = wide ? error.message : fromLatin1(error.message)
        this.#end = { ...this.#end, finished: false, error: { type: error.type, message } }
        this.#ended = true
        // SDKs see an error only by the event's name.
        if (this.#passed.sse.name !== 'error') {
          this.#passed.replace(eventText('error', `"error":${asLatin1(JSON.stringify(value['error']), wide)}`))
        }
        break
      }
      default:
    }
  }

  #messageStart(value: JsonObject, wide: boolean): void {
    // A message that takes the place of the one before is not passed on.
    if (this.#started) return this.#passed.replace(this.#failure(BROKEN_CHUNK))
    this.#started = true
    const message = asObject(value['message'])
    if (!message) return
    this.#usage = usageFromAnthropic(message['usage'], this.#usage)
    if (this.#options.model === this.#options.upstreamModel) return
    this.#rewrite({ ...value, message: { ...message, model: inForm(this.#options.model, wide) } }, wide)
  }

  #delta(value: JsonObject, wide: boolean): void {
    const delta = textDelta(value)
    if (!delta) {
      this.#mark(value, 'delta', wide)
      return
    }
    this.#outputBytes += literalBytes(literalOf(delta.text, wide))
    learnDelta(this.#shape, this.#passed.sse, delta)
  }

  /** A signature leaves with the mark of its model; the empty one that opens a block is none. */
  #mark(value: JsonObject, key: 'content_block' | 'delta', wide: boolean): void {
    const holder = asObject(value[key])
    const signature = asText(holder?.['signature'])
    if (!holder || !signature) return
    const marked = markSignature(inForm(this.#options.servedModel, wide), signature)
    this.#rewrite({ ...value, [key]: { ...holder, signature: marked } }, wide)
  }

  #rewrite(value: JsonObject, wide: boolean): void {
    const name = this.#passed.sse.name === '' ? '' : `event: ${this.#passed.sse.name}\n`
    this.#passed.replace(`${name}data: ${asLatin1(JSON.stringify(value), wide)}\n\n`)
  }

  #failure(message: string): string {
    this.#ended = true
    // After the stop reason the answer itself is complete.
    if (this.#end.finished) return eventText('message_stop', '')
    this.#end = { ...this.#end, error: { type: 'api_error', message } }
    return eventText('error', `"error":${toLatin1(JSON.stringify({ type: 'api_error', message }))}`)
  }
}

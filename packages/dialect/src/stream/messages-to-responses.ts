import { asObject, asText, parseObject } from '../json.ts'
import { fromLatin1, literalOf } from '../latin1.ts'
import {
  endingOf,
  messageItem,
  NOTHING_ASKED,
  reasoningItem,
  responseText,
  summaryPart,
  textPart,
  toldCall,
} from '../responses-answer.ts'
import { SseSplitter } from '../sse.ts'
import { usageFromAnthropic } from '../usage.ts'
import { eventError, learnDelta, textDelta } from './anthropic-event.ts'
import { LearnedShape } from './learned-shape.ts'
import { isWholeJson } from './whole-json.ts'
import type { JsonObject } from '../json.ts'
import type { ResponseHead, ResponseState, ResponsesAsked } from '../responses-answer.ts'
import type { Usage } from '../usage.ts'
import type { BlockDelta } from './anthropic-event.ts'
import type { ClientStream, StreamEnd, StreamOptions } from './stream.ts'

interface Block {
  readonly kind: 'text' | 'thinking' | 'call'
  /** Literals, latin1 form. */
  readonly parts: string[]
  signature: string
  id: string
  name: string
  /** A call's arguments where its start holds them. */
  input: string
  /** Item id, and how events name its place in the output, once something was said of it. */
  item: string
  place: string
  deltaHead: string
}

/**
 * Events of the Responses wire out of a client's stream of the Messages API: what makes that of an upstream of either kind is
 * used as it is. Text and thinking flow; a call is told when it is whole.
 */
export class MessagesToResponses implements ClientStream {
  readonly #messages: ClientStream
  readonly #asked: ResponsesAsked
  readonly #head: ResponseHead
  readonly #holdsEnd: boolean
  readonly #sse = new SseSplitter()
  readonly #shape = new LearnedShape<BlockDelta>()
  readonly #output: string[] = []
  #out = ''
  #sequence = 0
  #begun = false
  #open: Block | undefined
  /** A call whose arguments are no JSON: whether it was cut, only the stop reason tells. */
  #doubtful: Block | undefined
  #stopReason: string | undefined
  #usage: Usage | undefined
  #ended = false
  #held = ''
  #response: string | undefined

  constructor(messages: ClientStream, options: StreamOptions) {
    this.#messages = messages
    this.#asked = options.asked ?? NOTHING_ASKED
    const { id, createdSec, model } = options
    this.#head = { id, createdSec, model, echo: this.#asked.echo }
    this.#holdsEnd = options.holdsEnd ?? false
  }

  push(text: string): string {
    this.#hear(this.#messages.push(text))
    return this.#take()
  }

  end(): string {
    this.#hear(this.#messages.end())
    const last = this.#held
    this.#held = ''
    return this.#take() + last
  }

  usage(): Usage | undefined {
    return this.#messages.usage()
  }

  outputBytes(): number {
    return this.#messages.outputBytes()
  }

  state(): StreamEnd {
    return this.#messages.state()
  }

  sequence(): number {
    return this.#sequence
  }

  response(): string | undefined {
    return this.#response
  }

  #take(): string {
    const out = this.#out
    this.#out = ''
    return out
  }

  #hear(text: string): void {
    if (this.#ended || text.length === 0) return
    this.#sse.feed(text)
    while (!this.#ended) {
      const found = this.#shape.next(this.#sse)
      if (found === undefined) break
      if (found === 'piece') this.#piece(this.#shape.literal)
      else this.#event(this.#sse.data)
    }
  }

  #event(data: string): void {
    const parsed = parseObject(data)
    if (parsed) this.#read(parsed.value, parsed.wide)
  }

  #read(value: JsonObject, wide: boolean): void {
    switch (value['type']) {
      case 'message_start':
        this.#usage = usageFromAnthropic(asObject(value['message'])?.['usage'], this.#usage)
        return this.#begin()
      case 'content_block_start':
        return this.#blockStart(asObject(value['content_block']) ?? {}, wide)
      case 'content_block_delta': {
        const delta = textDelta(value)
        if (delta) {
          learnDelta(this.#shape, this.#sse, delta)
          return this.#piece(literalOf(delta.text, wide))
        }
        const signature = asText(asObject(value['delta'])?.['signature'])
        if (signature && this.#open) this.#open.signature = literalOf(signature, wide)
        return
      }
      case 'content_block_stop':
        return this.#blockStop()
      case 'message_delta':
        this.#usage = usageFromAnthropic(value['usage'], this.#usage)
        this.#stopReason = asText(asObject(value['delta'])?.['stop_reason']) ?? this.#stopReason
        return
      case 'message_stop':
        return this.#complete()
      case 'error': {
        const { type, message } = eventError(value)
        return this.#fail(type, wide ? message : fromLatin1(message))
      }
      default:
    }
  }

  #begin(): void {
    if (this.#begun) return
    this.#begun = true
    const response = `"response":${responseText(this.#head, { status: 'in_progress' })}`
    this.#write('response.created', response)
    this.#write('response.in_progress', response)
  }

  #blockStart(start: JsonObject, wide: boolean): void {
    if (this.#doubtful) this.#call(this.#doubtful)
    this.#doubtful = undefined
    const kind = start['type'] === 'tool_use' ? 'call' : start['type']
    if (kind !== 'text' && kind !== 'thinking' && kind !== 'call') return
    this.#open = {
      kind,
      parts: [],
      signature: literalOf(asText(start['signature']) ?? '', wide),
      id: literalOf(asText(start['id']) ?? '', wide),
      name: literalOf(asText(start['name']) ?? '', wide),
      input: kind === 'call' ? literalOf(JSON.stringify(asObject(start['input']) ?? {}), wide) : '',
      item: '',
      place: '',
      deltaHead: '',
    }
    if (kind !== 'call') this.#piece(literalOf(asText(start[kind]) ?? '', wide))
  }

  #piece(literal: string): void {
    const block = this.#open
    if (!block || literal === '') return
    block.parts.push(literal)
    if (block.kind === 'call') return
    if (block.item === '') this.#itemStart(block)
    this.#out += `${block.deltaHead}${this.#sequence++},${block.place},"delta":"${literal}"}\n\n`
  }

  #itemStart(block: Block): void {
    const thinks = block.kind === 'thinking'
    const index = this.#output.length
    block.item = literalOf(`${thinks ? 'rs' : 'msg'}_${this.#head.id}_${index}`, true)
    block.place = `"item_id":"${block.item}","output_index":${index},"${thinks ? 'summary' : 'content'}_index":0`
    const item = thinks ? reasoningItem(block.item, undefined, '') : messageItem(block.item, undefined)
    this.#write('response.output_item.added', `"output_index":${index},"item":${item}`)
    const part = thinks ? summaryPart('') : textPart('')
    this.#write(`response.${PART[block.kind]}.added`, `${block.place},"part":${part}`)
    const type = `response.${TEXT[block.kind]}.delta`
    block.deltaHead = `event: ${type}\ndata: {"type":"${type}","sequence_number":`
  }

  #blockStop(): void {
    const block = this.#open
    this.#open = undefined
    if (!block) return
    if (block.kind !== 'call') return this.#itemStop(block)
    const body = block.parts.join('')
    if (body === '' || isWholeJson(body)) this.#call(block)
    else this.#doubtful = block
  }

  #itemStop(block: Block): void {
    if (block.item === '') return
    const text = block.parts.join('')
    const thinks = block.kind === 'thinking'
    this.#write(`response.${TEXT[block.kind]}.done`, `${block.place},"text":"${text}"`)
    const part = thinks ? summaryPart(text) : textPart(text)
    this.#write(`response.${PART[block.kind]}.done`, `${block.place},"part":${part}`)
    this.#itemDone(thinks ? reasoningItem(block.item, text, block.signature) : messageItem(block.item, text))
  }

  #call(block: Block): void {
    const index = this.#output.length
    const body = block.parts.join('')
    const call = { id: block.id, name: block.name, body: body === '' ? block.input : body }
    const told = toldCall(this.#asked.called, literalOf(`${this.#head.id}_${index}`, true), call)
    this.#write('response.output_item.added', `"output_index":${index},"item":${told.item('in_progress')}`)
    const place = `"item_id":"${told.id}","output_index":${index}`
    if (told.kind !== 'local_shell') {
      const [name, key] =
        told.kind === 'custom' ? ['custom_tool_call_input', 'input'] : ['function_call_arguments', 'arguments']
      this.#write(`response.${name}.delta`, `${place},"delta":"${told.said}"`)
      this.#write(`response.${name}.done`, `${place},"${key}":"${told.said}"`)
    }
    this.#itemDone(told.item('completed'))
  }

  #itemDone(item: string): void {
    this.#write('response.output_item.done', `"output_index":${this.#output.length},"item":${item}`)
    this.#output.push(item)
  }

  #complete(): void {
    const ending = endingOf(this.#stopReason)
    // What the length limit cut is no call: its client would run the half of it.
    if (this.#doubtful && ending.status === 'completed') this.#call(this.#doubtful)
    this.#last({ ...ending, output: this.#output, usage: this.#messages.usage() ?? this.#usage })
  }

  #fail(type: string, message: string): void {
    this.#begin()
    const busy = type === 'rate_limit_error' || type === 'overloaded_error'
    this.#last({ status: 'failed', error: { code: busy ? 'rate_limit_exceeded' : 'server_error', message } })
  }

  #last(state: ResponseState): void {
    this.#ended = true
    const response = responseText(this.#head, state)
    if (state.status !== 'failed') this.#response = response
    const before = this.#out
    this.#write(`response.${state.status}`, `"response":${response}`)
    if (!this.#holdsEnd) return
    this.#held = this.#out.slice(before.length)
    this.#out = before
  }

  #write(type: string, fields: string): void {
    this.#out += `event: ${type}\ndata: {"type":"${type}","sequence_number":${this.#sequence++},${fields}}\n\n`
  }
}

const PART = { text: 'content_part', thinking: 'reasoning_summary_part', call: '' } as const
const TEXT = { text: 'output_text', thinking: 'reasoning_summary_text', call: '' } as const

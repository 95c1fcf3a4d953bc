import { literalBytes } from '../latin1.ts'
import { isWholeJson } from './whole-json.ts'

interface Segment {
  kind: 'text' | 'thinking' | 'call'
  /** Literals, latin1 form. */
  id: string
  name: string
  /** What waits to be written; of a call all its arguments, to tell when they are whole. */
  body: string
  /** How long `body` was when it was last looked at and not whole. */
  looked: number
  started: boolean
  closed: boolean
}

const BLANK = /^(?: |\\n|\\r|\\t|\\f|\\u000[bB])*$/

/**
 * Writes content blocks of an Anthropic stream out of pieces in any order: indexes contiguous, each start with its stop, one
 * block open at a time (F77), no empty text (F78). What arrives for another block while a tool call's arguments are
 * incomplete waits behind it. All strings are JSON literals in latin1 form, so nothing is decoded.
 */
export class AnthropicBlocks {
  /** Events written and not yet taken. */
  out = ''
  outputBytes = 0
  hasCalls = false

  readonly #signature: string
  readonly #callId: string
  #index = -1
  #deltaHead = ''
  #open: Segment | undefined
  #waiting: Segment[] = []
  #calls = new Map<number, Segment>()

  /** `signature` closes thinking blocks; `callId` begins the id of a call to which the upstream gave none. */
  constructor(signature: string, callId: string) {
    this.#signature = signature
    this.#callId = callId
  }

  text(literal: string): void {
    this.#prose('text', literal)
  }

  thinking(literal: string): void {
    this.#prose('thinking', literal)
  }

  /** A piece of the call at `index`: id and name are '' where this piece does not tell them. */
  call(index: number, id: string, name: string, piece: string): void {
    this.outputBytes += literalBytes(piece)
    let segment = this.#calls.get(index)
    // Some engines number all parallel calls 0: a new id with a name is a new call.
    if (!segment || (id !== '' && name !== '' && segment.id !== '' && segment.id !== id)) {
      segment = { kind: 'call', id, name, body: '', looked: 0, started: false, closed: false }
      this.#calls.set(index, segment)
      this.#place(segment)
    }
    if (segment.closed) return
    if (segment.id === '') segment.id = id
    if (segment.name === '') segment.name = name
    if (segment === this.#open) this.#write(segment, piece)
    else {
      segment.body += piece
      this.#advance()
    }
  }

  closeAll(): void {
    this.#close()
    for (const segment of this.#waiting) {
      this.#start(segment)
      this.#close()
    }
    this.#waiting = []
  }

  #prose(kind: 'text' | 'thinking', literal: string): void {
    if (literal === '') return
    this.outputBytes += literalBytes(literal)
    if (this.#open?.kind === kind && this.#waiting.length === 0) {
      this.#write(this.#open, literal)
      return
    }
    const last = this.#waiting.at(-1)
    if (last?.kind === kind) {
      last.body += literal
      this.#advance()
    } else {
      this.#place({ kind, id: '', name: '', body: literal, looked: 0, started: false, closed: false })
    }
  }

  #place(segment: Segment): void {
    this.#waiting.push(segment)
    this.#advance()
  }

  #advance(): void {
    while (this.#waiting.length > 0 && mayClose(this.#open)) {
      this.#close()
      const next = this.#waiting.shift()
      if (next) this.#start(next)
    }
  }

  #start(segment: Segment): void {
    this.#open = segment
    const body = segment.body
    segment.body = ''
    this.#write(segment, body)
  }

  #write(segment: Segment, literal: string): void {
    if (segment.kind === 'call') segment.body += literal
    if (segment.started) {
      if (literal !== '') this.out += `${this.#deltaHead}${literal}"}}\n\n`
      return
    }
    if (segment.kind === 'call') {
      if (segment.name === '') return
      this.#begin(segment)
      if (segment.body !== '') this.out += `${this.#deltaHead}${segment.body}"}}\n\n`
      return
    }
    segment.body += literal
    // Blank text alone is refused by Anthropic when the client sends it back, and says nothing: it waits for more.
    if (segment.kind === 'text' && BLANK.test(segment.body)) return
    this.#begin(segment)
    this.out += `${this.#deltaHead}${segment.body}"}}\n\n`
    segment.body = ''
  }

  #begin(segment: Segment): void {
    segment.started = true
    this.#index += 1
    let block = '{"type":"text","text":""}'
    let delta = '{"type":"text_delta","text":"'
    if (segment.kind === 'thinking') {
      block = '{"type":"thinking","thinking":"","signature":""}'
      delta = '{"type":"thinking_delta","thinking":"'
    } else if (segment.kind === 'call') {
      this.hasCalls = true
      const id = segment.id === '' ? `${this.#callId}${this.#index}` : segment.id
      block = `{"type":"tool_use","id":"${id}","name":"${segment.name}","input":{}}`
      delta = '{"type":"input_json_delta","partial_json":"'
    }
    this.out += event('content_block_start', `"index":${this.#index},"content_block":${block}`)
    this.#deltaHead = `event: content_block_delta\ndata: {"type":"content_block_delta","index":${this.#index},"delta":${delta}`
  }

  #close(): void {
    const segment = this.#open
    this.#open = undefined
    if (!segment) return
    segment.closed = true
    if (!segment.started) return
    if (segment.kind === 'thinking') {
      const delta = `{"type":"signature_delta","signature":"${this.#signature}"}`
      this.out += event('content_block_delta', `"index":${this.#index},"delta":${delta}`)
    }
    this.out += event('content_block_stop', `"index":${this.#index}`)
  }
}

/** A call may not be closed before its arguments are whole; a look at the same arguments twice would tell nothing new. */
function mayClose(segment: Segment | undefined): boolean {
  if (!segment || segment.kind !== 'call') return true
  if (segment.looked === segment.body.length) return false
  segment.looked = segment.body.length
  return isWholeJson(segment.body)
}

/** One event of the Messages stream; `fields` is JSON without its braces, or ''. */
export function event(type: string, fields: string): string {
  return `event: ${type}\ndata: {"type":"${type}"${fields === '' ? '' : `,${fields}`}}\n\n`
}

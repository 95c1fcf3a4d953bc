import type { Dialect } from './dialect.ts'
import { fromLatin1 } from './latin1.ts'
import {
  eachElement,
  eachEntry,
  isArrayAt,
  isObjectAt,
  isStringAt,
  isText,
  jsonBytes,
  JsonFault,
  skipSpace,
  valueEnd,
  type JsonBytes,
} from './outline-scan.ts'
import { isMarked } from './thinking.ts'

/** Where a value stands among the body's bytes. */
export interface Span {
  readonly start: number
  readonly end: number
}

/**
 * What a message is, by its structure alone.
 * `user`: a person wrote it, or at least no tool did. `tool_result`: it carries the results of tool calls, whatever
 * text stands beside them. `reminder`: role user, but nothing in it except what the tool adds by itself.
 */
export type MessageKind = 'user' | 'tool_result' | 'assistant' | 'system' | 'reminder'

export interface MessageOutline {
  readonly kind: MessageKind
  /** The texts that a person wrote, as JSON literals without quotes, in latin1 form; empty unless kind is `user`. */
  readonly texts: readonly string[]
  readonly span: Span
  /** Of a `system` entry in the list: where its role and its texts (without quotes) stand. */
  readonly spans?: { readonly role: Span; readonly texts: readonly Span[] }
}

/** What the gateway needs to know of a request, read without building it. */
export interface Outline {
  readonly body: Buffer
  readonly model: string
  readonly modelSpan: Span
  readonly stream: boolean
  readonly toolStream: boolean
  readonly wantsUsage: boolean
  readonly streamOptions: Span | undefined
  readonly maxTokens: number | undefined
  readonly toolCount: number
  /** The list of functions that are offered. */
  readonly tools: Span | undefined
  readonly messages: readonly MessageOutline[]
  /** Texts of the system prompt that stands apart (Anthropic), for marks that a tool leaves there. */
  readonly system: Span | undefined
  /** `metadata` (Anthropic): tools put a session mark there. */
  readonly metadata: Span | undefined
  /** A thinking block carries a signature with our mark. */
  readonly marked: boolean
  /** The top-level object begins with `{` here. */
  readonly bodyStart: number
  /** Of an Embeddings request, and of no other: the form in which its caller wants the vectors. */
  readonly vectorsAs?: VectorForm
}

/** A list of numbers, or the bytes of 32-bit floats (little endian) in base64. */
export type VectorForm = 'float' | 'base64'

export type OutlineFault =
  | { readonly fault: 'bad_body'; readonly why: string }
  | { readonly fault: 'missing_field'; readonly field: string }
  | { readonly fault: 'bad_field'; readonly field: string; readonly why: string }

/** What clients speak: the two dialects of upstreams, and OpenAI's Responses (Codex). */
export type Wire = Dialect | 'responses'

export type OutlineRead = { ok: true; outline: Outline } | { ok: false; fault: OutlineFault }

/** Reads the outline of a Messages, Chat Completions or Responses request, in one walk over its bytes. */
export function outline(wire: Wire, body: Buffer): OutlineRead {
  try {
    const json = jsonBytes(body)
    const bodyStart = skipSpace(json, 0)
    if (!isObjectAt(json, bodyStart)) return fault({ fault: 'bad_body', why: 'it must be a JSON object' })
    const listName = wire === 'responses' ? 'input' : 'messages'
    const fields: Record<string, Span> = {}
    const found: Found = { messages: [], badMessage: undefined, toolCount: 0, marked: false }
    const end = eachEntry(json, bodyStart, (key, start) => {
      const name = WANTED.find((wanted) => isText(json, key.start, key.end, wanted))
      let end: number
      if (name === listName && isArrayAt(json, start)) end = readMessages(wire, json, start, found)
      else if (name === 'tools' && isArrayAt(json, start)) {
        found.toolCount = 0
        end = eachElement(json, start, (at) => {
          found.toolCount++
          return valueEnd(json, at)
        })
      } else end = valueEnd(json, start)
      if (name !== undefined) fields[name] = { start, end }
      return end
    })
    if (skipSpace(json, end) < body.length) {
      return fault({ fault: 'bad_body', why: `there is text after its end, at byte ${end}` })
    }
    if (found.badMessage !== undefined) {
      const field = `${listName}[${found.badMessage}]`
      return fault({ fault: 'bad_field', field, why: 'it must be an object with a role' })
    }
    return make(wire, json, bodyStart, fields, found)
  } catch (error) {
    if (error instanceof JsonFault) return fault({ fault: 'bad_body', why: error.message })
    throw error
  }
}

/** What the walk gathers beside the fields. */
interface Found {
  messages: MessageOutline[]
  badMessage: number | undefined
  toolCount: number
  marked: boolean
}

/** The list is read anew when the key comes twice: the last one counts, as in JSON.parse. */
function readMessages(wire: Wire, json: JsonBytes, at: number, found: Found): number {
  found.messages = []
  return eachElement(json, at, (start) => {
    const { message, end } = readMessage(wire, json, start, found)
    if (message) found.messages.push(message)
    else found.badMessage ??= found.messages.length
    return end
  })
}

const WANTED = [
  'model',
  'messages',
  'stream',
  'tool_stream',
  'stream_options',
  'max_tokens',
  'max_completion_tokens',
  'tools',
  'system',
  'metadata',
  'input',
  'max_output_tokens',
] as const

function make(
  wire: Wire,
  json: JsonBytes,
  bodyStart: number,
  fields: Readonly<Record<string, Span>>,
  found: Found,
): OutlineRead {
  const { bytes } = json
  const { model } = fields
  const listName = wire === 'responses' ? 'input' : 'messages'
  const list = fields[listName]
  if (!model) return fault({ fault: 'missing_field', field: 'model' })
  if (!isNameAt(json, model)) return fault(NO_NAME)
  if (!list) return fault({ fault: 'missing_field', field: listName })
  const isWhole = wire === 'responses' && isStringAt(json, list.start)
  if (!isWhole && !isArrayAt(json, list.start)) {
    return fault({ fault: 'bad_field', field: listName, why: 'it must be a list' })
  }
  const messages = isWhole
    ? [{ ...userOf([bytes.toString('latin1', list.start + 1, list.end - 1)], false), span: list }]
    : found.messages
  if (messages.length === 0) return fault({ fault: 'bad_field', field: listName, why: 'it must not be empty' })
  const stream = flag(bytes, fields['stream'])
  if (stream === undefined) return fault({ fault: 'bad_field', field: 'stream', why: 'it must be true or false' })
  const maxTokens = fields['max_completion_tokens'] ?? fields['max_tokens'] ?? fields['max_output_tokens']
  const streamOptions = fields['stream_options']
  return {
    ok: true,
    outline: {
      body: bytes,
      model: nameIn(sliceOf(bytes, model)),
      modelSpan: model,
      stream,
      toolStream: flag(bytes, fields['tool_stream']) ?? false,
      wantsUsage: streamOptions !== undefined && /"include_usage"\s*:\s*true/.test(sliceOf(bytes, streamOptions)),
      streamOptions,
      maxTokens: maxTokens && wholeNumber(sliceOf(bytes, maxTokens)),
      toolCount: found.toolCount,
      tools: fields['tools'],
      messages,
      system: fields['system'],
      metadata: fields['metadata'],
      marked: found.marked,
      bodyStart,
    },
  }
}

/** A part of a body as latin1 text. */
export const sliceOf = (body: Buffer, span: Span): string => body.toString('latin1', span.start, span.end)

/** A text of at least one letter. */
export const isNameAt = (json: JsonBytes, { start, end }: Span): boolean => isStringAt(json, start) && end - start > 2
export const NO_NAME: OutlineFault = { fault: 'bad_field', field: 'model', why: 'it must be the name of a model' }

/** A name as a real string: it is compared with the catalog's, and shown. */
export function nameIn(literal: string): string {
  try {
    return JSON.parse(fromLatin1(literal)) as string
  } catch {
    throw new JsonFault('the name of the model is no JSON text')
  }
}

function flag(body: Buffer, span: Span | undefined): boolean | undefined {
  const value = span ? sliceOf(body, span) : 'false'
  if (value === 'true') return true
  return value === 'false' || value === 'null' ? false : undefined
}

function wholeNumber(text: string): number | undefined {
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : undefined
}

/** What a message's content holds, as far as its kind depends on it. */
interface Content {
  readonly texts: Span[]
  hasResult: boolean
  hasOther: boolean
}

/** One message of the list, and the place after it. No message: the value is no object with a role that the wire knows. */
function readMessage(
  wire: Wire,
  json: JsonBytes,
  at: number,
  found: Found,
): { message: MessageOutline | undefined; end: number } {
  if (!isObjectAt(json, at)) return { message: undefined, end: valueEnd(json, at) }
  let role: Span = { start: at, end: at }
  let type: Span | undefined
  const content: Content = { texts: [], hasResult: false, hasOther: false }
  const end = eachEntry(json, at, (key, start) => {
    if (isText(json, key.start, key.end, 'content')) return readContent(json, start, content, found)
    const end = valueEnd(json, start)
    if (isText(json, key.start, key.end, 'role')) role = { start, end }
    else if (wire === 'responses' && isText(json, key.start, key.end, 'type')) type = { start: start + 1, end: end - 1 }
    return end
  })
  const kind = type ? sliceOf(json.bytes, type) : ''
  return { message: messageOf(wire, json, { start: at, end }, role, kind, content), end }
}

function messageOf(
  wire: Wire,
  json: JsonBytes,
  span: Span,
  role: Span,
  type: string,
  content: Content,
): MessageOutline | undefined {
  // Items of the Responses wire that are no messages: what a tool gave back, or what the model did.
  if (type !== '' && type !== 'message') {
    return { kind: type.endsWith('_output') ? 'tool_result' : 'assistant', texts: [], span }
  }
  const is = (name: string): boolean => isText(json, role.start + 1, role.end - 1, name)
  if (is('assistant')) return { kind: 'assistant', texts: [], span }
  if (is('user')) {
    if (content.hasResult) return { kind: 'tool_result', texts: [], span }
    const literals = content.texts.map((one) => sliceOf(json.bytes, one))
    return { ...userOf(literals, content.hasOther), span }
  }
  if (is('system') || is('developer')) return { kind: 'system', texts: [], span, spans: { role, texts: content.texts } }
  if (wire === 'openai' && (is('tool') || is('function'))) return { kind: 'tool_result', texts: [], span }
  return undefined
}

/** Walks a message's content, text or list of blocks; answers the place after it. */
function readContent(json: JsonBytes, at: number, into: Content, found: Found): number {
  if (isStringAt(json, at)) {
    const end = valueEnd(json, at)
    into.texts.push({ start: at + 1, end: end - 1 })
    return end
  }
  if (!isArrayAt(json, at)) return valueEnd(json, at)
  return eachElement(json, at, (start) => {
    if (!isObjectAt(json, start)) return valueEnd(json, start)
    let isWords = false
    let isResult = false
    let words: Span | undefined
    const end = eachEntry(json, start, (key, valueStart) => {
      const end = valueEnd(json, valueStart)
      if (isText(json, key.start, key.end, 'type')) {
        isWords = isText(json, valueStart + 1, end - 1, 'text') || isText(json, valueStart + 1, end - 1, 'input_text')
        isResult = isText(json, valueStart + 1, end - 1, 'tool_result')
      } else if (isText(json, key.start, key.end, 'text')) {
        if (isStringAt(json, valueStart)) words = { start: valueStart + 1, end: end - 1 }
      } else if (isText(json, key.start, key.end, 'signature')) {
        found.marked ||= isMarked(json.bytes, valueStart)
      }
      return end
    })
    if (isResult) into.hasResult = true
    else if (words && isWords) into.texts.push(words)
    else into.hasOther = true
    return end
  })
}

// What coding tools add to a person's message by themselves (measured: Claude Code, Qwen Code, Kilo, Codex).
const ADDED = /<(system-reminder|environment_details|environment_context|subagent_notification)>[^]*?<\/\1>/g
const EDGES = /^(?:\\n|\\r|\\t|\s)+|(?:\\n|\\r|\\t|\s)+$/g

function userOf(literals: readonly string[], hasOther: boolean): Pick<MessageOutline, 'kind' | 'texts'> {
  const texts = literals
    .map((literal) => (literal.includes('<') ? literal.replace(ADDED, '') : literal).replace(EDGES, ''))
    .filter((literal) => literal !== '')
  return texts.length > 0 || hasOther ? { kind: 'user', texts } : { kind: 'reminder', texts: [] }
}

const fault = (found: OutlineFault): { ok: false; fault: OutlineFault } => ({ ok: false, fault: found })

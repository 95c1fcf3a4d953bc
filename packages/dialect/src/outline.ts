import type { Dialect } from './dialect.ts'
import {
  eachElement,
  eachEntry,
  isArrayAt,
  isObjectAt,
  isStringAt,
  JsonFault,
  skipSpace,
  valueEnd,
} from './outline-scan.ts'

/** Where a value stands in the body's latin1 text. */
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
  /** The texts that a person wrote, as JSON literals without quotes; empty unless kind is `user`. */
  readonly texts: readonly string[]
  readonly span: Span
  /** Of a `system` entry in the list: where its role and its texts (without quotes) stand. */
  readonly spans?: { readonly role: Span; readonly texts: readonly Span[] }
}

/** What the gateway needs to know of a request, read without building it. */
export interface Outline {
  /** The body as latin1 text: a string whose characters are the bytes. */
  readonly text: string
  readonly model: string
  readonly modelSpan: Span
  readonly stream: boolean
  readonly toolStream: boolean
  readonly wantsUsage: boolean
  readonly streamOptions: Span | undefined
  readonly maxTokens: number | undefined
  readonly toolCount: number
  readonly messages: readonly MessageOutline[]
  /** Texts of the system prompt that stands apart (Anthropic), for marks that a tool leaves there. */
  readonly system: Span | undefined
  /** `metadata` (Anthropic): tools put a session mark there. */
  readonly metadata: Span | undefined
  /** The top-level object begins with `{` here. */
  readonly bodyStart: number
}

export type OutlineFault =
  | { readonly fault: 'bad_body'; readonly why: string }
  | { readonly fault: 'missing_field'; readonly field: string }
  | { readonly fault: 'bad_field'; readonly field: string; readonly why: string }

/** What clients speak: the two dialects of upstreams, and OpenAI's Responses (Codex). */
export type Wire = Dialect | 'responses'

type Read<T> = { ok: true; outline: T } | { ok: false; fault: OutlineFault }

/** Reads the outline of a Messages, Chat Completions or Responses request, in one walk over its text. */
export function outline(wire: Wire, body: Buffer): Read<Outline> {
  try {
    const text = body.toString('latin1')
    const bodyStart = skipSpace(text, 0)
    if (!isObjectAt(text, bodyStart)) return fault({ fault: 'bad_body', why: 'it must be a JSON object' })
    const listName = wire === 'responses' ? 'input' : 'messages'
    const fields: Record<string, Span> = {}
    let messages: MessageOutline[] = []
    let badMessage: number | undefined
    let toolCount = 0
    const end = eachEntry(text, bodyStart, (key, start) => {
      let end: number
      if (key === listName && isArrayAt(text, start)) {
        messages = []
        end = eachElement(text, start, (at) => {
          const { message, end } = readMessage(wire, text, at)
          if (message) messages.push(message)
          else badMessage ??= messages.length
          return end
        })
      } else if (key === 'tools' && isArrayAt(text, start)) {
        toolCount = 0
        end = eachElement(text, start, (at) => {
          toolCount++
          return valueEnd(text, at)
        })
      } else end = valueEnd(text, start)
      if (WANTED.has(key)) fields[key] = { start, end }
      return end
    })
    if (skipSpace(text, end) < text.length) {
      return fault({ fault: 'bad_body', why: `there is text after its end, at byte ${end}` })
    }
    if (badMessage !== undefined) {
      return fault({ fault: 'bad_field', field: `${listName}[${badMessage}]`, why: 'it must be an object with a role' })
    }
    return make(wire, text, bodyStart, fields, messages, toolCount)
  } catch (error) {
    if (error instanceof JsonFault) return fault({ fault: 'bad_body', why: error.message })
    throw error
  }
}

const WANTED = new Set([
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
])

function make(
  wire: Wire,
  text: string,
  bodyStart: number,
  fields: Readonly<Record<string, Span>>,
  listed: readonly MessageOutline[],
  toolCount: number,
): Read<Outline> {
  const { model } = fields
  const listName = wire === 'responses' ? 'input' : 'messages'
  const list = fields[listName]
  if (!model) return fault({ fault: 'missing_field', field: 'model' })
  if (!isStringAt(text, model.start) || model.end - model.start < 3) {
    return fault({ fault: 'bad_field', field: 'model', why: 'it must be the name of a model' })
  }
  if (!list) return fault({ fault: 'missing_field', field: listName })
  const isText = wire === 'responses' && isStringAt(text, list.start)
  if (!isText && !isArrayAt(text, list.start)) {
    return fault({ fault: 'bad_field', field: listName, why: 'it must be a list' })
  }
  const messages = isText ? [{ ...userOf([text.slice(list.start + 1, list.end - 1)], false), span: list }] : listed
  if (messages.length === 0) return fault({ fault: 'bad_field', field: listName, why: 'it must not be empty' })
  const stream = flag(text, fields.stream)
  if (stream === undefined) return fault({ fault: 'bad_field', field: 'stream', why: 'it must be true or false' })
  const maxTokens = fields.max_completion_tokens ?? fields.max_tokens ?? fields.max_output_tokens
  const { stream_options: streamOptions } = fields
  return {
    ok: true,
    outline: {
      text,
      model: JSON.parse(text.slice(model.start, model.end)) as string,
      modelSpan: model,
      stream,
      toolStream: flag(text, fields.tool_stream) ?? false,
      wantsUsage: streamOptions !== undefined && /"include_usage"\s*:\s*true/.test(sliceOf(text, streamOptions)),
      streamOptions,
      maxTokens: maxTokens && wholeNumber(sliceOf(text, maxTokens)),
      toolCount,
      messages,
      system: fields.system,
      metadata: fields.metadata,
      bodyStart,
    },
  }
}

export const sliceOf = (text: string, span: Span): string => text.slice(span.start, span.end)

function flag(text: string, span: Span | undefined): boolean | undefined {
  const value = span ? sliceOf(text, span) : 'false'
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
function readMessage(wire: Wire, text: string, at: number): { message: MessageOutline | undefined; end: number } {
  if (!isObjectAt(text, at)) return { message: undefined, end: valueEnd(text, at) }
  let role: Span = { start: at, end: at }
  let type = ''
  const content: Content = { texts: [], hasResult: false, hasOther: false }
  const end = eachEntry(text, at, (key, start) => {
    if (key === 'content') return readContent(text, start, content)
    const end = valueEnd(text, start)
    if (key === 'role') role = { start, end }
    else if (key === 'type' && wire === 'responses') type = text.slice(start + 1, end - 1)
    return end
  })
  return { message: messageOf(wire, text, { start: at, end }, role, type, content), end }
}

function messageOf(
  wire: Wire,
  text: string,
  span: Span,
  role: Span,
  type: string,
  content: Content,
): MessageOutline | undefined {
  // Items of the Responses wire that are no messages: what a tool gave back, or what the model did.
  if (type !== '' && type !== 'message') {
    return { kind: type.endsWith('_output') ? 'tool_result' : 'assistant', texts: [], span }
  }
  switch (text.slice(role.start + 1, role.end - 1)) {
    case 'assistant':
      return { kind: 'assistant', texts: [], span }
    case 'system':
    case 'developer':
      return { kind: 'system', texts: [], span, spans: { role, texts: content.texts } }
    case 'tool':
    case 'function':
      return wire === 'openai' ? { kind: 'tool_result', texts: [], span } : undefined
    case 'user':
      if (content.hasResult) return { kind: 'tool_result', texts: [], span }
      return {
        ...userOf(
          content.texts.map((one) => sliceOf(text, one)),
          content.hasOther,
        ),
        span,
      }
    default:
      return undefined
  }
}

/** Walks a message's content, text or list of blocks; answers the place after it. */
function readContent(text: string, at: number, into: Content): number {
  if (isStringAt(text, at)) {
    const end = valueEnd(text, at)
    into.texts.push({ start: at + 1, end: end - 1 })
    return end
  }
  if (!isArrayAt(text, at)) return valueEnd(text, at)
  return eachElement(text, at, (start) => {
    if (!isObjectAt(text, start)) return valueEnd(text, start)
    let type = ''
    let words: Span | undefined
    const end = eachEntry(text, start, (key, valueStart) => {
      const end = valueEnd(text, valueStart)
      if (key === 'type') type = text.slice(valueStart + 1, end - 1)
      else if (key === 'text' && isStringAt(text, valueStart)) words = { start: valueStart + 1, end: end - 1 }
      return end
    })
    if (type === 'tool_result') into.hasResult = true
    else if (words && (type === 'text' || type === 'input_text')) into.texts.push(words)
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

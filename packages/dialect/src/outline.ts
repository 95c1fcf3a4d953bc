import type { Dialect } from './dialect.ts'
import { eachElement, eachEntry, isArrayAt, isObjectAt, isStringAt, JsonFault, skipSpace } from './outline-scan.ts'

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

/** Reads the outline of a Messages, Chat Completions or Responses request. */
export function outline(wire: Wire, body: Buffer): { ok: true; outline: Outline } | { ok: false; fault: OutlineFault } {
  try {
    const text = body.toString('latin1')
    const bodyStart = skipSpace(text, 0)
    if (!isObjectAt(text, bodyStart)) return fault({ fault: 'bad_body', why: 'it must be a JSON object' })
    const fields: Record<string, Span> = {}
    const end = eachEntry(text, bodyStart, (key, start, end) => {
      if (WANTED.has(key)) fields[key] = { start, end }
    })
    if (skipSpace(text, end) < text.length)
      return fault({ fault: 'bad_body', why: `there is text after its end, at byte ${end}` })
    return read(wire, text, bodyStart, fields)
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

function read(
  wire: Wire,
  text: string,
  bodyStart: number,
  fields: Readonly<Record<string, Span>>,
): { ok: true; outline: Outline } | { ok: false; fault: OutlineFault } {
  const { model, tools } = fields
  const listName = wire === 'responses' ? 'input' : 'messages'
  const messages = fields[listName]
  if (!model) return fault({ fault: 'missing_field', field: 'model' })
  if (!isStringAt(text, model.start) || model.end - model.start < 3) {
    return fault({ fault: 'bad_field', field: 'model', why: 'it must be the name of a model' })
  }
  if (!messages) return fault({ fault: 'missing_field', field: listName })
  const isText = wire === 'responses' && isStringAt(text, messages.start)
  if (!isText && !isArrayAt(text, messages.start)) {
    return fault({ fault: 'bad_field', field: listName, why: 'it must be a list' })
  }
  const stream = flag(text, fields.stream)
  if (stream === undefined) return fault({ fault: 'bad_field', field: 'stream', why: 'it must be true or false' })
  const found = isText
    ? [{ ...readUser(text, messages), span: messages }]
    : readMessages(wire, listName, text, messages)
  if (typeof found === 'string') {
    return fault({ fault: 'bad_field', field: found, why: 'it must be an object with a role' })
  }
  if (found.length === 0) return fault({ fault: 'bad_field', field: listName, why: 'it must not be empty' })
  const maxTokens = fields.max_completion_tokens ?? fields.max_tokens ?? fields.max_output_tokens
  return {
    ok: true,
    outline: {
      text,
      model: JSON.parse(text.slice(model.start, model.end)) as string,
      modelSpan: model,
      stream,
      toolStream: flag(text, fields.tool_stream) ?? false,
      wantsUsage:
        fields.stream_options !== undefined && /"include_usage"\s*:\s*true/.test(sliceOf(text, fields.stream_options)),
      streamOptions: fields.stream_options,
      maxTokens: maxTokens && wholeNumber(sliceOf(text, maxTokens)),
      toolCount: tools && isArrayAt(text, tools.start) ? countElements(text, tools) : 0,
      messages: found,
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

function countElements(text: string, span: Span): number {
  let count = 0
  eachElement(text, span.start, () => count++)
  return count
}

/** The messages, or the name of the first one that is none. */
function readMessages(wire: Wire, listName: string, text: string, span: Span): MessageOutline[] | string {
  const messages: MessageOutline[] = []
  let bad: string | undefined
  let index = 0
  eachElement(text, span.start, (start, end) => {
    const message = isObjectAt(text, start) ? readMessage(wire, text, { start, end }) : undefined
    if (message) messages.push(message)
    else bad ??= `${listName}[${index}]`
    index++
  })
  return bad ?? messages
}

function readMessage(wire: Wire, text: string, span: Span): MessageOutline | undefined {
  let role: Span = span
  let type = ''
  let content: Span | undefined
  eachEntry(text, span.start, (key, start, end) => {
    if (key === 'role') role = { start, end }
    else if (key === 'content') content = { start, end }
    else if (key === 'type' && wire === 'responses') type = text.slice(start + 1, end - 1)
  })
  // Items of the Responses wire that are no messages: what a tool gave back, or what the model did.
  if (type !== '' && type !== 'message') {
    return { kind: type.endsWith('_output') ? 'tool_result' : 'assistant', texts: [], span }
  }
  switch (text.slice(role.start + 1, role.end - 1)) {
    case 'assistant':
      return { kind: 'assistant', texts: [], span }
    case 'system':
    case 'developer':
      return { kind: 'system', texts: [], span, spans: { role, texts: content ? textSpans(text, content) : [] } }
    case 'tool':
    case 'function':
      return wire === 'openai' ? { kind: 'tool_result', texts: [], span } : undefined
    case 'user':
      return { ...(content ? readUser(text, content) : NOTHING), span }
    default:
      return undefined
  }
}

type Read = Pick<MessageOutline, 'kind' | 'texts'>
const NOTHING: Read = { kind: 'reminder', texts: [] }

function textSpans(text: string, content: Span): Span[] {
  if (isStringAt(text, content.start)) return [{ start: content.start + 1, end: content.end - 1 }]
  const spans: Span[] = []
  if (!isArrayAt(text, content.start)) return spans
  eachElement(text, content.start, (start) => {
    if (!isObjectAt(text, start)) return
    eachEntry(text, start, (key, valueStart, valueEnd) => {
      if (key === 'text' && isStringAt(text, valueStart)) spans.push({ start: valueStart + 1, end: valueEnd - 1 })
    })
  })
  return spans
}

function readUser(text: string, content: Span): Read {
  if (isStringAt(text, content.start)) return userOf([text.slice(content.start + 1, content.end - 1)], false)
  if (!isArrayAt(text, content.start)) return NOTHING
  const texts: string[] = []
  let hasResult = false
  let hasOther = false
  eachElement(text, content.start, (start) => {
    if (!isObjectAt(text, start)) return
    let type = ''
    let words = ''
    eachEntry(text, start, (key, valueStart, valueEnd) => {
      if (key === 'type') type = text.slice(valueStart + 1, valueEnd - 1)
      else if (key === 'text' && isStringAt(text, valueStart)) words = text.slice(valueStart + 1, valueEnd - 1)
    })
    if (type === 'tool_result') hasResult = true
    else if (type === 'text' || type === 'input_text') texts.push(words)
    else hasOther = true
  })
  return hasResult ? { kind: 'tool_result', texts: [] } : userOf(texts, hasOther)
}

// What coding tools add to a person's message by themselves (measured: Claude Code, Qwen Code, Kilo, Codex).
const ADDED = /<(system-reminder|environment_details|environment_context)>[^]*?<\/\1>/g
const EDGES = /^(?:\\n|\\r|\\t|\s)+|(?:\\n|\\r|\\t|\s)+$/g

function userOf(literals: readonly string[], hasOther: boolean): Read {
  const texts = literals
    .map((literal) => (literal.includes('<') ? literal.replace(ADDED, '') : literal).replace(EDGES, ''))
    .filter((literal) => literal !== '')
  return texts.length > 0 || hasOther ? { kind: 'user', texts } : NOTHING
}

const fault = (found: OutlineFault): { ok: false; fault: OutlineFault } => ({ ok: false, fault: found })

import { asList, asObject } from './json.ts'
import { asLatin1, fromLatin1, inForm, toLatin1 } from './latin1.ts'
import type { JsonObject } from './json.ts'

/**
 * Signed thinking. A signature can be verified only by the model that made it, and a conversation may change models. So a
 * signature that leaves for the client carries the public id of its model: `cp1.<servedModel>.<signature>`, with `u` where the
 * upstream (OpenAI kind) signs nothing. On the way back it goes unchanged to that model and is removed for others (F79).
 */
const MARK = 'cp1.'
const UNSIGNED = 'u'

/** Public ids hold dots (`glm-4.7`), so the last dot divides; dots inside a signature (none in base64) are escaped. */
export function markSignature(servedModel: string, signature: string | undefined): string {
  if (signature === undefined) return `${MARK}${servedModel}.${UNSIGNED}`
  const escaped = signature.replace(/[%.]/g, (char) => (char === '.' ? '%2E' : '%25'))
  return `${MARK}${servedModel}.${escaped === UNSIGNED ? '%75' : escaped}`
}

export interface SignatureMark {
  model: string
  /** Undefined when the model's upstream gave no signature. */
  signature: string | undefined
}

/** Undefined for a signature without our mark. */
export function readMark(marked: string): SignatureMark | undefined {
  const dot = marked.lastIndexOf('.')
  if (!marked.startsWith(MARK) || dot < MARK.length) return undefined
  const rest = marked.slice(dot + 1)
  const signature = rest === UNSIGNED ? undefined : rest.replace(/%(2E|25|75)/g, unescapeMark)
  return { model: marked.slice(MARK.length, dot), signature }
}

function unescapeMark(_: string, hex: string): string {
  return String.fromCharCode(Number.parseInt(hex, 16))
}

/** What an Anthropic upstream that serves `servedModel` gets for a thinking block; undefined: the block is removed. */
export function thinkingForAnthropic(block: JsonObject, servedModel: string): JsonObject | undefined {
  const mark = typeof block['signature'] === 'string' ? readMark(block['signature']) : undefined
  if (!mark) return block
  // Unsigned text was made by an OpenAI-kind upstream of the model; this one could not verify it.
  if (mark.model !== servedModel || mark.signature === undefined) return undefined
  return { ...block, signature: mark.signature }
}

/** Whether the text of a thinking block may go back, as `reasoning_content`, to an OpenAI upstream of `servedModel`. */
export function thinkingFitsOpenAI(block: JsonObject, servedModel: string): boolean {
  const mark = typeof block['signature'] === 'string' ? readMark(block['signature']) : undefined
  return !mark || mark.model === servedModel
}

// Inside a JSON string quotes are escaped, so these can only match a key and the start of its value.
const MARK_START = /"signature"\s*:\s*"cp1\./g
const MARKED = /"signature"\s*:\s*"cp1\.([^"\\]*)"/g

/**
 * An Anthropic request body (latin1 text) for an Anthropic upstream that serves `servedModel`. The same string when no mark
 * occurs; plain replacement when all marks are this model's; JSON is parsed only when blocks must go. An assistant message
 * that held nothing else is dropped: the API joins neighbours of one role.
 */
export function unmarkThinking(bodyLatin1: string, servedModel: string): string {
  if (!bodyLatin1.includes(`"${MARK}`)) return bodyLatin1
  const own = toLatin1(servedModel)
  let simple = true
  let marks = bodyLatin1.match(MARK_START)?.length ?? 0
  for (const match of bodyLatin1.matchAll(MARKED)) {
    marks -= 1
    const mark = readMark(`${MARK}${match[1] ?? ''}`)
    if (!mark || mark.model !== own || mark.signature === undefined) simple = false
  }
  if (!simple || marks > 0) return unmarkParsed(bodyLatin1, servedModel)
  return bodyLatin1.replace(MARKED, (whole: string, rest: string) => {
    const mark = readMark(`${MARK}${rest}`)
    return mark?.signature === undefined ? whole : `"signature":"${mark.signature}"`
  })
}

/** Whether the string that begins here is a signature with our mark. */
export function isMarked(bytes: Buffer, at: number): boolean {
  return bytes.toString('latin1', at, at + 1 + MARK.length) === `"${MARK}`
}

function unmarkParsed(bodyLatin1: string, servedModel: string): string {
  const wide = bodyLatin1.includes('\\u')
  let body: JsonObject | undefined
  try {
    body = asObject(JSON.parse(wide ? fromLatin1(bodyLatin1) : bodyLatin1))
  } catch {
    return bodyLatin1
  }
  const messages = asList(body?.['messages'])
  if (!body || !messages) return bodyLatin1
  const model = inForm(servedModel, wide)
  const kept = messages.map((message) => withoutForeign(message, model)).filter((message) => message !== undefined)
  return asLatin1(JSON.stringify({ ...body, messages: kept }), wide)
}

function withoutForeign(message: unknown, servedModel: string): unknown {
  const object = asObject(message)
  const content = asList(object?.['content'])
  if (!object || !content || object['role'] !== 'assistant') return message
  const kept: unknown[] = []
  for (const value of content) {
    const block = asObject(value)
    const fits = block?.['type'] === 'thinking' ? thinkingForAnthropic(block, servedModel) : value
    if (fits !== undefined) kept.push(fits)
  }
  return kept.length === 0 && content.length > 0 ? undefined : { ...object, content: kept }
}

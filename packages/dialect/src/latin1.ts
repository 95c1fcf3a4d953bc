/**
 * Bodies and stream bytes are handled as *latin1 text*: a string whose characters are the bytes. JSON's syntax is ASCII, so
 * parse, move, stringify and write as 'latin1' gives the identical bytes at half the cost of decoding UTF-8 (measured).
 * Only `\u` escapes break it: parsed, they become characters above 0xFF or lone bytes. Text with one is worked on "wide",
 * as a real string, and encoded again. Nothing here may measure or cut text in latin1 form, ASCII apart.
 */
export interface WorkText {
  text: string
  /** True when `text` is a real string, false when its characters are bytes. */
  wide: boolean
}

export function workText(body: Buffer): WorkText {
  const bytes = body.toString('latin1')
  return bytes.includes('\\u') ? { text: body.toString('utf8'), wide: true } : { text: bytes, wide: false }
}

const BEYOND_ASCII = /[^\0-\x7f]/

/** A real string as latin1 text. */
export function toLatin1(text: string): string {
  return BEYOND_ASCII.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text
}

/** Latin1 text as a real string. */
export function fromLatin1(text: string): string {
  return BEYOND_ASCII.test(text) ? Buffer.from(text, 'latin1').toString('utf8') : text
}

/** A string of ours in the form the work goes on in, so that the two never mix in one output. */
export function inForm(text: string, wide: boolean): string {
  return wide ? text : toLatin1(text)
}

/** What was worked on, as latin1 text. */
export function asLatin1(text: string, wide: boolean): string {
  return wide ? toLatin1(text) : text
}

/** A value as a JSON string literal without its quotes, in latin1 form: the form in which streams keep text. */
export function literalOf(value: string, wide: boolean): string {
  return asLatin1(JSON.stringify(value).slice(1, -1), wide)
}

/** How many bytes of UTF-8 a literal (no quotes, latin1 form) stands for. */
export function literalBytes(literal: string): number {
  let bytes = literal.length
  for (let at = literal.indexOf('\\'); at !== -1; at = literal.indexOf('\\', at + 2)) {
    if (literal[at + 1] === 'u') return escapedBytes(literal)
    bytes -= 1
  }
  return bytes
}

function escapedBytes(literal: string): number {
  try {
    const value: unknown = JSON.parse(`"${fromLatin1(literal)}"`)
    return typeof value === 'string' ? Buffer.byteLength(value, 'utf8') : literal.length
  } catch {
    return literal.length
  }
}

/**
 * A light walk over JSON text: it finds where values begin and end without building them. A coding agent's body has
 * 100 KB and more, of which the gateway needs a dozen fields; strings are skipped with `indexOf`, which is what makes
 * it cheap. It checks brackets, quotes and scalars, not every comma: what is passed on is checked by the upstream.
 */
export class JsonFault extends Error {}

const QUOTE = 34
const BACKSLASH = 92
const OPEN_OBJECT = 123
const CLOSE_OBJECT = 125
const OPEN_ARRAY = 91
const CLOSE_ARRAY = 93
const COMMA = 44
const COLON = 58
const SCALAR = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?=[\s,\]}]|$)/y

export function skipSpace(text: string, at: number): number {
  let i = at
  for (;;) {
    const c = text.charCodeAt(i)
    if (c !== 32 && c !== 10 && c !== 13 && c !== 9) return i
    i++
  }
}

/** Most strings of a request are keys and names: a look at each character beats the call of `indexOf`. */
const SHORT_STRING = 40

/** `at` is the opening quote; the answer is the place after the closing one. */
export function stringEnd(text: string, at: number): number {
  let i = at + 1
  const near = i + SHORT_STRING
  while (i < near) {
    const c = text.charCodeAt(i)
    if (c === QUOTE) return i + 1
    i += c === BACKSLASH ? 2 : 1
  }
  // In a long text the next quote is far. A quote after an odd number of backslashes is a part of the text.
  for (;;) {
    i = text.indexOf('"', i)
    if (i < 0) throw new JsonFault('a string has no end')
    let back = i - 1
    while (text.charCodeAt(back) === BACKSLASH) back--
    i++
    if ((i - back) % 2 === 0) return i
  }
}

/** `at` is the first character of a value; the answer is the place after its last. */
export function valueEnd(text: string, at: number): number {
  const first = text.charCodeAt(at)
  if (first === QUOTE) return stringEnd(text, at)
  if (first === OPEN_OBJECT || first === OPEN_ARRAY) return nestedEnd(text, at)
  SCALAR.lastIndex = at
  if (!SCALAR.test(text)) throw new JsonFault(at >= text.length ? 'it ends too early' : `unexpected text at byte ${at}`)
  return SCALAR.lastIndex
}

function nestedEnd(text: string, at: number): number {
  const open: number[] = []
  let i = at
  for (;;) {
    const c = text.charCodeAt(i)
    if (c === QUOTE) {
      i = stringEnd(text, i)
      continue
    }
    if (c === OPEN_OBJECT || c === OPEN_ARRAY) open.push(c)
    else if (c === CLOSE_OBJECT || c === CLOSE_ARRAY) {
      if (open.pop() !== (c === CLOSE_OBJECT ? OPEN_OBJECT : OPEN_ARRAY))
        throw new JsonFault(`brackets do not match at byte ${i}`)
      if (open.length === 0) return i + 1
    } else if (Number.isNaN(c)) throw new JsonFault('it ends too early')
    i++
  }
}

/**
 * Walks an object: `visit` gets each key's literal (without quotes) and where its value begins, and answers where it ends,
 * so that a value that is looked into is walked once. Answers the place after the object.
 */
export function eachEntry(text: string, at: number, visit: (key: string, start: number) => number): number {
  let i = skipSpace(text, at + 1)
  if (text.charCodeAt(i) === CLOSE_OBJECT) return i + 1
  for (;;) {
    if (text.charCodeAt(i) !== QUOTE) throw new JsonFault(`a key was expected at byte ${i}`)
    const keyEnd = stringEnd(text, i)
    const key = text.slice(i + 1, keyEnd - 1)
    i = skipSpace(text, keyEnd)
    if (text.charCodeAt(i) !== COLON) throw new JsonFault(`a colon was expected at byte ${i}`)
    i = skipSpace(text, visit(key, skipSpace(text, i + 1)))
    const c = text.charCodeAt(i)
    if (c === CLOSE_OBJECT) return i + 1
    if (c !== COMMA) throw new JsonFault(`a comma was expected at byte ${i}`)
    i = skipSpace(text, i + 1)
  }
}

/** Walks an array: `visit` gets where each element begins and answers where it ends. Answers the place after the array. */
export function eachElement(text: string, at: number, visit: (start: number) => number): number {
  let i = skipSpace(text, at + 1)
  if (text.charCodeAt(i) === CLOSE_ARRAY) return i + 1
  for (;;) {
    i = skipSpace(text, visit(i))
    const c = text.charCodeAt(i)
    if (c === CLOSE_ARRAY) return i + 1
    if (c !== COMMA) throw new JsonFault(`a comma was expected at byte ${i}`)
    i = skipSpace(text, i + 1)
  }
}

export const isObjectAt = (text: string, at: number): boolean => text.charCodeAt(at) === OPEN_OBJECT
export const isArrayAt = (text: string, at: number): boolean => text.charCodeAt(at) === OPEN_ARRAY
export const isStringAt = (text: string, at: number): boolean => text.charCodeAt(at) === QUOTE

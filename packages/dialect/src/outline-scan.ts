/**
 * A light walk over JSON bytes: it finds where values begin and end without building them. A coding agent's body has
 * 100 KB and more, of which the gateway needs a dozen fields. It checks brackets, quotes and scalars, not every comma: what
 * is passed on is checked by the upstream. JSON's syntax is ASCII, so UTF-8 needs no decoding here.
 */
export class JsonFault extends Error {}

/** Bytes, and the same four at a time: long strings are most of a body, and are skipped in words. */
export interface JsonBytes {
  readonly bytes: Buffer
  /** Empty where the bytes do not begin at a word's edge (small bodies, cut out of a larger read). */
  readonly words: Int32Array
}

const NO_WORDS = new Int32Array(0)

export function jsonBytes(bytes: Buffer): JsonBytes {
  const isAligned = bytes.byteOffset % 4 === 0
  return { bytes, words: isAligned ? new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2) : NO_WORDS }
}

const QUOTE = 34
const BACKSLASH = 92
const OPEN_OBJECT = 123
const CLOSE_OBJECT = 125
const OPEN_ARRAY = 91
const CLOSE_ARRAY = 93
const COMMA = 44
const COLON = 58
const SCALAR = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/

const isSpace = (c: number | undefined): boolean => c === 32 || c === 10 || c === 13 || c === 9

export function skipSpace({ bytes }: JsonBytes, at: number): number {
  let i = at
  while (isSpace(bytes[i])) i++
  return i
}

/** Most strings of a request are keys and names, too short for words. */
const SHORT_STRING = 24

/** `at` is the opening quote; the answer is the place after the closing one. */
export function stringEnd(json: JsonBytes, at: number): number {
  const { bytes } = json
  let i = at + 1
  const near = Math.min(i + SHORT_STRING, bytes.length)
  while (i < near) {
    const c = bytes[i]
    if (c === QUOTE) return i + 1
    i += c === BACKSLASH ? 2 : 1
  }
  // A quote after an odd number of backslashes is a part of the text.
  for (;;) {
    i = nextQuote(json, i)
    let back = i - 1
    while (bytes[back] === BACKSLASH) back--
    i++
    if ((i - back) % 2 === 0) return i
  }
}

const QUOTES = 0x22222222
const ONES = 0x01010101
const TOPS = 0x80808080

function nextQuote({ bytes, words }: JsonBytes, from: number): number {
  const { length } = bytes
  let i = from
  if (words.length > 0) {
    while (i % 4 !== 0 && i < length) {
      if (bytes[i] === QUOTE) return i
      i++
    }
    let w = i >> 2
    for (; w < words.length; w++) {
      // Zero bytes of the difference are quotes; the trick finds a word that has one.
      const x = (words[w] as number) ^ QUOTES
      if (((x - ONES) & ~x & TOPS) !== 0) break
    }
    i = Math.max(i, w << 2)
  }
  while (i < length) {
    if (bytes[i] === QUOTE) return i
    i++
  }
  throw new JsonFault('a string has no end')
}

/** `at` is the first byte of a value; the answer is the place after its last. */
export function valueEnd(json: JsonBytes, at: number): number {
  const first = json.bytes[at]
  if (first === QUOTE) return stringEnd(json, at)
  if (first === OPEN_OBJECT || first === OPEN_ARRAY) return nestedEnd(json, at)
  return scalarEnd(json, at)
}

function scalarEnd({ bytes }: JsonBytes, at: number): number {
  let end = at
  for (;;) {
    const c = bytes[end]
    if (c === undefined || isSpace(c) || c === COMMA || c === CLOSE_OBJECT || c === CLOSE_ARRAY) break
    end++
  }
  if (!SCALAR.test(bytes.toString('latin1', at, end))) {
    throw new JsonFault(at >= bytes.length ? 'it ends too early' : `unexpected text at byte ${at}`)
  }
  return end
}

function nestedEnd(json: JsonBytes, at: number): number {
  const { bytes } = json
  const open: number[] = []
  let i = at
  while (i < bytes.length) {
    const c = bytes[i]
    if (c === QUOTE) {
      i = stringEnd(json, i)
      continue
    }
    if (c === OPEN_OBJECT || c === OPEN_ARRAY) open.push(c)
    else if (c === CLOSE_OBJECT || c === CLOSE_ARRAY) {
      if (open.pop() !== (c === CLOSE_OBJECT ? OPEN_OBJECT : OPEN_ARRAY))
        throw new JsonFault(`brackets do not match at byte ${i}`)
      if (open.length === 0) return i + 1
    }
    i++
  }
  throw new JsonFault('it ends too early')
}

/** Where a key stands, without its quotes. */
export interface KeyPlace {
  start: number
  end: number
}

/**
 * Walks an object: `visit` gets where each key stands and where its value begins, and answers where it ends, so that a value
 * that is looked into is walked once. The place of the key is the same object each time. Answers the place after the object.
 */
export function eachEntry(json: JsonBytes, at: number, visit: (key: KeyPlace, start: number) => number): number {
  const { bytes } = json
  const key = { start: 0, end: 0 }
  let i = skipSpace(json, at + 1)
  if (bytes[i] === CLOSE_OBJECT) return i + 1
  for (;;) {
    if (bytes[i] !== QUOTE) throw new JsonFault(`a key was expected at byte ${i}`)
    key.start = i + 1
    i = stringEnd(json, i)
    key.end = i - 1
    i = skipSpace(json, i)
    if (bytes[i] !== COLON) throw new JsonFault(`a colon was expected at byte ${i}`)
    i = skipSpace(json, visit(key, skipSpace(json, i + 1)))
    if (bytes[i] === CLOSE_OBJECT) return i + 1
    if (bytes[i] !== COMMA) throw new JsonFault(`a comma was expected at byte ${i}`)
    i = skipSpace(json, i + 1)
  }
}

/** Walks an array: `visit` gets where each element begins and answers where it ends. Answers the place after the array. */
export function eachElement(json: JsonBytes, at: number, visit: (start: number) => number): number {
  const { bytes } = json
  let i = skipSpace(json, at + 1)
  if (bytes[i] === CLOSE_ARRAY) return i + 1
  for (;;) {
    i = skipSpace(json, visit(i))
    if (bytes[i] === CLOSE_ARRAY) return i + 1
    if (bytes[i] !== COMMA) throw new JsonFault(`a comma was expected at byte ${i}`)
    i = skipSpace(json, i + 1)
  }
}

/** Whether these bytes are this text (ASCII). Comparing makes no string, which a walk over keys would make by the hundred. */
export function isText({ bytes }: JsonBytes, start: number, end: number, text: string): boolean {
  if (end - start !== text.length) return false
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text.charCodeAt(i)) return false
  return true
}

export const isObjectAt = ({ bytes }: JsonBytes, at: number): boolean => bytes[at] === OPEN_OBJECT
export const isArrayAt = ({ bytes }: JsonBytes, at: number): boolean => bytes[at] === OPEN_ARRAY
export const isStringAt = ({ bytes }: JsonBytes, at: number): boolean => bytes[at] === QUOTE

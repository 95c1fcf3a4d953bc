import { SSE_EVENT_LIMIT, type SseSplitter } from '../sse.ts'

/** How many events in a row may fail to repeat before learning from them stops paying. */
const PATIENCE = 32

/**
 * Nearly all events of a stream are equal but for one string. From an event that was parsed in full, this learns what stands
 * before and after the string, up to its blank line; later events with the same surroundings give up their string without
 * being cut into lines or parsed. Comparing all of the surroundings makes it safe: anything else falls back to the parse.
 */
export class LearnedShape<Kind extends string> {
  kind: Kind | '' = ''
  /** Tool call index or content block index, where the kind has one. */
  index = 0
  /** The string of the piece just found, as a literal (no quotes, latin1 form). */
  literal = ''
  before = ''
  after = ''
  /** The same of the event's data alone. */
  #prefix = ''
  #tail = ''
  /** How far into `after` its line goes. */
  #lineRest = 0
  #misses = 0

  /** The next event that has data: a piece of text, its string in `literal`, or any other; undefined: none is whole yet. */
  next(sse: SseSplitter): 'piece' | 'event' | undefined {
    if (this.#take(sse)) return 'piece'
    while (sse.next()) if (sse.hasData) return this.#lift(sse.data) ? 'piece' : 'event'
    return undefined
  }

  /** Takes the next event, if it is all there and has the known shape and a string that is not empty. */
  #take(sse: SseSplitter): boolean {
    const { before, after } = this
    const at = sse.nextAt
    const { text } = sse
    if (before === '' || at === -1 || !isAt(text, before, at)) return false
    const from = at + before.length
    const line = text.indexOf('\n', from)
    const to = line - this.#lineRest
    if (line === -1 || !isAt(text, after, to) || !this.#give(text, from, to)) return false
    const end = to + after.length
    if (end - at > SSE_EVENT_LIMIT || (sse.sawCr && this.literal.includes('\r'))) return false
    sse.skipTo(end)
    return true
  }

  /** The same of an event that was cut into lines, since it came in pieces. */
  #lift(data: string): boolean {
    const from = this.#prefix.length
    const to = data.length - this.#tail.length
    return from > 0 && isAt(data, this.#prefix, 0) && isAt(data, this.#tail, to) && this.#give(data, from, to)
  }

  /** What follows begins with the closing quote; any quote before it must be escaped, and that one must not be. */
  #give(text: string, from: number, to: number): boolean {
    if (to <= from) return false
    let quote = text.indexOf('"', from)
    while (quote < to) {
      if (!isEscaped(text, quote, from)) return false
      quote = text.indexOf('"', quote + 1)
    }
    if (isEscaped(text, to, from)) return false
    this.literal = text.slice(from, to)
    this.#misses = 0
    return true
  }

  /** From now on everything is parsed, until it learns again. */
  forget(): void {
    this.before = ''
    this.#prefix = ''
  }

  /**
   * Learns from the event just found, in whose data `read` finds the string under `key`. Verified by putting another string in
   * its place.
   */
  learn(sse: SseSplitter, key: string, kind: Kind, index: number, read: (value: unknown) => unknown): void {
    if (this.#misses > PATIENCE) return
    const { data } = sse
    this.#misses += 1
    const name = `"${key}"`
    for (let at = data.indexOf(name); at !== -1; at = data.indexOf(name, at + 1)) {
      const from = textAfter(data, at + name.length)
      const end = from === -1 ? -1 : closingQuote(data, from)
      if (end === -1) continue
      const prefix = data.slice(0, from)
      const tail = data.slice(end)
      if (!holdsProbe(`${prefix}?!${tail}`, read)) continue
      this.#prefix = prefix
      this.#tail = tail
      this.kind = kind
      this.index = index
      this.#learnAround(sse)
      return
    }
  }

  #learnAround({ text, start, end, data }: SseSplitter): void {
    const raw = text.slice(start, end)
    const dataAt = raw.indexOf(data)
    const rest = raw.slice(dataAt + data.length)
    // Not data over several lines, or with its like beside it, or with line ends of the rarest kind.
    const isPlain = dataAt !== -1 && raw.lastIndexOf(data) === dataAt && rest.endsWith('\n')
    this.before = isPlain ? raw.slice(0, dataAt) + this.#prefix : ''
    this.after = this.#tail + rest
    this.#lineRest = this.after.indexOf('\n')
  }
}

/** `startsWith` compares letter by letter: for 170 of them it takes nine times as long (measured). */
const isAt = (text: string, part: string, at: number): boolean => text.slice(at, at + part.length) === part

function holdsProbe(data: string, read: (value: unknown) => unknown): boolean {
  try {
    return read(JSON.parse(data)) === '?!'
  } catch {
    return false
  }
}

/** Where the text begins that stands behind a name, without its quote; -1: something else stands there. */
function textAfter(data: string, nameEnd: number): number {
  const colon = skipSpace(data, nameEnd)
  const quote = skipSpace(data, colon + 1)
  return data[colon] === ':' && data[quote] === '"' ? quote + 1 : -1
}

function skipSpace(data: string, at: number): number {
  let i = at
  while (data[i] === ' ' || data[i] === '\t') i++
  return i
}

function closingQuote(data: string, from: number): number {
  let quote = data.indexOf('"', from)
  while (quote !== -1 && isEscaped(data, quote, from)) quote = data.indexOf('"', quote + 1)
  return quote
}

function isEscaped(data: string, at: number, from: number): boolean {
  let slash = at - 1
  while (slash >= from && data.charCodeAt(slash) === 92) slash -= 1
  return (at - 1 - slash) % 2 === 1
}

/** No engine sends an event near this size; beyond it the upstream is broken and must not fill our memory. */
export const SSE_EVENT_LIMIT = 8 * 1024 * 1024

/**
 * Cuts a stream of latin1 text into server-sent events, however its bytes were cut on the way (F13): LF, CRLF and CR ends,
 * comments, data over several lines. `feed` text, then call `next` until it is false; the fields tell the block found.
 */
export class SseSplitter {
  /** Text not yet dropped; `start` and `end` are the bounds in it of the block last found, its blank line included. */
  text = ''
  start = 0
  end = 0
  name = ''
  data = ''
  /** False for a block of comments or a stray blank line: nothing to read, but to pass on. */
  hasData = false
  /** An event exceeded `SSE_EVENT_LIMIT`; nothing more will be found. */
  fault = false

  /** A CR was seen: lines may end in one. */
  sawCr = false

  #line = 0
  #found = true
  #parts: string[] = []
  #partsLength = 0
  #loneCr = false
  #waitsForLf = false
  /** The text ended in a CR that was taken for a line's end: an LF that follows belongs to it. */
  #mayBeLf = false
  #final = false

  /** Bytes of an event that has not ended yet. */
  get held(): number {
    return this.text.length - this.end + this.#partsLength
  }

  feed(chunk: string): void {
    if (this.fault) return
    const cr = chunk.includes('\r')
    if (!cr && !this.#waitsForLf && !chunk.includes('\n')) {
      if (chunk !== '') this.#mayBeLf = false
      // A long line arrives in many reads: joining at each would copy it again and again.
      this.#parts.push(chunk)
      this.#partsLength += chunk.length
      if (this.held > SSE_EVENT_LIMIT) this.#giveUp()
      return
    }
    this.sawCr ||= cr
    this.#join(chunk)
  }

  /** The upstream ended: an event without its blank line is found all the same. */
  finish(): void {
    if (this.fault || this.#final) return
    this.#final = true
    this.#join('')
    if (this.text !== '') this.text += '\n\n'
  }

  /** Where the next block begins; -1 in the middle of one. */
  get nextAt(): number {
    if (this.#found) return this.end
    return this.#line === this.start ? this.start : -1
  }

  /** Whoever knows the next block by its text has found that it goes up to here: it need not be cut into lines. */
  skipTo(end: number): void {
    this.start = this.nextAt
    this.end = end
    this.#line = end
    this.#found = true
  }

  next(): boolean {
    if (this.fault) return false
    if (this.#found) {
      this.#found = false
      this.start = this.end
      this.name = ''
      this.data = ''
      this.hasData = false
    }
    const text = this.text
    for (;;) {
      let stop = text.indexOf('\n', this.#line)
      let after = stop + 1
      if (this.sawCr) {
        const cr = text.indexOf('\r', this.#line)
        if (cr !== -1 && (stop === -1 || cr < stop)) {
          if (cr === text.length - 1 && !this.#final) {
            if (this.#loneCr) this.#mayBeLf = true
            else {
              this.#waitsForLf = true
              return false
            }
          }
          stop = cr
          after = text[cr + 1] === '\n' ? cr + 2 : cr + 1
          // Once a CR stood alone, the next need not wait for an LF that never comes.
          if (after === cr + 1) this.#loneCr = true
        }
      }
      if (stop === -1) {
        if (this.held > SSE_EVENT_LIMIT) this.#giveUp()
        return false
      }
      const from = this.#line
      this.#line = after
      if (stop === from) {
        this.end = after
        this.#found = true
        if (after - this.start <= SSE_EVENT_LIMIT) return true
        this.#giveUp()
        return false
      }
      this.#field(text, from, stop)
    }
  }

  #field(text: string, from: number, stop: number): void {
    if (text.startsWith('data:', from)) {
      const value = text.slice(text[from + 5] === ' ' ? from + 6 : from + 5, stop)
      this.data = this.hasData ? `${this.data}\n${value}` : value
      this.hasData = true
    } else if (text.startsWith('event:', from)) {
      this.name = text.slice(text[from + 6] === ' ' ? from + 7 : from + 6, stop)
    }
  }

  #join(chunk: string): void {
    this.#waitsForLf = false
    const rest = this.end === this.text.length ? '' : this.text.slice(this.end)
    if (this.#partsLength === 0) this.text = rest + chunk
    else {
      this.text = rest + this.#parts.join('') + chunk
      this.#parts = []
      this.#partsLength = 0
    }
    this.#line -= this.end
    this.start = 0
    this.end = 0
    if (this.#mayBeLf && this.#line < this.text.length) {
      if (this.text[this.#line] === '\n') this.#line += 1
      this.#mayBeLf = false
    }
  }

  #giveUp(): void {
    this.fault = true
    this.text = ''
    this.start = 0
    this.end = 0
    this.#parts = []
    this.#partsLength = 0
  }
}

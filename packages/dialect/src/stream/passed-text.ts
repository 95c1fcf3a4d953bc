import { SseSplitter } from '../sse.ts'
import type { LearnedShape } from './learned-shape.ts'

export interface PassedEvents {
  /** An event of the learnt shape. */
  readonly onPiece: () => void
  /** Any other; false: the stream is over. */
  readonly onEvent: (data: string) => boolean
}

/**
 * A stream that passes through: whole events only, each as it came unless replaced. Holding back a cut event until its rest arrives keeps a half chunk, which
 * an upstream may never complete, from the client.
 */
export class PassedText {
  readonly sse = new SseSplitter()
  #out = ''
  /** Up to where, in the splitter's text, everything is written or replaced. */
  #cursor = 0
  readonly #shape: LearnedShape<string>
  readonly #events: PassedEvents

  constructor(shape: LearnedShape<string>, events: PassedEvents) {
    this.#shape = shape
    this.#events = events
  }

  push(text: string): string {
    this.sse.feed(text)
    this.#walk()
    return this.#take()
  }

  finish(): string {
    this.sse.finish()
    this.#walk()
    return this.#take()
  }

  /** Puts `text` in the place of the event just found. */
  replace(text: string): void {
    this.#out += this.sse.text.slice(this.#cursor, this.sse.start) + text
    this.#cursor = this.sse.end
  }

  /** The event just found, as it came. */
  raw(): string {
    return this.sse.text.slice(this.sse.start, this.sse.end)
  }

  #walk(): void {
    const { sse } = this
    this.#cursor = sse.end
    for (let found = this.#shape.next(sse); found; found = this.#shape.next(sse)) {
      if (found === 'piece') this.#events.onPiece()
      else if (!this.#events.onEvent(sse.data)) return
    }
  }

  #take(): string {
    const out = this.#out + this.sse.text.slice(this.#cursor, this.sse.end)
    this.#out = ''
    this.#cursor = this.sse.end
    return out
  }
}

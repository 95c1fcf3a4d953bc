import { SseSplitter } from '../sse.ts'

/**
 * A stream that passes through: whole events only, each as it came unless replaced. Holding back a cut event until its rest arrives keeps a half chunk, which
 * an upstream may never complete, from the client.
 */
export class PassedText {
  readonly sse = new SseSplitter()
  #out = ''
  /** Up to where, in the splitter's text, everything is written or replaced. */
  #cursor = 0

  /** Feeds one read and calls `onEvent` for each event until it answers false: the stream is over. */
  push(chunk: Buffer, onEvent: (data: string) => boolean): string {
    this.sse.feed(chunk.toString('latin1'))
    this.#walk(onEvent)
    return this.#take()
  }

  finish(onEvent: (data: string) => boolean): string {
    this.sse.finish()
    this.#walk(onEvent)
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

  #walk(onEvent: (data: string) => boolean): void {
    this.#cursor = this.sse.end
    while (this.sse.next()) if (this.sse.hasData && !onEvent(this.sse.data)) break
  }

  #take(): string {
    const out = this.#out + this.sse.text.slice(this.#cursor, this.sse.end)
    this.#out = ''
    this.#cursor = this.sse.end
    return out
  }
}

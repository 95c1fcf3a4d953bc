import type { IncomingHttpHeaders } from 'node:http'
import type { Spent } from './answer.ts'
import type { Dialect } from './ask.ts'
import type { JsonObject } from './json.ts'

/** One model call as the upstream saw it. */
export interface CallRecord {
  /** 1 for the first call of this upstream. */
  readonly order: number
  readonly startedAtMs: number
  readonly path: string
  readonly dialect: Dialect
  readonly headers: IncomingHttpHeaders
  readonly model: string
  readonly stream: boolean
  readonly prompt: string
  /** 0 while no status was sent. */
  readonly status: number
  /** Why a strict engine refuses the request. */
  readonly refused: string | undefined
  /** What the whole answer costs; `events` tells how much of it was sent. */
  readonly spent: Spent | undefined
  readonly events: number
  /** The caller hung up. */
  readonly aborted: boolean
  readonly finished: boolean
  /** The sandbox broke the connection, as it was asked to. */
  readonly cut: boolean
  /** Only kept when asked for: bodies of coding tools are large. */
  readonly body: JsonObject | undefined
}

export type OpenCall = { -readonly [K in keyof CallRecord]: CallRecord[K] }

const longest = 1000

export class CallLog {
  readonly #calls: OpenCall[] = []
  #order = 0
  #active = 0
  #peak = 0

  open(path: string, dialect: Dialect, headers: IncomingHttpHeaders): OpenCall {
    const call: OpenCall = {
      order: ++this.#order,
      startedAtMs: Date.now(),
      path,
      dialect,
      headers,
      model: '',
      stream: false,
      prompt: '',
      status: 0,
      refused: undefined,
      spent: undefined,
      events: 0,
      aborted: false,
      finished: false,
      cut: false,
      body: undefined,
    }
    this.#calls.push(call)
    if (this.#calls.length > longest) this.#calls.shift()
    this.#peak = Math.max(this.#peak, ++this.#active)
    return call
  }

  close(): void {
    this.#active--
  }

  get active(): number {
    return this.#active
  }

  get peak(): number {
    return this.#peak
  }

  list(): readonly CallRecord[] {
    return [...this.#calls]
  }

  /** For those outside this process: without headers, which carry keys, and without what people wrote. */
  report(): readonly Omit<CallRecord, 'headers' | 'body' | 'prompt'>[] {
    return this.#calls.map(({ headers: _headers, body: _body, prompt: _prompt, ...call }) => call)
  }
}

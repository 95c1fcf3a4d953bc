import type { ServerResponse } from 'node:http'

import type { Instant } from '@codeplan/core'
import {
  clientStream,
  translateResponse,
  type ClientStream,
  type StreamOptions,
  type Usage,
  type Wire,
} from '@codeplan/dialect'
import type { Dispatcher } from 'undici'

import type { Route } from '../catalog/index.ts'
import type { Clock } from '../platform/index.ts'
import type { Recorder } from './kept-answer.ts'
import type { UpstreamRequest } from './prepare.ts'
import type { UpstreamDoor, UpstreamKey } from './upstream-pools.ts'

/** What is kept of an upstream's error body, and at most. */
const ERROR_BYTES_MAX = 65_536
/** A whole answer (not streamed) is held until it can be translated. */
const ANSWER_BYTES_MAX = 64 * 1_048_576
/** A stream's client hears from us at least this often while the upstream thinks. */
export const HEARTBEAT_MS = 15_000

/** How one try at one upstream ended. */
export type AttemptEnd =
  /** The whole answer has been handed to the client. */
  | { readonly kind: 'answered' }
  /** The upstream said no before the first byte. */
  | { readonly kind: 'refused'; readonly status: number; readonly body: string; readonly retryAfterSec: number }
  /** It could not be reached, fell silent, or broke. `begun`: the client has got a part of the answer. */
  | { readonly kind: 'failed'; readonly begun: boolean; readonly why: string }
  | { readonly kind: 'client_left'; readonly begun: boolean }
  /** We ended it: out of time, or the server stops. */
  | { readonly kind: 'ended_by_us'; readonly begun: boolean; readonly why: 'total_time' | 'server_stops' }

export interface AttemptOptions {
  readonly res: ServerResponse
  readonly clock: Clock
  readonly client: Wire
  readonly stream: boolean
  readonly route: Route
  readonly door: UpstreamDoor
  readonly key: UpstreamKey
  readonly answer: StreamOptions
  /** Keeps the answer: then it is worth hearing to its end, even when the client has left. */
  readonly recorder: Recorder | undefined
  /** Keeps a response that is whole, before its client hears so. */
  readonly keep: ((response: string) => Promise<void>) | undefined
  /** Sets status and headers of a streamed answer; called once, before its first byte. */
  readonly begin: () => void
  /** The answer has begun: no other upstream will be asked. */
  readonly firstByte: () => void
}

/** One try at one upstream, bytes from there to the client. */
export class Attempt implements Dispatcher.DispatchHandler {
  firstByteAt: Instant | undefined
  usage: Usage | undefined
  outputBytes = 0
  private controller: Dispatcher.DispatchController | undefined
  private status = 0
  private parts: Buffer[] = []
  private size = 0
  private relay: ClientStream | undefined
  /** Of a stream, what has arrived and is not yet read, as latin1 text. */
  private unread = ''
  private end: AttemptEnd | undefined
  /** These are measured in time that has passed, not in instants: a clock that is set makes nobody silent. */
  private lastWriteMs: number
  /** When the upstream was last heard, and whether it was heard at all; nothing is heard while a slow client is waited for. */
  private heardMs: number
  private isHeard = false
  private isPaused = false
  private retryAfterSec = 0
  private readonly o: AttemptOptions
  private readonly finish = Promise.withResolvers<AttemptEnd>()

  constructor(options: AttemptOptions) {
    this.o = options
    this.lastWriteMs = this.heardMs = options.clock.passedMs()
  }

  run(request: UpstreamRequest): Promise<AttemptEnd> {
    const { door, key, res, answer } = this.o
    const path = answer.vectorsAs ? door.embeddingsPath : door.path
    res.on('close', this.onClientClose)
    res.on('drain', this.onDrain)
    door.pool.dispatch(
      { method: 'POST', path, headers: { ...request.headers, ...key.headers }, body: request.body },
      this,
    )
    return this.finish.promise
  }

  /** Called about once a second: ends what takes too long, and keeps a waiting stream's client from giving up. */
  tick(passedMs: number): void {
    const { firstByteMsMax, idleMsMax } = this.o.route.upstream
    if (!this.isPaused && passedMs - this.heardMs >= (this.isHeard ? idleMsMax : firstByteMsMax)) {
      const why = this.isHeard ? 'it fell silent in the middle of its answer' : 'it did not begin to answer in time'
      if (this.relay && this.begun) this.endBroken(this.relay)
      return this.close({ kind: 'failed', begun: this.begun, why })
    }
    if (!this.o.stream || this.firstByteAt !== undefined || passedMs - this.lastWriteMs < HEARTBEAT_MS) return
    this.lastWriteMs = passedMs
    this.o.begin()
    this.o.res.write(this.o.client === 'anthropic' ? 'event: ping\ndata: {"type":"ping"}\n\n' : ': keep-alive\n\n')
  }

  stop(why: 'total_time' | 'server_stops'): void {
    this.close({ kind: 'ended_by_us', begun: this.begun, why })
  }

  /** Events that a Responses client was sent. */
  get sequence(): number {
    return this.relay?.sequence?.() ?? 0
  }

  private get begun(): boolean {
    return this.firstByteAt !== undefined
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller
    if (this.end) controller.abort(new Error('not needed any more'))
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.status = status
    this.retryAfterSec = Number(headers['retry-after']) || 0
    const isStream = String(headers['content-type'] ?? '').includes('event-stream')
    if (status >= 200 && status < 300 && this.o.stream && isStream) {
      this.relay = clientStream(this.o.route.upstream.kind, this.o.client, this.o.answer)
    }
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.end) return
    this.isHeard = true
    this.heardMs = this.o.clock.passedMs()
    if (this.relay) {
      // The upstream's client tells each event of a read by itself; when the next tick begins, all of them have been heard.
      if (this.unread === '') process.nextTick(this.relayUnread)
      this.unread += chunk.toString('latin1')
      return
    }
    this.size += chunk.length
    const ok = this.status < 300
    if (ok && this.size > ANSWER_BYTES_MAX)
      return this.close({ kind: 'failed', begun: false, why: 'its answer is too large' })
    if (ok || this.size <= ERROR_BYTES_MAX) this.parts.push(chunk)
  }

  onResponseEnd(): void {
    if (this.end) return
    if (this.relay) return this.endStream(this.relay)
    const body = Buffer.concat(this.parts)
    if (this.status < 200 || this.status >= 300)
      return this.done({
        kind: 'refused',
        status: this.status,
        body: body.toString('utf8'),
        retryAfterSec: this.retryAfterSec,
      })
    if (this.o.stream) return this.done({ kind: 'failed', begun: false, why: 'it did not answer with a stream' })
    this.endWhole(body)
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.relayUnread()
    if (this.end) return
    const why = WHYS[(error as { code?: string }).code ?? ''] ?? 'the connection to it broke'
    if (this.relay && this.begun) this.endBroken(this.relay)
    this.done({ kind: 'failed', begun: this.begun, why })
  }

  private readonly relayUnread = (): void => {
    const { relay } = this
    if (this.end || !relay || this.unread === '') return
    const out = this.read(relay)
    if (out !== undefined) this.write(out)
  }

  /** What the events that have arrived say to the client; undefined: this attempt is over. */
  private read(relay: ClientStream): string | undefined {
    const text = this.unread
    this.unread = ''
    const out = text === '' ? '' : relay.push(text)
    if (this.begun || !relay.state().error) return out
    // Nothing has been sent yet: another upstream may do better.
    return void this.close({ kind: 'failed', begun: false, why: 'it answered with an error' })
  }

  /** The client hears in its dialect that there is no more. */
  private endBroken(relay: ClientStream): void {
    this.endWriting(relay.end())
  }

  private endStream(relay: ClientStream): void {
    const out = this.read(relay)
    if (out === undefined) return
    const last = relay.end()
    const response = relay.response?.()
    if (response === undefined || !this.o.keep) return this.finishStream(relay, out, last)
    this.write(out)
    void this.o.keep(response).then(() => this.finishStream(relay, '', last))
  }

  private finishStream(relay: ClientStream, out: string, last: string): void {
    if (this.end) return
    const state = relay.state()
    if (state.error && !this.begun && out === '')
      return this.done({ kind: 'failed', begun: false, why: 'its answer was cut off' })
    this.endWriting(out + last)
    if (state.finished && !state.error) return this.done({ kind: 'answered' })
    this.done({ kind: 'failed', begun: this.begun, why: state.error?.message ?? 'its answer was cut off' })
  }

  private endWhole(body: Buffer): void {
    const { route, client, answer, keep } = this.o
    const made = translateResponse(route.upstream.kind, client, body, answer)
    if (!made.ok) return this.done({ kind: 'failed', begun: false, why: made.why })
    this.usage = made.usage
    if (!keep) return this.finishWhole(made.body)
    void keep(made.body).then(() => this.finishWhole(made.body))
  }

  private finishWhole(body: string): void {
    if (this.end) return
    const { res } = this.o
    this.firstByteAt = this.o.clock.now()
    this.o.firstByte()
    // Vectors are not written token by token: only what was read is paid for.
    this.outputBytes = this.o.answer.vectorsAs ? 0 : body.length
    res.setHeader('content-type', 'application/json; charset=utf-8')
    res.setHeader('content-length', body.length)
    this.o.begin()
    this.o.recorder?.hear(Buffer.from(body, 'latin1'))
    // A text goes out in one piece with the head, bytes do not.
    res.end(body, 'latin1')
    this.done({ kind: 'answered' })
  }

  private write(text: string): void {
    const { res } = this.o
    if (text === '') return
    this.beginWriting(text)
    if (res.destroyed || res.write(text, 'latin1')) return
    // The client reads slower than the upstream writes.
    this.isPaused = true
    this.controller?.pause()
  }

  private endWriting(text: string): void {
    if (text !== '') this.beginWriting(text)
    this.o.res.end(text, 'latin1')
  }

  private beginWriting(text: string): void {
    this.o.recorder?.hear(Buffer.from(text, 'latin1'))
    if (this.firstByteAt !== undefined) return
    this.firstByteAt = this.o.clock.now()
    this.o.firstByte()
    this.o.begin()
  }

  private readonly onDrain = (): void => this.resume()

  private resume(): void {
    this.isPaused = false
    this.heardMs = this.o.clock.passedMs()
    this.controller?.resume()
  }

  private readonly onClientClose = (): void => {
    if (this.o.res.writableFinished) return
    if (this.o.recorder) this.resume()
    else this.close({ kind: 'client_left', begun: this.begun })
  }

  /** Ends it from our side: the upstream is told by closing its connection, so that it stops generating. */
  private close(end: AttemptEnd): void {
    if (this.end) return
    this.done(end)
    this.controller?.abort(new Error(end.kind))
  }

  private done(end: AttemptEnd): void {
    if (this.end) return
    this.end = end
    this.o.res.off('close', this.onClientClose)
    this.o.res.off('drain', this.onDrain)
    if (this.relay) {
      this.usage = this.relay.usage()
      this.outputBytes = this.relay.outputBytes()
    }
    this.finish.resolve(end)
  }
}

const WHYS: Readonly<Record<string, string>> = {
  UND_ERR_CONNECT_TIMEOUT: 'it could not be reached in time',
  ECONNREFUSED: 'it could not be reached',
  ENOTFOUND: 'it could not be reached',
}

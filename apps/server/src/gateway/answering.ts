import type { IncomingMessage, ServerResponse } from 'node:http'

import { listPrice, yes, type Outcome } from '@codeplan/core'
import { errorInStream, type Outline } from '@codeplan/dialect'

import type { Model, Route } from '../catalog/index.ts'
import {
  noTokens,
  type Admission,
  type Ending,
  type Settlement,
  type Tokens,
  type Tried,
} from '../entitlements/index.ts'
import { languageOf, word, type Refusal } from '../platform/index.ts'
import { Attempt, type AttemptEnd } from './attempt.ts'
import { BYTES_PER_TOKEN, type CallDeps, type RunningCall } from './deps.ts'
import type { Recorder } from './kept-answer.ts'
import { prepare } from './prepare.ts'
import { refuse } from './refuse.ts'
import type { Target } from './routes.ts'
import { setStandingHeaders } from './standing-headers.ts'
import { reasonOf } from './upstream-reason.ts'

export interface Facts {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly target: Target
  readonly model: Model
  /** In the order in which they are tried. */
  readonly routes: readonly Route[]
  readonly admission: Admission
  readonly recorder: Recorder | undefined
  /** Keeps the response, where its caller asked for that. */
  readonly keep: ((response: string) => Promise<void>) | undefined
}

/** What the client sent. It is let go of when the answer begins: no other upstream can be asked after that. */
export interface Sent {
  readonly outline: Outline
  readonly body: Buffer
}

/** A call that has been let in, and the answer to it: which upstream was tried, how it ended, what it used. */
export class Answering implements RunningCall {
  attempt: Attempt | undefined
  readonly endsBy: number
  private ending: Ending = 'upstream_failed'
  private billable = false
  private tried: Tried[] = []
  private headSent = false
  private sent: Sent | undefined
  private readonly inputTokensEstimate: number
  private readonly deps: CallDeps
  private readonly facts: Facts

  constructor(deps: CallDeps, facts: Facts, sent: Sent) {
    this.deps = deps
    this.facts = facts
    this.sent = sent
    this.inputTokensEstimate = Math.ceil(sent.body.length / BYTES_PER_TOKEN)
    this.endsBy = facts.admission.admittedAt + deps.catalog.current().limits.totalMsMax
    setStandingHeaders(facts.res, facts.admission)
    facts.res.setHeader('x-request-id', facts.admission.id)
  }

  private get createdSec(): number {
    return Math.floor(this.facts.admission.admittedAt / 1000)
  }

  /** Tries the routes in their order, until one has answered or the answer has begun. */
  async answer(): Promise<void> {
    let last: AttemptEnd | undefined
    for (const route of this.facts.routes) {
      // Whoever left before an upstream has worked for him costs nothing.
      if (this.facts.res.destroyed) return this.end('client_left_early', false)
      const asked = this.ask(route)
      if (!asked.ok) {
        this.end('upstream_refused', false)
        return this.sayNo(asked.no)
      }
      last = await asked.value
      if (!mayTryNext(last)) break
    }
    this.close(last ?? { kind: 'failed', begun: false, why: 'no route is left' })
  }

  /** Not `async`, and what was prepared is handed on and not kept: nothing here holds a body while the answer streams. */
  private ask(route: Route): Outcome<Promise<AttemptEnd>, Refusal> {
    const { res, req, model, target, admission, recorder } = this.facts
    if (!this.sent) throw new Error('an answer that has begun was about to be asked for again')
    const { outline } = this.sent
    const prepared = prepare({ ...this.sent, wire: target.wire, headers: req.headers }, model, route)
    if (!prepared.ok) return prepared
    const { asked } = prepared.value
    if (asked?.dropped.length && !res.headersSent) res.setHeader('x-codeplan-dropped-tools', asked.dropped.join(', '))
    const attempt = new Attempt({
      res,
      clock: this.deps.clock,
      client: target.wire,
      stream: admission.stream,
      route,
      door: this.deps.pools.of(route.upstream, this.deps.catalog.current().limits),
      recorder,
      keep: this.facts.keep,
      begin: () => this.sendHead(),
      firstByte: () => (this.sent = undefined),
      answer: {
        id: admission.id,
        model: model.id,
        servedModel: model.id,
        upstreamModel: route.model,
        wantsUsage: outline.wantsUsage,
        wholeToolCalls: !outline.toolStream,
        inputTokensEstimate: this.inputTokensEstimate,
        createdSec: this.createdSec,
        asked,
        holdsEnd: this.facts.keep !== undefined,
      },
    })
    this.attempt = attempt
    return yes(attempt.run(prepared.value).then((end) => this.note(route, end)))
  }

  private note(route: Route, end: AttemptEnd): AttemptEnd {
    this.tried.push({
      upstream: route.upstream.id,
      model: route.model,
      end: end.kind,
      ...(end.kind === 'refused' ? { status: end.status } : {}),
      ...('why' in end ? { why: end.why } : {}),
    })
    return end
  }

  private sendHead(): void {
    const { res, admission } = this.facts
    if (this.headSent || res.headersSent) return
    this.headSent = true
    if (!admission.stream) return
    res.setHeader('content-type', 'text/event-stream; charset=utf-8')
    res.setHeader('cache-control', 'no-cache')
    // Proxies of the nginx family would otherwise hold the stream back.
    res.setHeader('x-accel-buffering', 'no')
    res.writeHead(200)
  }

  /** One rule for each ending; the table in docs/metering.md says the same in words. */
  private close(last: AttemptEnd): void {
    switch (last.kind) {
      case 'answered':
        return this.end('completed', true)
      case 'client_left':
        return this.end(last.begun ? 'client_left' : 'client_left_early', true)
      case 'ended_by_us':
        this.end(last.why === 'server_stops' ? 'server_stopped' : 'out_of_time', false)
        return this.sayNo(
          last.why === 'server_stops'
            ? { code: 'unavailable', why: 'draining' }
            : { code: 'upstream_failed', why: 'it took too long' },
        )
      case 'failed':
        this.end(last.begun ? 'upstream_cut' : 'upstream_failed', false)
        return last.begun ? undefined : this.sayNo({ code: 'upstream_failed', why: last.why })
      case 'refused':
        // A no that lies with the request is the caller's, any other the upstream's.
        this.end(isForCaller(last.status) ? 'upstream_refused' : 'upstream_failed', false)
        this.deps.log.warn({ call: this.facts.admission.id, tried: this.tried }, 'upstream refused')
        return this.sayNo(reasonOf(last.status, last.body))
    }
  }

  private end(ending: Ending, billable: boolean): void {
    this.ending = ending
    this.billable = billable
  }

  /** Before the first byte a status; once a stream's head is out, an error event on the client's wire. */
  private sayNo(refusal: Refusal): void {
    const { req, res, target, model, admission } = this.facts
    const { wire } = target
    const zone = this.deps.catalog.current().operator.zone
    this.deps.metrics.refusals.inc({ code: refusal.code })
    if (!res.headersSent) return refuse(req, res, { wire, requestId: admission.id, zone }, refusal)
    if (res.destroyed || res.writableEnded) return
    const words = word(refusal, zone)
    const error = { ...words, message: words.text[languageOf(req.headers['accept-language'])], requestId: admission.id }
    const answer = { id: admission.id, createdSec: this.createdSec, model: model.id }
    res.end(errorInStream(wire, error, { ...answer, sequence: this.attempt?.sequence ?? 0 }), 'latin1')
  }

  /** Before the settlement: a call whose hold is gone has its answer kept, or none. */
  closeRecord(): Promise<void> | undefined {
    const { recorder, res } = this.facts
    return this.ending === 'completed' ? recorder?.keep(res) : recorder?.release()
  }

  settlement(): Settlement {
    const { admission, model } = this.facts
    const { clock, countCall } = this.deps
    const { tokens, tokensFrom } = this.tokens()
    const endedAt = clock.now()
    const firstByteMs =
      this.attempt?.firstByteAt === undefined ? undefined : this.attempt.firstByteAt - admission.admittedAt
    countCall({ model: model.id, ending: this.ending, firstByteMs }, tokens)
    if (this.ending !== 'completed')
      this.deps.log.info({ call: admission.id, ending: this.ending, tried: this.tried }, 'call ended early')
    return {
      admission,
      ending: this.ending,
      billable: this.billable,
      tokens,
      tokensFrom,
      // What does not count has drawn nothing.
      listPrice: this.billable ? listPrice(model.prices, tokens) : 0,
      timing: { firstByteMs, totalMs: endedAt - admission.admittedAt },
      tried: this.tried,
    }
  }

  /** The upstream's count wins; where it sent none, bytes are counted and marked as an estimate (F04). */
  private tokens(): { tokens: Tokens; tokensFrom: Settlement['tokensFrom'] } {
    const { usage, outputBytes } = this.attempt ?? { usage: undefined, outputBytes: 0 }
    if (!this.billable && !usage) return { tokens: noTokens, tokensFrom: 'none' }
    const heard = Math.ceil(outputBytes / BYTES_PER_TOKEN)
    const { suspect, ...told } = usage ?? {
      ...noTokens,
      inputTokens: this.inputTokensEstimate,
      suspect: true,
    }
    const tokens = suspect ? plausible(told, this.facts.model.contextTokens) : told
    // A Messages stream tells its output at its end; who left before that has heard more than its opening said (F01).
    const counted = this.ending === 'completed' ? tokens.outputTokens > 0 || heard === 0 : tokens.outputTokens >= heard
    if (usage && counted) return { tokens, tokensFrom: suspect ? 'estimate' : 'upstream' }
    return { tokens: { ...tokens, outputTokens: Math.max(heard, tokens.outputTokens) }, tokensFrom: 'estimate' }
  }
}

/** No kind of nonsense is larger than what the model can read (F18). */
const plausible = (tokens: Tokens, max: number): Tokens =>
  Object.fromEntries(Object.entries(tokens).map(([kind, count]) => [kind, Math.min(count, max)])) as unknown as Tokens

/** Another upstream may be asked while the client has seen nothing, for faults that lie with this one. */
function mayTryNext(end: AttemptEnd): boolean {
  if (end.kind === 'failed') return !end.begun
  return end.kind === 'refused' && !isForCaller(end.status)
}

const isForCaller = (status: number): boolean => status < 500 && status !== 401 && status !== 403 && status !== 429

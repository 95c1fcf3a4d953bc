import type { IncomingMessage, ServerResponse } from 'node:http'

import { instant, listPrice, yes, type Instant, type Outcome, type RouteOutcome } from '@codeplan/core'
import { errorInStream, type Outline } from '@codeplan/dialect'

import type { Model } from '../catalog/index.ts'
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
import type { QueueShare } from './queue-share.ts'
import { refuse } from './refuse.ts'
import type { RouteHealth } from './route-health.ts'
import type { Target } from './routes.ts'
import { setStandingHeaders } from './standing-headers.ts'
import type { UpstreamKey } from './upstream-pools.ts'
import { isForCaller, keyRestMs, mayTryNext, outcomeOf } from './attempt-end.ts'
import { reasonOf } from './upstream-reason.ts'
import type { NoRoute, Seeker, ModelPlaces } from './model-places.ts'
import { whileThere } from './while-there.ts'

/** `retry-after` for who found no place: a wait that every tool obeys. */
const WAIT_AGAIN_SEC = 3
const NOTHING: readonly never[] = []

export interface Facts {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly target: Target
  readonly model: Model
  readonly places: ModelPlaces
  /** The conversation, which keeps to the upstream that knows it. */
  readonly session: string
  /** Where routes are full. */
  readonly share: QueueShare
  /** Until when it waits for a place. */
  readonly waitsUntil: Instant
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
  readonly endsByMs: number
  private ending: Ending = 'upstream_failed'
  private billable = false
  private tried: Tried[] = []
  private seeker: Seeker
  /** The route at which this call has a place. */
  private place: RouteHealth | undefined
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
    this.endsByMs = deps.clock.passedMs() + deps.catalog.current().limits.totalMsMax
    const { session, share, admission } = facts
    this.seeker = {
      session,
      ...share,
      caller: admission.subscriptionId,
      failedRoutes: NOTHING,
      failedUpstreams: NOTHING,
    }
    setStandingHeaders(facts.res, facts.admission)
    facts.res.setHeader('x-request-id', facts.admission.id)
  }

  private get createdSec(): number {
    return Math.floor(this.facts.admission.admittedAt / 1000)
  }

  async answer(): Promise<void> {
    try {
      await this.askRoutes()
    } finally {
      // Whatever went wrong: a place that is not given back would be lost until a restart (F71).
      this.leavePlace('unknown', this.deps.clock.now())
    }
  }

  /** Asks a route, and the next one while the client has seen nothing, until one has answered. */
  private async askRoutes(): Promise<void> {
    const { res, places, model } = this.facts
    let last: AttemptEnd | undefined
    for (;;) {
      // Whoever left before an upstream has worked for him costs nothing.
      if (res.destroyed) return this.end('client_left_early', false)
      const now = this.deps.clock.now()
      const taken = places.take(this.seeker, now)
      const found = taken === 'wait' ? await this.waitForPlace(now, last !== undefined) : taken
      if (found === 'none') break
      if (typeof found === 'string') return this.closeUnasked(found)
      this.place = found
      if (res.destroyed) return this.end('client_left_early', false)
      const asked = this.ask(found)
      if (!asked.ok) {
        this.end('upstream_refused', false)
        return this.sayNo(asked.no)
      }
      last = await asked.value
      if (!mayTryNext(last)) break
    }
    this.close(last ?? { kind: 'failed', begun: false, why: `${model.id} has no route left` })
  }

  /** No head is sent meanwhile, so that it can still end with a status. */
  private waitForPlace(now: Instant, isRetry: boolean): Promise<RouteHealth | NoRoute> {
    const { res, places, waitsUntil } = this.facts
    const { waitMsMax } = this.deps.catalog.current().routing
    const deadlineAt = isRetry ? now + waitMsMax : waitsUntil
    return whileThere(res, (onLeave) => places.wait(this.seeker, now, deadlineAt, onLeave))
  }

  /** Not `async`, and what was prepared is handed on and not kept: nothing here holds a body while the answer streams. */
  private ask(state: RouteHealth): Outcome<Promise<AttemptEnd>, Refusal> {
    const { res, req, model, target, admission, recorder, session } = this.facts
    if (!this.sent) throw new Error('an answer that has begun was about to be asked for again')
    const { outline } = this.sent
    const { route } = state
    const prepared = prepare({ ...this.sent, wire: target.wire, headers: req.headers }, model, route)
    if (!prepared.ok) return prepared
    const { asked } = prepared.value
    if (asked?.dropped.length && !res.headersSent) res.setHeader('x-codeplan-dropped-tools', asked.dropped.join(', '))
    const askedAt = this.deps.clock.now()
    const door = this.deps.pools.of(route.upstream)
    const key = state.keyFor(door.keys, session, askedAt)
    const attempt = new Attempt({
      res,
      clock: this.deps.clock,
      client: target.wire,
      stream: admission.stream,
      route,
      door,
      key,
      recorder,
      keep: this.facts.keep,
      begin: () => this.sendHead(),
      firstByte: () => {
        this.sent = undefined
        state.learn('began', askedAt, this.deps.clock.now())
      },
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
        vectorsAs: outline.vectorsAs,
      },
    })
    this.attempt = attempt
    return yes(attempt.run(prepared.value).then((end) => this.note({ state, key, askedAt }, end)))
  }

  private note(asked: { state: RouteHealth; key: UpstreamKey; askedAt: Instant }, end: AttemptEnd): AttemptEnd {
    const { state, key, askedAt } = asked
    const { upstream, model } = state.route
    this.tried.push({
      upstream: upstream.id,
      model,
      end: end.kind,
      ...(end.kind === 'refused' ? { status: end.status } : {}),
      ...('why' in end ? { why: end.why } : {}),
    })
    const now = this.deps.clock.now()
    const restMs = keyRestMs(end)
    const hasOtherKey = restMs > 0 && state.restKey(key.name, instant(now + restMs), now)
    if (mayTryNext(end)) {
      const { failedRoutes, failedUpstreams } = this.seeker
      this.seeker = {
        ...this.seeker,
        failedRoutes: hasOtherKey ? failedRoutes : [...failedRoutes, state],
        failedUpstreams: [...failedUpstreams, upstream.id],
      }
    }
    this.leavePlace(outcomeOf(end), askedAt)
    return end
  }

  private leavePlace(outcome: RouteOutcome, askedAt: Instant): void {
    const { place } = this
    if (!place) return
    this.place = undefined
    const now = this.deps.clock.now()
    place.learn(outcome, askedAt, now)
    this.facts.places.release(place, now)
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

  /** No upstream was asked for want of a place: nothing counts. */
  private closeUnasked(why: Exclude<NoRoute, 'none'>): void {
    switch (why) {
      case 'left':
        return this.end('client_left_early', false)
      case 'draining':
        this.end('server_stopped', false)
        return this.sayNo({ code: 'unavailable', why: 'draining' })
      case 'full':
      case 'late':
        this.end('no_capacity', false)
        return this.sayNo({ code: 'upstream_busy', retryAfterSec: WAIT_AGAIN_SEC })
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
    const { operator, tools } = this.deps.catalog.current()
    const { zone } = operator
    this.deps.metrics.refusals.inc({ code: refusal.code })
    if (!res.headersSent)
      return refuse(req, res, { wire, requestId: admission.id, zone, form: tools.formOf(admission.tool) }, refusal)
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

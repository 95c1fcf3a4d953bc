import type { IncomingMessage, ServerResponse } from 'node:http'

import { listPrice, type CallId } from '@codeplan/core'
import { anthropicError, openaiError, outline as readOutline, type Outline } from '@codeplan/dialect'

import type { CatalogRoom, Model, Route } from '../catalog/index.ts'
import {
  noTokens,
  type Admission,
  type Ending,
  type Entitlements,
  type Settlement,
  type Tokens,
  type Tried,
} from '../entitlements/index.ts'
import type { Identify, Principal } from '../identity/index.ts'
import { word, type Clock, type Log, type Metrics, type Refusal } from '../platform/index.ts'
import { Attempt, type AttemptEnd } from './attempt.ts'
import { makeCallId } from './call-id.ts'
import { routesInOrder } from './choose.ts'
import { classify } from './classify.ts'
import { prepare } from './prepare.ts'
import { receiveBody } from './receive.ts'
import { recogniseTool } from './recognise.ts'
import { languageOf, refuse } from './refuse.ts'
import type { Target } from './routes.ts'
import { setStandingHeaders } from './standing-headers.ts'
import type { UpstreamPools } from './upstream-pools.ts'
import { reasonOf } from './upstream-reason.ts'

export interface CallDeps {
  readonly catalog: CatalogRoom
  readonly identify: Identify
  readonly entitlements: Entitlements
  readonly pools: UpstreamPools
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  /** Calls that are being answered: they are ticked, and stopped when the server stops. */
  readonly running: Set<RunningCall>
  readonly isDraining: () => boolean
}

export interface RunningCall {
  readonly endsBy: number
  attempt: Attempt | undefined
}

/** Bytes of a request or an answer that make one token, where no one has counted. */
const BYTES_PER_TOKEN = 4

/** One model call: who asks, what for, may they, where to, and what it used. */
export async function handleCall(
  deps: CallDeps,
  req: IncomingMessage,
  res: ServerResponse,
  target: Target,
): Promise<void> {
  const id = makeCallId(deps.clock.now())
  const catalog = deps.catalog.current()
  const no = (refusal: Refusal): void => {
    deps.metrics.refusals.inc({ code: refusal.code })
    refuse(req, res, { dialect: target.base.dialect, requestId: id, zone: catalog.operator.zone }, refusal)
  }
  const known = deps.identify(req.headers)
  const principal = known instanceof Promise ? await known : known
  if (typeof principal === 'string') return no({ code: principal })
  if (principal.suspended) return no({ code: 'suspended' })

  const received = await receiveBody(req, { bytesMax: catalog.limits.bodyBytesMax, msMax: catalog.limits.bodyMsMax })
  if (!received.ok) return received.no.code === 'client_left' ? undefined : no(received.no)
  const read = readOutline(target.base.dialect, received.value)
  if (!read.ok) {
    const { fault, ...rest } = read.fault
    return no({ code: fault, ...rest } as Refusal)
  }
  const { outline } = read
  const model = catalog.resolve(outline.model)
  if (!model) return no({ code: 'unknown_model', model: outline.model.slice(0, 100) })

  // Here and not earlier: a body may take its time, and what is let in after this is waited for.
  if (deps.isDraining()) return no({ code: 'unavailable', why: 'draining' })
  const evidence = classify(req.headers, outline)
  const admitted = await deps.entitlements.admit({
    id,
    memberId: principal.memberId,
    keyId: principal.keyId,
    model: model.id,
    modelAsked: outline.model.slice(0, 100),
    tool: recogniseTool(req.headers),
    evidence,
    path: target.path,
    stream: outline.stream,
    expected: {
      inputTokens: Math.ceil(received.value.length / BYTES_PER_TOKEN),
      outputTokensMax: Math.min(outline.maxTokens ?? model.outputTokensMax, model.outputTokensMax),
    },
    totalMsMax: catalog.limits.totalMsMax,
  })
  if (!admitted.ok) return no(nameForBase(admitted.no, target))

  const call = new Call(deps, {
    req,
    res,
    target,
    id,
    model,
    outline,
    body: received.value,
    admission: admitted.value,
    principal,
  })
  deps.running.add(call)
  deps.metrics.inFlight.inc()
  try {
    await call.answer(routesInOrder(model, evidence.session))
  } finally {
    deps.running.delete(call)
    deps.metrics.inFlight.dec()
    deps.entitlements.settle(call.settlement())
  }
}

/** Only plans pay on the Anthropic base, so there the balance is no way out (wire contract §1.5: 1309, not 1113). */
function nameForBase(refusal: Refusal, target: Target): Refusal {
  return refusal.code === 'no_plan' && target.base.dialect === 'anthropic' ? { code: 'never_subscribed' } : refusal
}

interface CallFacts {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly target: Target
  readonly id: CallId
  readonly model: Model
  readonly outline: Outline
  readonly body: Buffer
  readonly admission: Admission
  readonly principal: Principal
}

class Call implements RunningCall {
  attempt: Attempt | undefined
  readonly endsBy: number
  private ending: Ending = 'upstream_failed'
  private billable = false
  private tried: Tried[] = []
  private headSent = false
  private readonly deps: CallDeps
  private readonly facts: CallFacts

  constructor(deps: CallDeps, facts: CallFacts) {
    this.deps = deps
    this.facts = facts
    this.endsBy = facts.admission.admittedAt + deps.catalog.current().limits.totalMsMax
    setStandingHeaders(facts.res, facts.admission)
    facts.res.setHeader('x-request-id', facts.id)
  }

  /** Tries the routes in their order, until one has answered or the answer has begun. */
  async answer(routes: readonly Route[]): Promise<void> {
    let last: AttemptEnd | undefined
    for (const route of routes) {
      // Nothing has been asked of any upstream for somebody who left while waiting: that costs nothing.
      if (this.facts.res.destroyed) return this.end('client_left_early', last !== undefined)
      const prepared = prepare(
        { ...this.facts, dialect: this.facts.target.base.dialect, headers: this.facts.req.headers },
        this.facts.model,
        route,
      )
      if (!prepared.ok) {
        this.end('upstream_refused', false)
        return this.sayNo(prepared.no)
      }
      last = await this.try(route, prepared.value)
      if (!mayTryNext(last)) break
    }
    this.close(last ?? { kind: 'failed', begun: false, why: 'no route is left' })
  }

  private async try(
    route: Route,
    request: { body: Buffer; headers: Readonly<Record<string, string>> },
  ): Promise<AttemptEnd> {
    const { res, model, outline, target, id, admission } = this.facts
    const limits = this.deps.catalog.current().limits
    this.attempt = new Attempt({
      res,
      clock: this.deps.clock,
      client: target.base.dialect,
      stream: outline.stream,
      route,
      door: this.deps.pools.of(route.upstream, limits),
      request,
      begin: () => this.sendHead(),
      answer: {
        id,
        model: model.id,
        servedModel: model.id,
        upstreamModel: route.model,
        wantsUsage: outline.wantsUsage,
        wholeToolCalls: !outline.toolStream,
        inputTokensEstimate: Math.ceil(this.facts.body.length / BYTES_PER_TOKEN),
        createdSec: Math.floor(admission.admittedAt / 1000),
      },
    })
    const end = await this.attempt.run()
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
    const { res, outline } = this.facts
    if (this.headSent || res.headersSent) return
    this.headSent = true
    if (!outline.stream) return
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
        this.end(
          last.why === 'server_stops' ? 'server_stopped' : 'out_of_time',
          last.why === 'total_time' && last.begun,
        )
        return this.sayNo(
          last.why === 'server_stops'
            ? { code: 'unavailable', why: 'draining' }
            : { code: 'upstream_failed', why: 'it took too long' },
        )
      case 'failed':
        this.end(last.begun ? 'upstream_cut' : 'upstream_failed', false)
        return last.begun ? undefined : this.sayNo({ code: 'upstream_failed', why: last.why })
      case 'refused':
        this.end('upstream_refused', false)
        this.deps.log.warn({ call: this.facts.id, tried: this.tried }, 'upstream refused')
        return this.sayNo(reasonOf(last.status, last.body))
    }
  }

  private end(ending: Ending, billable: boolean): void {
    this.ending = ending
    this.billable = billable
  }

  /** Before the first byte a status; once a stream's head is out, an error event in the client's dialect. */
  private sayNo(refusal: Refusal): void {
    const { req, res, target, id } = this.facts
    const dialect = target.base.dialect
    const zone = this.deps.catalog.current().operator.zone
    this.deps.metrics.refusals.inc({ code: refusal.code })
    if (!res.headersSent) return refuse(req, res, { dialect, requestId: id, zone }, refusal)
    if (res.destroyed || res.writableEnded) return
    const words = word(refusal, zone)
    const error = { ...words, message: words.text[languageOf(req.headers['accept-language'])], requestId: id }
    res.end(
      dialect === 'anthropic'
        ? `event: error\ndata: ${anthropicError(error)}\n\n`
        : `data: ${openaiError(error)}\n\ndata: [DONE]\n\n`,
    )
  }

  settlement(): Settlement {
    const { admission, model, id } = this.facts
    const { clock, metrics } = this.deps
    const { tokens, tokensFrom } = this.tokens()
    const endedAt = clock.now()
    const firstByteMs =
      this.attempt?.firstByteAt === undefined ? undefined : this.attempt.firstByteAt - admission.admittedAt
    metrics.calls.inc({ model: model.id, ending: this.ending })
    metrics.tokens.inc({ model: model.id, kind: 'input' }, tokens.inputTokens)
    metrics.tokens.inc({ model: model.id, kind: 'cached_input' }, tokens.cacheReadTokens)
    metrics.tokens.inc({ model: model.id, kind: 'output' }, tokens.outputTokens)
    if (firstByteMs !== undefined) metrics.firstByte.observe({ model: model.id }, firstByteMs / 1000)
    if (this.ending !== 'completed')
      this.deps.log.info({ call: id, ending: this.ending, tried: this.tried }, 'call ended early')
    return {
      admission,
      ending: this.ending,
      billable: this.billable,
      tokens,
      tokensFrom,
      listPrice: listPrice(model.prices, tokens),
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
      inputTokens: Math.ceil(this.facts.body.length / BYTES_PER_TOKEN),
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
  return end.kind === 'refused' && (end.status === 401 || end.status === 403 || end.status === 429 || end.status >= 500)
}

import type { IncomingMessage, ServerResponse } from 'node:http'

import { instant } from '@codeplan/core'
import { outline as readOutline } from '@codeplan/dialect'

import type { Refusal } from '../platform/index.ts'
import { Answering } from './answering.ts'
import { makeCallId } from './call-id.ts'
import { classify } from './classify.ts'
import { BYTES_PER_TOKEN, type CallDeps } from './deps.ts'
import { joinEarlier, keeper } from './earlier-responses.ts'
import { keepAnswer } from './kept-answer.ts'
import { admitInTurn } from './own-lines.ts'
import { receiveBody } from './receive.ts'
import { recogniseTool } from './recognise.ts'
import { refuse } from './refuse.ts'
import type { Target } from './routes.ts'

/** One model call: who asks, what for, may they, where to, and what it used. */
export async function handleCall(
  deps: CallDeps,
  req: IncomingMessage,
  res: ServerResponse,
  target: Target,
): Promise<void> {
  const call = await letIn(deps, req, res, target)
  if (!call) return
  deps.running.add(call)
  deps.metrics.inFlight.inc()
  try {
    await call.answer()
  } finally {
    deps.running.delete(call)
    deps.metrics.inFlight.dec()
    const closing = call.closeRecord()
    if (closing) await closing
    const settlement = call.settlement()
    deps.entitlements.settle(settlement)
    deps.ownLines.ended(settlement.admission.memberId)
  }
}

/**
 * Everything before an upstream is asked. A refusal is answered here. It is a function of its own so that its frame, and with
 * it the request's body, is gone while the answer streams: a thousand of them would hold hundreds of megabytes.
 */
async function letIn(
  deps: CallDeps,
  req: IncomingMessage,
  res: ServerResponse,
  target: Target,
): Promise<Answering | undefined> {
  const id = makeCallId(deps.clock.now())
  const catalog = deps.catalog.current()
  const no = (refusal: Refusal): undefined => {
    deps.metrics.refusals.inc({ code: refusal.code })
    refuse(req, res, { wire: target.wire, requestId: id, zone: catalog.operator.zone }, refusal)
  }
  const known = deps.identify(req.headers)
  const principal = known instanceof Promise ? await known : known
  if (typeof principal === 'string') return no({ code: principal })
  if (principal.suspended) return no({ code: 'suspended' })

  const received = await receiveBody(req, { bytesMax: catalog.limits.bodyBytesMax, msMax: catalog.limits.bodyMsMax })
  if (!received.ok) return received.no.code === 'client_left' ? undefined : no(received.no)
  const { memberId, keyId } = principal
  const sent = received.value
  const joined = target.wire === 'responses' ? await joinEarlier(deps, memberId, sent) : undefined
  if (joined && !joined.ok) return no(joined.no)
  const { body, storing } = joined?.value ?? { body: sent, storing: undefined }
  const read = readOutline(target.wire, body)
  if (!read.ok) {
    const { fault, ...rest } = read.fault
    return no({ code: fault, ...rest } as Refusal)
  }
  const { outline } = read
  const model = catalog.resolve(outline.model)
  if (!model) return no({ code: 'unknown_model', model: outline.model.slice(0, 100) })

  const kept = await keepAnswer(deps, req, res, { memberId, id, path: target.path, body: sent })
  if (kept?.kind === 'answered') return undefined
  if (kept?.kind === 'refused') return no(kept.refusal)
  const recorder = kept?.recorder
  // Here and not earlier: a body may take its time, and what is let in after this is waited for.
  if (deps.isDraining()) {
    await recorder?.release()
    return no({ code: 'unavailable', why: 'draining' })
  }
  const evidence = classify(req.headers, outline)
  const request = {
    id,
    memberId,
    keyId,
    model: model.id,
    modelAsked: outline.model.slice(0, 100),
    tool: recogniseTool(req.headers),
    evidence,
    path: target.path,
    purse: target.base.purse,
    stream: outline.stream,
    expected: {
      inputTokens: Math.ceil(body.length / BYTES_PER_TOKEN),
      outputTokensMax: Math.min(outline.maxTokens ?? model.outputTokensMax, model.outputTokensMax),
    },
    totalMsMax: catalog.limits.totalMsMax,
  }
  const waitsUntil = instant(deps.clock.now() + catalog.routing.waitMsMax)
  const places = deps.places.of(model)
  const decided = await deps.entitlements.admit(request)
  const admitted =
    !decided.ok && decided.no.code === 'too_many_calls'
      ? await admitInTurn(deps, res, request, { no: decided.no, deadlineAt: waitsUntil })
      : decided
  if (!admitted.ok) {
    await recorder?.release()
    if (admitted.no.code === 'client_left') return undefined
    if (admitted.no.code === 'too_many_calls') places.figures.hour.refused_own++
    return no(nameForBase(admitted.no, target))
  }
  const admission = admitted.value
  const weight = catalog.plans.get(admission.plan)?.queue_weight ?? 1
  return new Answering(
    deps,
    {
      req,
      res,
      target,
      model,
      places,
      session: evidence.session,
      weight,
      waitsUntil,
      admission,
      recorder,
      keep: keeper(deps, memberId, id, storing),
    },
    { outline, body },
  )
}

/** Only plans pay on the Anthropic base, so there the balance is no way out (wire contract §1.5: 1309, not 1113). */
function nameForBase(refusal: Refusal, target: Target): Refusal {
  return refusal.code === 'no_plan' && target.base.dialect === 'anthropic' ? { code: 'never_subscribed' } : refusal
}

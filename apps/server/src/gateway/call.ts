import type { IncomingMessage, ServerResponse } from 'node:http'

import { instant, type CallId, type Outcome } from '@codeplan/core'
import { embeddingsOutline, outline as readOutline } from '@codeplan/dialect'

import type { Catalog, Model } from '../catalog/index.ts'
import type { Admission } from '../entitlements/index.ts'
import { isRefused, type IdentifyRefusal, type Principal } from '../identity/index.ts'
import type { Refusal } from '../platform/index.ts'
import { Answering } from './answering.ts'
import { makeCallId } from './call-id.ts'
import { classify } from './classify.ts'
import { admit } from './covered-call.ts'
import { BYTES_PER_TOKEN, type CallDeps } from './deps.ts'
import { joinEarlier, keeper } from './earlier-responses.ts'
import { keepAnswer } from './kept-answer.ts'
import { admitInTurn } from './own-lines.ts'
import { receiveBody } from './receive.ts'
import { NO_TOOL, recogniseTool } from './recognise.ts'
import { projectOf } from './project.ts'
import { queueShare } from './queue-share.ts'
import { refuse } from './refuse.ts'
import type { Target } from './routes.ts'
import { shownText } from './shown-text.ts'

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
  try {
    await call.answer()
  } finally {
    deps.running.delete(call)
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
  const known = deps.identify(req)
  const principal = known instanceof Promise ? await known : known
  const { no, told } = refuser(deps, req, res, { id, target, principal })
  if (isRefused(principal)) return no(principal)

  const received = await receiveBody(req, { bytesMax: catalog.limits.bodyBytesMax, msMax: catalog.limits.bodyMsMax })
  if (!received.ok) return received.no.code === 'client_left' ? undefined : no(received.no)
  const { memberId, keyId } = principal
  const sent = received.value
  const joined = target.wire === 'responses' ? await joinEarlier(deps, memberId, sent) : undefined
  if (joined && !joined.ok) return no(joined.no)
  const { body, storing } = joined?.value ?? { body: sent, storing: undefined }
  const embeds = target.endpoint === 'embeddings'
  const read = embeds ? embeddingsOutline(body) : readOutline(target.wire, body)
  if (!read.ok) {
    const { fault, ...rest } = read.fault
    return no({ code: fault, ...rest } as Refusal)
  }
  const { outline } = read
  const modelAsked = shownText(outline.model, MODEL_LENGTH_MAX)
  const tool = recogniseTool(catalog.tools, req.headers, outline)
  told.seen = tool
  told.model = modelAsked
  // Not before the tool is known: it is told in the form that it takes for final.
  if (principal.suspended) return no({ code: 'suspended', appeal: catalog.operator.appeal })
  const model = catalog.resolve(outline.model)
  if (!model) return no({ code: 'unknown_model', model: modelAsked })
  if (model.embeds !== embeds) return no(methodRefusal(model, catalog))

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
    modelAsked,
    tool: tool.tool,
    toolRule: tool.rule,
    project: projectOf(req.headers),
    sparesUnknown: tool.rule === null && deps.toolGuard.isSuspended(deps.clock.now()),
    evidence,
    path: target.path,
    purse: target.base.purse === 'plan' ? ('plan' as const) : ('balance' as const),
    stream: outline.stream,
    expected: {
      inputTokens: Math.ceil(body.length / BYTES_PER_TOKEN),
      outputTokensMax: Math.min(outline.maxTokens ?? model.outputTokensMax, model.outputTokensMax),
    },
    totalMsMax: catalog.limits.totalMsMax,
  }
  const waitsUntil = instant(deps.clock.now() + catalog.routing.waitMsMax)
  const places = deps.places.of(model)
  const decided = await admit(deps, request, target)
  const admitted =
    !decided.ok && decided.no.code === 'too_many_calls'
      ? await admitInTurn(deps, res, request, { no: decided.no, deadlineAt: waitsUntil })
      : decided
  watchTools(deps, memberId, admitted)
  if (!admitted.ok) {
    await recorder?.release()
    if (admitted.no.code === 'client_left') return undefined
    if (admitted.no.code === 'too_many_calls') places.figures.hour.refused_own++
    return no(nameForBase(admitted.no, target))
  }
  const admission = admitted.value
  return new Answering(
    deps,
    {
      req,
      res,
      target,
      model,
      places,
      session: evidence.session,
      share: queueShare(admission, catalog),
      waitsUntil,
      admission,
      recorder,
      keep: keeper(deps, memberId, id, storing),
    },
    { outline, body },
  )
}

function methodRefusal({ id, embeds }: Model, catalog: Catalog): Refusal {
  const models = [...catalog.models.values()].filter((other) => other.embeds !== embeds).map((other) => other.id)
  return { code: 'method_not_supported', model: id, method: embeds ? 'chat' : 'embeddings', models }
}

/** Only plans pay on the Anthropic base, so there the balance is no way out (wire contract §1.5: 1309, not 1113). */
function nameForBase(refusal: Refusal, target: Target): Refusal {
  return refusal.code === 'no_plan' && target.base.dialect === 'anthropic' ? { code: 'never_subscribed' } : refusal
}

/** Refuses on behalf of a call, and keeps why for whoever asks: `told` is filled as more becomes known. */
function refuser(
  deps: CallDeps,
  req: IncomingMessage,
  res: ServerResponse,
  call: { readonly id: CallId; readonly target: Target; readonly principal: Principal | IdentifyRefusal },
) {
  const { id, target, principal } = call
  const told: { seen?: ReturnType<typeof recogniseTool>; model: string | null } = { model: null }
  const no = (refusal: Refusal): undefined => {
    const { tools, operator } = deps.catalog.current()
    const { tool, rule } = told.seen ?? tools.byHeaders(req.headers) ?? NO_TOOL
    deps.metrics.refusals.inc({ code: refusal.code })
    if (!isRefused(principal)) {
      const userAgent = (req.headers['user-agent'] ?? '').slice(0, USER_AGENT_MAX)
      const why = { refusal, path: target.path, tool, toolRule: rule, userAgent, model: told.model }
      deps.refusals.note(id, principal, why)
    }
    const how = { wire: target.wire, requestId: id, zone: operator.zone, form: tools.formOf(tool) }
    refuse(req, res, how, refusal)
  }
  return { no, told }
}

const USER_AGENT_MAX = 200
const MODEL_LENGTH_MAX = 100

function watchTools(
  { toolGuard, metrics, clock }: CallDeps,
  memberId: string,
  admitted: Outcome<Admission, { readonly code: string }>,
): void {
  const policy = admitted.ok
    ? admitted.value.toolPolicy
    : admitted.no.code === 'tool_not_supported'
      ? 'enforce'
      : 'none'
  if (policy === 'none') return
  if (policy !== undefined) metrics.unknownTools.inc({ policy })
  if (policy === undefined) toolGuard.note(memberId, 'recognised', clock.now())
  else if (policy === 'enforce' || policy === 'spared') toolGuard.note(memberId, 'unknown', clock.now())
}

import type { IncomingMessage, ServerResponse } from 'node:http'

import { isRefused } from '../identity/index.ts'
import type { CallDeps } from './deps.ts'
import { makeCallId } from './call-id.ts'
import { receiveBody } from './receive.ts'
import { refuse } from './refuse.ts'
import type { Target } from './routes.ts'
import { countTokens } from './tokenizer.ts'
import type { Refusal } from '../platform/index.ts'

/**
 * `count_tokens`, and `tokenizer` where Chat Completions is spoken, answer for every model from a tokenizer of ours: it is free, never a model call, and takes no slot
 * (F81). Claude Code sends 25 of them at once.
 */
export async function handleCountTokens(
  deps: CallDeps,
  req: IncomingMessage,
  res: ServerResponse,
  target: Target,
): Promise<void> {
  const { limits, operator, resolve } = deps.catalog.current()
  const how = {
    wire: target.wire,
    requestId: makeCallId(deps.clock.now()),
    zone: operator.zone,
    form: 'classic' as const,
  }
  const no = (refusal: Refusal): void => refuse(req, res, how, refusal)
  const principal = await deps.identify(req)
  if (isRefused(principal)) return no(principal)
  if (principal.suspended) return no({ code: 'suspended', appeal: operator.appeal })
  const received = await receiveBody(req, { bytesMax: limits.bodyBytesMax, msMax: limits.bodyMsMax })
  if (!received.ok) return received.no.code === 'client_left' ? undefined : no(received.no)
  let body: unknown
  try {
    body = JSON.parse(received.value.toString('utf8'))
  } catch (error) {
    return no({ code: 'bad_body', why: (error as Error).message.slice(0, 200) })
  }
  const { model, messages } = (body ?? {}) as { model?: unknown; messages?: unknown }
  if (typeof model !== 'string' || model === '') return no({ code: 'missing_field', field: 'model' })
  if (!Array.isArray(messages)) return no({ code: 'missing_field', field: 'messages' })
  if (!resolve(model)) return no({ code: 'unknown_model', model: model.slice(0, 100) })
  res.setHeader('content-type', 'application/json; charset=utf-8')
  res.setHeader('x-request-id', how.requestId)
  const tokens = await countTokens(body)
  res.end(
    JSON.stringify(
      target.wire === 'anthropic' ? { input_tokens: tokens } : tokenizerAnswer(how.requestId, tokens, deps),
    ),
  )
}

/** The answer of `POST …/tokenizer`, beside Chat Completions. */
const tokenizerAnswer = (id: string, tokens: number, { clock }: CallDeps) => ({
  id,
  created: Math.floor(clock.now() / 1000),
  request_id: id,
  usage: { prompt_tokens: tokens, total_tokens: tokens },
})

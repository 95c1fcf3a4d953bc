import { FieldError } from '../field.ts'
import { asObject } from '../json.ts'
import { asLatin1, inForm, workText } from '../latin1.ts'
import { unmarkThinking } from '../thinking.ts'
import { anthropicToOpenAI } from './anthropic-to-openai.ts'
import { openaiToAnthropic } from './openai-to-anthropic.ts'
import { echoOf } from '../responses-answer.ts'
import { responsesToAnthropic } from './responses-to-anthropic.ts'
import { responsesToMessages } from './responses-to-messages.ts'
import { responsesToOpenAI } from './responses-to-openai.ts'
import type { Dialect } from '../dialect.ts'
import type { JsonObject } from '../json.ts'
import type { Wire } from '../outline.ts'
import type { RequestContext, RequestOptions } from './options.ts'
import type { ResponsesAsked } from '../responses-answer.ts'

export type TranslatedRequest =
  /** `body` is latin1 text: write it with the encoding 'latin1'. */
  | { ok: true; body: string; asked?: ResponsesAsked }
  /** `field` is a path such as `messages[3].content[0].type`; `why` ends the sentence that it begins. */
  | { ok: false; field: string; why: string }

/**
 * A client's request as the upstream is to get it. With the same dialect on both sides only the model's name, the marks on
 * thinking and the wish for usage change; callers that splice bytes do this themselves.
 */
export function translateRequest(from: Wire, to: Dialect, body: Buffer, options: RequestOptions): TranslatedRequest {
  const { text, wide } = workText(body)
  let request: JsonObject | undefined
  try {
    request = asObject(JSON.parse(text))
  } catch {
    return { ok: false, field: 'body', why: 'is not valid JSON' }
  }
  if (!request) return { ok: false, field: 'body', why: 'must be a JSON object' }
  const context = {
    ...options,
    model: inForm(options.model, wide),
    servedModel: inForm(options.servedModel, wide),
    wide,
  }
  try {
    if (from === 'responses') return responsesTranslated(to, request, context)
    const made = asLatin1(JSON.stringify(translated(from, to, request, context)), wide)
    const plain = from === 'anthropic' && to === 'anthropic' ? unmarkThinking(made, options.servedModel) : made
    return { ok: true, body: plain }
  } catch (error) {
    if (error instanceof FieldError) return { ok: false, field: error.field, why: error.message }
    // JSON nested some thousands deep parses, but cannot be written: the stack ends.
    if (error instanceof RangeError) return { ok: false, field: 'body', why: 'is nested too deeply' }
    throw error
  }
}

function responsesTranslated(to: Dialect, request: JsonObject, context: RequestContext): TranslatedRequest {
  const asked = responsesToMessages(request, context)
  const made = to === 'anthropic' ? responsesToAnthropic(asked, context) : responsesToOpenAI(asked, context)
  const { called, dropped } = asked
  const echo = echoOf(request, context.wide)
  return { ok: true, body: asLatin1(JSON.stringify(made), context.wide), asked: { called, dropped, echo } }
}

function translated(from: Dialect, to: Dialect, request: JsonObject, context: RequestContext): JsonObject {
  if (from === 'anthropic' && to === 'openai') return anthropicToOpenAI(request, context)
  if (from === 'openai' && to === 'anthropic') return openaiToAnthropic(request, context)
  const same = { ...request, model: context.model }
  if (to === 'anthropic' || request['stream'] !== true) return same
  return { ...same, stream_options: { ...asObject(request['stream_options']), include_usage: true } }
}

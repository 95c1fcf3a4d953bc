import { anthropicToOpenAI } from './anthropic-to-openai.ts'
import type { JsonObject } from '../json.ts'
import type { RequestContext } from './options.ts'
import type { ResponsesAsMessages } from './responses-to-messages.ts'

/** By way of the Messages API: what it cannot say, no field of the chat wire holds either, but for one. */
export function responsesToOpenAI(asked: ResponsesAsMessages, context: RequestContext): JsonObject {
  const out = anthropicToOpenAI({ ...asked.request, messages: asked.turns }, context)
  return asked.jsonOnly ? { ...out, response_format: { type: 'json_object' } } : out
}

import { asList, asObject, asText } from '../json.ts'
import { stopReasonToOpenAI } from '../stop-reason.ts'
import { usageFromAnthropic, usageToOpenAI } from '../usage.ts'
import type { JsonObject } from '../json.ts'
import type { ResponseContext } from './options.ts'

/** A message as a chat completion; undefined when it holds no content list. */
export function messageToCompletion(body: JsonObject, context: ResponseContext): JsonObject | undefined {
  const blocks = asList(body['content'])
  if (!blocks) return undefined
  let text = ''
  let reasoning = ''
  const calls: JsonObject[] = []
  for (const value of blocks) {
    const block = asObject(value) ?? {}
    if (block['type'] === 'text') text += asText(block['text']) ?? ''
    if (block['type'] === 'thinking') reasoning += asText(block['thinking']) ?? ''
    if (block['type'] === 'tool_use') {
      const fn = { name: asText(block['name']) ?? '', arguments: JSON.stringify(asObject(block['input']) ?? {}) }
      const id = asText(block['id']) ?? `call_${context.id}_${calls.length}`
      calls.push({ index: calls.length, id, type: 'function', function: fn })
    }
  }
  const message: JsonObject = { role: 'assistant', content: text === '' && calls.length > 0 ? null : text }
  if (reasoning !== '') message['reasoning_content'] = reasoning
  if (calls.length > 0) message['tool_calls'] = calls
  const reason = stopReasonToOpenAI(asText(body['stop_reason']) ?? 'end_turn')
  const usage = usageFromAnthropic(body['usage'])
  return {
    id: context.id,
    object: 'chat.completion',
    created: context.createdSec,
    model: context.model,
    choices: [{ index: 0, message, finish_reason: reason }],
    ...(usage ? { usage: usageToOpenAI(usage) } : {}),
  }
}

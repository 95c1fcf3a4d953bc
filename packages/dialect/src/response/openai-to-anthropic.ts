import { asList, asObject, asText } from '../json.ts'
import { stopReasonToAnthropic, stopStringOf } from '../stop-reason.ts'
import { firstChoice, reasoningOf } from '../stream/openai-chunk.ts'
import { markSignature } from '../thinking.ts'
import { inputOfArguments } from '../tool-input.ts'
import { usageFromOpenAI, usageToAnthropic } from '../usage.ts'
import type { JsonObject } from '../json.ts'
import type { ResponseContext } from './options.ts'

/** A chat completion as a message; undefined when it holds no choice. */
export function completionToMessage(body: JsonObject, context: ResponseContext): JsonObject | undefined {
  const choice = firstChoice(body)
  const message = asObject(choice?.['message'])
  if (!choice || !message) return undefined
  const content = contentOf(message, context)
  const stopString = stopStringOf(choice)
  const hasCalls = content.some((block) => block['type'] === 'tool_use')
  const usage = usageFromOpenAI(body['usage'])
  return {
    id: `msg_${context.id}`,
    type: 'message',
    role: 'assistant',
    model: context.model,
    content,
    stop_reason: stopString
      ? 'stop_sequence'
      : stopReasonToAnthropic(asText(choice['finish_reason']) ?? 'stop', hasCalls),
    stop_sequence: stopString ?? null,
    usage: usage ? usageToAnthropic(usage) : { input_tokens: 0, output_tokens: 0 },
  }
}

function contentOf(message: JsonObject, context: ResponseContext): JsonObject[] {
  const content: JsonObject[] = []
  const thinking = reasoningOf(message)
  if (thinking) {
    content.push({ type: 'thinking', thinking, signature: markSignature(context.servedModel, undefined) })
  }
  const text = asText(message['content'])
  if (text && /[^ \t\r\n\f\v]/.test(text)) content.push({ type: 'text', text })
  for (const [i, value] of (asList(message['tool_calls']) ?? []).entries()) {
    const call = asObject(value)
    const fn = asObject(call?.['function'])
    if (!fn) continue
    content.push({
      type: 'tool_use',
      id: asText(call?.['id']) ?? `toolu_${context.id}_${i}`,
      name: asText(fn['name']) ?? '',
      input: inputOfArguments(fn['arguments']),
    })
  }
  return content
}

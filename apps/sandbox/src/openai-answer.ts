import type { Answer, Spent } from './answer.ts'
import type { Faults } from './directives.ts'
import { callId, type AnswerHead } from './answer-head.ts'
import type { JsonObject } from './json.ts'

const finishReasons = { end: 'stop', tools: 'tool_calls', length: 'length' } as const

/** The chunks of a streamed Chat Completions answer, as vLLM sends them. */
export function* chatEvents(head: AnswerHead, answer: Answer, faults: Faults, wantsUsage: boolean): Generator<string> {
  const chunk = (delta: JsonObject, finish: string | null = null) =>
    event({ ...chunkHead(head), choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }] })
  yield chunk({ role: 'assistant', content: '' })
  for (const piece of answer.thinking) yield chunk({ reasoning_content: piece })
  for (const piece of answer.text) yield chunk({ content: piece })
  for (const [index, call] of answer.calls.entries()) {
    const id = callId(head, index)
    yield chunk({ tool_calls: [{ index, id, type: 'function', function: { name: call.name, arguments: '' } }] })
    for (const piece of call.fragments) yield chunk({ tool_calls: [{ index, function: { arguments: piece } }] })
  }
  yield chunk({}, finishReasons[answer.stop])
  if (wantsUsage && !faults.noUsage) {
    yield event({ ...chunkHead(head), choices: [], usage: usage(answer.spent, faults) })
  }
  yield 'data: [DONE]\n\n'
}

export function chatWhole(head: AnswerHead, answer: Answer, faults: Faults): JsonObject {
  const calls = answer.calls.map((call, index) => ({
    id: callId(head, index),
    type: 'function',
    function: { name: call.name, arguments: call.fragments.join('') },
  }))
  const message = {
    role: 'assistant',
    content: answer.text.join(''),
    ...(answer.thinking.length > 0 ? { reasoning_content: answer.thinking.join('') } : {}),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  }
  return {
    ...chunkHead(head),
    object: 'chat.completion',
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishReasons[answer.stop] }],
    ...(faults.noUsage ? {} : { usage: usage(answer.spent, faults) }),
  }
}

export function chatError(status: number, message: string): JsonObject {
  const type = status === 429 ? 'rate_limit_error' : status < 500 ? 'invalid_request_error' : 'server_error'
  return { error: { message, type, param: null, code: status } }
}

/** An engine that fails in the middle of a stream still says that the stream is over. */
export function chatErrorEvent(): string {
  return `${event(chatError(500, 'The sandbox engine failed on request.'))}data: [DONE]\n\n`
}

function event(value: JsonObject): string {
  return `data: ${JSON.stringify(value)}\n\n`
}

function chunkHead({ id, model, created }: AnswerHead): JsonObject {
  return { id: `chatcmpl-${id}`, object: 'chat.completion.chunk', created, model }
}

function usage({ prompt, cached, completion, reasoning }: Spent, faults: Faults): JsonObject {
  if (faults.absurdUsage) {
    return {
      prompt_tokens: -5,
      completion_tokens: 'many',
      total_tokens: null,
      prompt_tokens_details: { cached_tokens: 999_999_999 },
    }
  }
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: cached },
    completion_tokens_details: { reasoning_tokens: reasoning },
  }
}

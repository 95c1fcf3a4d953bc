import { createHash } from 'node:crypto'
import type { Answer, Spent } from './answer.ts'
import { callId, type AnswerHead } from './answer-head.ts'
import type { Faults } from './directives.ts'
import type { JsonObject } from './json.ts'

const stopReasons = { end: 'end_turn', tools: 'tool_use', length: 'max_tokens' } as const
const errorTypes = new Map([
  [400, 'invalid_request_error'],
  [401, 'authentication_error'],
  [403, 'permission_error'],
  [404, 'not_found_error'],
  [413, 'request_too_large'],
  [429, 'rate_limit_error'],
  [529, 'overloaded_error'],
])

interface Block {
  readonly start: JsonObject
  readonly deltas: readonly JsonObject[]
}

/** The events of a streamed Messages answer. */
export function* messagesEvents(head: AnswerHead, answer: Answer, faults: Faults): Generator<string> {
  const begun = usage(answer.spent, faults, 1)
  const ended = usage(answer.spent, faults, answer.spent.completion)
  yield event('message_start', { message: { ...messageHead(head), content: [], ...begun } })
  yield event('ping', {})
  for (const [index, block] of blocks(head, answer).entries()) {
    yield event('content_block_start', { index, content_block: block.start })
    for (const delta of block.deltas) yield event('content_block_delta', { index, delta })
    yield event('content_block_stop', { index })
  }
  yield event('message_delta', { delta: { stop_reason: stopReasons[answer.stop], stop_sequence: null }, ...ended })
  yield event('message_stop', {})
}

export function messagesWhole(head: AnswerHead, answer: Answer, faults: Faults): JsonObject {
  const thinking = answer.thinking.join('')
  const content = [
    ...(thinking ? [{ type: 'thinking', thinking, signature: signature(thinking) }] : []),
    ...(answer.text.length > 0 ? [{ type: 'text', text: answer.text.join('') }] : []),
    ...answer.calls.map((call, n) => ({ type: 'tool_use', id: toolId(head, n), name: call.name, input: call.input })),
  ]
  const used = usage(answer.spent, faults, answer.spent.completion)
  return { ...messageHead(head), content, stop_reason: stopReasons[answer.stop], ...used }
}

export function messagesError(status: number, message: string, requestId: string): JsonObject {
  const type = errorTypes.get(status) ?? (status < 500 ? 'invalid_request_error' : 'api_error')
  return { type: 'error', error: { type, message }, request_id: requestId }
}

export function messagesErrorEvent(requestId: string): string {
  return event('error', messagesError(500, 'The sandbox engine failed on request.', requestId))
}

function blocks(head: AnswerHead, answer: Answer): Block[] {
  const found: Block[] = []
  if (answer.thinking.length > 0) {
    const deltas = answer.thinking.map((thinking) => ({ type: 'thinking_delta', thinking }))
    const signed = { type: 'signature_delta', signature: signature(answer.thinking.join('')) }
    found.push({ start: { type: 'thinking', thinking: '', signature: '' }, deltas: [...deltas, signed] })
  }
  if (answer.text.length > 0) {
    found.push({ start: { type: 'text', text: '' }, deltas: answer.text.map((text) => ({ type: 'text_delta', text })) })
  }
  for (const [n, call] of answer.calls.entries()) {
    const deltas = ['', ...call.fragments].map((piece) => ({ type: 'input_json_delta', partial_json: piece }))
    found.push({ start: { type: 'tool_use', id: toolId(head, n), name: call.name, input: {} }, deltas })
  }
  return found
}

function event(type: string, value: JsonObject): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...value })}\n\n`
}

function messageHead({ id, model }: AnswerHead): JsonObject {
  return { id: `msg_${id}`, type: 'message', role: 'assistant', model, stop_reason: null, stop_sequence: null }
}

function toolId(head: AnswerHead, index: number): string {
  return callId(head, index).replace('call_', 'toolu_')
}

function signature(thinking: string): string {
  return createHash('sha256').update(thinking).digest('base64')
}

/** Anthropic counts cached input apart from `input_tokens`, OpenAI counts it inside. */
function usage({ prompt, cached }: Spent, faults: Faults, output: number): { usage?: JsonObject } {
  if (faults.noUsage) return {}
  if (faults.absurdUsage) {
    return { usage: { input_tokens: '12', cache_read_input_tokens: 999_999_999, output_tokens: -3 } }
  }
  const input = { input_tokens: prompt - cached, cache_creation_input_tokens: 0, cache_read_input_tokens: cached }
  return { usage: { ...input, output_tokens: output } }
}

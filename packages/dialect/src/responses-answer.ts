import { asObject, asText, isPresent } from './json.ts'
import { asLatin1, fromLatin1, literalOf, toLatin1 } from './latin1.ts'
import { usageToOpenAI } from './usage.ts'
import type { JsonObject } from './json.ts'
import type { CalledTool, CalledTools } from './request/responses-tools.ts'
import type { Usage } from './usage.ts'

/** What the answer to a Responses request has to know of the request. */
export interface ResponsesAsked {
  readonly called: CalledTools
  readonly dropped: readonly string[]
  /** Fields of the request that every response object repeats: JSON members, latin1 form. */
  readonly echo: string
}

/** Not `instructions` and `tools`: tens of kilobytes that the client has, three times an answer. */
const ECHOED = [
  'max_output_tokens',
  'metadata',
  'parallel_tool_calls',
  'previous_response_id',
  'reasoning',
  'temperature',
  'text',
  'tool_choice',
  'top_p',
]

export function echoOf(request: JsonObject, wide: boolean): string {
  const said = ECHOED.filter((name) => isPresent(request[name])).map((name) => [name, request[name]])
  const echo = { previous_response_id: null, ...Object.fromEntries(said), store: request['store'] === true }
  return asLatin1(JSON.stringify(echo).slice(1, -1), wide)
}

export const NOTHING_ASKED: ResponsesAsked = { called: new Map(), dropped: [], echo: echoOf({}, true) }

export interface ResponseHead {
  /** Our id of the answer, without `resp_`. */
  readonly id: string
  readonly createdSec: number
  readonly model: string
  readonly echo: string
}

export interface ResponseState {
  readonly status: 'in_progress' | 'completed' | 'incomplete' | 'failed'
  /** Items, each as JSON in latin1 form. */
  readonly output?: readonly string[]
  readonly usage?: Usage | undefined
  /** Of `incomplete`. */
  readonly reason?: string
  /** Of `failed`; the message is a real string. */
  readonly error?: { readonly code: string; readonly message: string }
}

/** The response object, latin1 form. */
export function responseText(head: ResponseHead, state: ResponseState): string {
  const { status, output = [], usage, reason, error } = state
  return (
    `{"id":"${literalOf(`resp_${head.id}`, true)}","object":"response","created_at":${head.createdSec},"status":"${status}",` +
    `"error":${error ? toLatin1(JSON.stringify(error)) : 'null'},` +
    `"incomplete_details":${reason === undefined ? 'null' : `{"reason":"${reason}"}`},` +
    `"model":"${literalOf(head.model, true)}","output":[${output.join(',')}],` +
    `"usage":${usage ? JSON.stringify(usageOf(usage)) : 'null'},${head.echo}}`
  )
}

/** Cached input is a part of the input, reasoning of the output (F14, F19). */
function usageOf(usage: Usage): JsonObject {
  const { prompt_tokens, completion_tokens, total_tokens } = usageToOpenAI(usage)
  return {
    input_tokens: prompt_tokens,
    input_tokens_details: { cached_tokens: usage.cacheReadTokens },
    output_tokens: completion_tokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
    total_tokens,
  }
}

/** How a finished answer is called, by the stop reason of the Messages API. */
export function endingOf(stopReason: string | undefined): Pick<ResponseState, 'status' | 'reason' | 'error'> {
  switch (stopReason) {
    case 'max_tokens':
      return { status: 'incomplete', reason: 'max_output_tokens' }
    case 'refusal':
      return { status: 'incomplete', reason: 'content_filter' }
    case 'model_context_window_exceeded':
      // The word on which Codex compacts the conversation instead of trying again.
      return { status: 'failed', error: { code: 'context_length_exceeded', message: 'Prompt too long' } }
    default:
      return { status: 'completed' }
  }
}

/** Of the four kinds of items that an answer can hold, all strings literals in latin1 form. */
export function messageItem(id: string, text: string | undefined): string {
  const content = text === undefined ? '' : textPart(text)
  const status = text === undefined ? 'in_progress' : 'completed'
  return `{"id":"${id}","type":"message","status":"${status}","role":"assistant","content":[${content}]}`
}

export const textPart = (text: string): string => `{"type":"output_text","text":"${text}","annotations":[]}`

/** GLM's thinking goes out as the summary, the part that clients show and always send back, with its mark beside it. */
export function reasoningItem(id: string, text: string | undefined, mark: string): string {
  const summary = text === undefined ? '' : summaryPart(text)
  const signed = mark === '' ? '' : `,"encrypted_content":"${mark}"`
  return `{"id":"${id}","type":"reasoning","summary":[${summary}]${signed}}`
}

export const summaryPart = (text: string): string => `{"type":"summary_text","text":"${text}"}`

/** A call as its client knows it. `said` is what streams of its kind tell in a delta; '' where there is none. */
export interface ToldCall {
  readonly kind: CalledTool['kind']
  readonly id: string
  readonly said: string
  readonly item: (status: 'in_progress' | 'completed') => string
}

const PREFIX: Readonly<Record<CalledTool['kind'], string>> = { function: 'fc', custom: 'ctc', local_shell: 'lsh' }

/** The upstream's call of a function, as a call of the tool that the function stands for. */
export function toldCall(
  called: CalledTools,
  item: string,
  call: { readonly id: string; readonly name: string; readonly body: string },
): ToldCall {
  const { kind, name, namespace } = called.get(call.name) ?? { kind: 'function' as const, name: call.name }
  const id = `${PREFIX[kind]}_${item}`
  const inside = namespace === undefined ? '' : `,"namespace":"${namespace}"`
  const write = (type: string, status: string, rest: string): string =>
    `{"id":"${id}","type":"${type}","status":"${status}","call_id":"${call.id}"${rest}}`
  if (kind === 'local_shell') {
    const action = shellAction(call.body)
    return { kind, id, said: '', item: (status) => write('local_shell_call', status, `,"action":${action}`) }
  }
  const said = kind === 'custom' ? freeText(call.body) : call.body === '' ? '{}' : call.body
  const [type, key] = kind === 'custom' ? ['custom_tool_call', 'input'] : ['function_call', 'arguments']
  const item_ = (status: string): string =>
    write(type, status, `,"name":"${name}"${inside},"${key}":"${status === 'completed' ? said : ''}"`)
  return { kind, id, said, item: item_ }
}

/** The arguments as a value, and as a real string where they are no JSON object. */
function argumentsOf(literal: string): { text: string; value: JsonObject | undefined } {
  const text: unknown = JSON.parse(`"${fromLatin1(literal)}"`)
  const plain = typeof text === 'string' ? text : ''
  try {
    return { text: plain, value: asObject(JSON.parse(plain)) }
  } catch {
    return { text: plain, value: undefined }
  }
}

/** A model that did not keep to the one field has meant all it wrote. */
function freeText(literal: string): string {
  const { text, value } = argumentsOf(literal)
  return literalOf(asText(value?.['input']) ?? text, true)
}

function shellAction(literal: string): string {
  const { value = {} } = argumentsOf(literal)
  const { command, timeout_ms, working_directory } = value
  const list = Array.isArray(command) ? command.map(String) : ['bash', '-lc', asText(command) ?? '']
  const place = isPresent(working_directory) ? { working_directory } : {}
  const time = isPresent(timeout_ms) ? { timeout_ms } : {}
  return toLatin1(JSON.stringify({ type: 'exec', command: list, env: {}, ...place, ...time }))
}

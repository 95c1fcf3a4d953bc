import {
  FieldError,
  listAt,
  optionalBoolean,
  optionalNumber,
  optionalObject,
  optionalString,
  stringAt,
} from '../field.ts'
import { isPresent } from '../json.ts'
import { plainText } from './anthropic-content.ts'
import { messagesToOpenAI } from './anthropic-messages.ts'
import { toolChoiceToOpenAI, toolsToOpenAI } from './tools.ts'
import type { JsonObject } from '../json.ts'
import type { RequestContext } from './options.ts'

/** Not of the Messages API, but engines behind the chat wire know them and some clients send them. */
const KEPT = ['seed', 'presence_penalty', 'frequency_penalty', 'min_p', 'repetition_penalty', 'chat_template_kwargs']

export function anthropicToOpenAI(body: JsonObject, context: RequestContext): JsonObject {
  const system = plainText(body['system'], 'system')
  const messages = messagesToOpenAI(body['messages'], context.servedModel)
  const out: JsonObject = {
    model: context.model,
    messages: system === '' ? messages : [{ role: 'system', content: system }, ...messages],
  }
  for (const name of ['max_tokens', 'temperature', 'top_p', 'top_k']) {
    const value = optionalNumber(body[name], name)
    if (value !== undefined) out[name] = value
  }
  for (const name of KEPT) if (isPresent(body[name])) out[name] = body[name]
  const stops = stopSequences(body['stop_sequences'])
  if (stops.length > 0) out['stop'] = stops
  const tools = toolsToOpenAI(body['tools'])
  if (tools.length > 0) Object.assign(out, { tools }, toolChoiceToOpenAI(body['tool_choice']))
  Object.assign(out, thinking(body), output(body))
  const user = optionalString(optionalObject(body['metadata'], 'metadata')?.['user_id'], 'metadata.user_id')
  if (user !== undefined) out['user'] = user
  const stream = optionalBoolean(body['stream'], 'stream')
  if (stream !== undefined) out['stream'] = stream
  // Usage is billed, so it is always asked for (F05).
  if (stream) out['stream_options'] = { include_usage: true }
  return out
}

function stopSequences(value: unknown): string[] {
  if (!isPresent(value)) return []
  return listAt(value, 'stop_sequences').map((stop, i) => stringAt(stop, `stop_sequences[${i}]`))
}

/** GLM's switch. Earlier reasoning is kept in the template (`clear_thinking:false`): the client sends it back for that (F80). */
function thinking(body: JsonObject): JsonObject {
  const given = optionalObject(body['thinking'], 'thinking')
  if (!given) return {}
  switch (given['type']) {
    case 'enabled':
    case 'adaptive':
      return { thinking: { type: 'enabled', clear_thinking: false } }
    case 'disabled':
      return { thinking: { type: 'disabled' } }
    default:
      throw new FieldError('thinking.type', 'must be "enabled", "disabled" or "adaptive"')
  }
}

function output(body: JsonObject): JsonObject {
  const config = optionalObject(body['output_config'], 'output_config')
  const out: JsonObject = {}
  const effort = optionalString(config?.['effort'], 'output_config.effort')
  if (effort !== undefined) out['reasoning_effort'] = effort
  const format = optionalObject(config?.['format'] ?? body['output_format'], 'output_config.format')
  if (format?.['type'] === 'json_schema') {
    out['response_format'] = { type: 'json_schema', json_schema: { name: 'answer', schema: format['schema'] } }
  }
  return out
}

import {
  FieldError,
  listAt,
  objectAt,
  optionalBoolean,
  optionalNumber,
  optionalObject,
  optionalString,
  stringAt,
} from '../field.ts'
import { asObject, isPresent } from '../json.ts'
import { messagesToAnthropic } from './openai-messages.ts'
import { toolChoiceToAnthropic, toolsToAnthropic } from './tools.ts'
import type { JsonObject } from '../json.ts'
import type { RequestContext } from './options.ts'

export const JSON_ONLY = 'Answer with one valid JSON object and nothing else: no prose, no code fence.'

export function openaiToAnthropic(body: JsonObject, context: RequestContext): JsonObject {
  const choices = optionalNumber(body['n'], 'n')
  if (choices !== undefined && choices !== 1) throw new FieldError('n', 'must be 1 for this model')
  const { system, messages } = messagesToAnthropic(body['messages'])
  if (messages.length === 0) throw new FieldError('messages', 'must hold a message that is not empty')
  const format = optionalObject(body['response_format'], 'response_format')
  if (format?.['type'] === 'json_object') system.push(JSON_ONLY)
  const maxTokens =
    optionalNumber(body['max_completion_tokens'], 'max_completion_tokens') ??
    optionalNumber(body['max_tokens'], 'max_tokens') ??
    context.defaultMaxTokens
  const out: JsonObject = { model: context.model, max_tokens: maxTokens, messages }
  if (system.length > 0) out['system'] = system.join('\n\n')
  const stops = stopSequences(body['stop'])
  if (stops.length > 0) out['stop_sequences'] = stops
  const tools = toolsToAnthropic(body['tools'])
  if (tools.length > 0) {
    out['tools'] = tools
    const choice = toolChoiceToAnthropic(body['tool_choice'], body['parallel_tool_calls'])
    if (choice) out['tool_choice'] = choice
  }
  const thinks = thinking(body, out['tool_choice'])
  // Sampling cannot be set while the model thinks, nor thinking where a tool is forced: the API refuses both.
  Object.assign(out, thinks['type'] === undefined || thinks['type'] === 'disabled' ? sampling(body) : {})
  if (thinks['type'] !== undefined) out['thinking'] = thinks
  const config = outputConfig(body, format)
  if (config) out['output_config'] = config
  const user = optionalString(body['user_id'], 'user_id') ?? optionalString(body['user'], 'user')
  if (user !== undefined) out['metadata'] = { user_id: user }
  const stream = optionalBoolean(body['stream'], 'stream')
  if (stream !== undefined) out['stream'] = stream
  return out
}

/** Anthropic's temperature ends at 1 where OpenAI's ends at 2. GLM's `do_sample:false` is the greedy choice. */
export function sampling(body: JsonObject): JsonObject {
  const out: JsonObject = {}
  const topK = optionalNumber(body['top_k'], 'top_k')
  if (topK !== undefined) out['top_k'] = topK
  const temperature = optionalNumber(body['temperature'], 'temperature')
  const topP = optionalNumber(body['top_p'], 'top_p')
  if (optionalBoolean(body['do_sample'], 'do_sample') === false) return { ...out, temperature: 0 }
  if (temperature !== undefined) out['temperature'] = Math.min(1, Math.max(0, temperature))
  if (topP !== undefined) out['top_p'] = topP
  return out
}

function stopSequences(value: unknown): string[] {
  if (!isPresent(value)) return []
  if (typeof value === 'string') return value === '' ? [] : [value]
  return listAt(value, 'stop').map((stop, i) => stringAt(stop, `stop[${i}]`))
}

/** GLM's `thinking`, or the `enable_thinking` of Qwen and pi. Adaptive needs no budget, and no thinking before old calls. */
function thinking(body: JsonObject, toolChoice: unknown): JsonObject {
  const given = optionalObject(body['thinking'], 'thinking')
  const enabled = optionalBoolean(body['enable_thinking'], 'enable_thinking')
  const type = given?.['type'] ?? (enabled === undefined ? undefined : enabled ? 'enabled' : 'disabled')
  if (!isPresent(type)) return {}
  if (type === 'disabled') return { type }
  if (type !== 'enabled' && type !== 'adaptive') {
    throw new FieldError('thinking.type', 'must be "enabled", "disabled" or "adaptive"')
  }
  const budget = optionalNumber(given?.['budget_tokens'], 'thinking.budget_tokens')
  const forced = asObject(toolChoice)?.['type']
  if (forced === 'any' || forced === 'tool') return { type: 'disabled' }
  return budget === undefined ? { type: 'adaptive' } : { type: 'enabled', budget_tokens: budget }
}

function outputConfig(body: JsonObject, format: JsonObject | undefined): JsonObject | undefined {
  const config: JsonObject = {}
  const effort = optionalString(body['reasoning_effort'], 'reasoning_effort')
  if (effort !== undefined) config['effort'] = EFFORT[effort] ?? effort
  if (format?.['type'] === 'json_schema') {
    const schema = objectAt(format['json_schema'], 'response_format.json_schema')
    config['format'] = {
      type: 'json_schema',
      schema: objectAt(schema['schema'], 'response_format.json_schema.schema'),
    }
  }
  return Object.keys(config).length > 0 ? config : undefined
}

/** Anthropic's scale begins at "low". */
export const EFFORT: Record<string, string> = { none: 'low', minimal: 'low' }

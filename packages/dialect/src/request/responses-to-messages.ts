import { FieldError, objectAt, optionalBoolean, optionalNumber, optionalObject, optionalString } from '../field.ts'
import { asText, isPresent } from '../json.ts'
import { turnsOfItems } from './responses-items.ts'
import { responsesTools, responsesToolChoice } from './responses-tools.ts'
import type { JsonObject } from '../json.ts'
import type { RequestContext } from './options.ts'
import type { ItemTurn } from './responses-items.ts'
import type { CalledTools } from './responses-tools.ts'

/** A Responses request in the words of the Messages API, which can say all of it: signed thinking, pictures in results. */
export interface ResponsesAsMessages {
  /** Without `messages`. */
  readonly request: JsonObject
  readonly turns: readonly ItemTurn[]
  /** An answer in JSON of no given shape, which the Messages API has no field for. */
  readonly jsonOnly: boolean
  readonly called: CalledTools
  readonly dropped: readonly string[]
}

/** What needs a service that keeps more than responses. */
const NOT_OFFERED = ['background', 'conversation', 'prompt']

export function responsesToMessages(body: JsonObject, context: RequestContext): ResponsesAsMessages {
  for (const name of NOT_OFFERED) {
    if (isPresent(body[name]) && body[name] !== false) throw new FieldError(name, 'is not offered here')
  }
  const { tools: offered, called, dropped } = responsesTools(body['tools'], context.wide)
  const { tools, choice } = responsesToolChoice(body['tool_choice'], body['parallel_tool_calls'], offered)
  const { system, turns } = turnsOfItems(body['input'])
  const instructions = optionalString(body['instructions'], 'instructions') ?? ''
  const told = [instructions, ...system].filter((text) => text !== '').join('\n\n')
  const format = optionalObject(optionalObject(body['text'], 'text')?.['format'], 'text.format')
  const user = optionalString(body['user'], 'user')
  const request: JsonObject = {
    model: context.model,
    ...present('max_tokens', optionalNumber(body['max_output_tokens'], 'max_output_tokens')),
    ...present('temperature', optionalNumber(body['temperature'], 'temperature')),
    ...present('top_p', optionalNumber(body['top_p'], 'top_p')),
    ...present('system', told === '' ? undefined : told),
    ...(tools.length > 0 ? { tools, ...present('tool_choice', choice) } : {}),
    ...reasoning(body, format),
    ...(user === undefined ? {} : { metadata: { user_id: user } }),
    ...present('stream', optionalBoolean(body['stream'], 'stream')),
  }
  return { request, turns, jsonOnly: format?.['type'] === 'json_object', called, dropped }
}

const present = (name: string, value: unknown): JsonObject => (isPresent(value) ? { [name]: value } : {})

function reasoning(body: JsonObject, format: JsonObject | undefined): JsonObject {
  const given = optionalObject(body['reasoning'], 'reasoning')
  const effort = asText(given?.['effort'])
  const config: JsonObject = present('effort', effort)
  if (format?.['type'] === 'json_schema') {
    config['format'] = { type: 'json_schema', schema: objectAt(format['schema'], 'text.format.schema') }
  }
  return {
    ...(given ? { thinking: { type: effort === 'none' ? 'disabled' : 'adaptive' } } : {}),
    ...(Object.keys(config).length > 0 ? { output_config: config } : {}),
  }
}

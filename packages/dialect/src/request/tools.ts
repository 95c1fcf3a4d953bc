import { FieldError, listAt, objectAt, optionalBoolean, optionalString, stringAt } from '../field.ts'
import { asObject, isPresent } from '../json.ts'
import type { JsonObject } from '../json.ts'

/**
 * Anthropic tools as functions. Those without a schema (`web_search_20250305` and its kind) run inside Anthropic's own
 * service and are dropped. `defer_loading` (Claude Code's placeholder) is only advice.
 */
export function toolsToOpenAI(value: unknown): JsonObject[] {
  const tools: JsonObject[] = []
  for (const [i, item] of (isPresent(value) ? listAt(value, 'tools') : []).entries()) {
    const tool = objectAt(item, `tools[${i}]`)
    if (!isPresent(tool['input_schema'])) continue
    const fn: JsonObject = { name: stringAt(tool['name'], `tools[${i}].name`) }
    const description = optionalString(tool['description'], `tools[${i}].description`)
    if (description !== undefined) fn['description'] = description
    fn['parameters'] = objectAt(tool['input_schema'], `tools[${i}].input_schema`)
    if (tool['strict'] === true) fn['strict'] = true
    tools.push({ type: 'function', function: fn })
  }
  return tools
}

/** Function tools; GLM's own (`web_search`, `retrieval`, `mcp`) exist only inside that vendor's service and are dropped. */
export function toolsToAnthropic(value: unknown): JsonObject[] {
  const tools: JsonObject[] = []
  for (const [i, item] of (isPresent(value) ? listAt(value, 'tools') : []).entries()) {
    const given = objectAt(item, `tools[${i}]`)
    if (given['type'] !== 'function') continue
    const fn = objectAt(given['function'], `tools[${i}].function`)
    const tool: JsonObject = { name: stringAt(fn['name'], `tools[${i}].function.name`) }
    const description = optionalString(fn['description'], `tools[${i}].function.description`)
    if (description !== undefined) tool['description'] = description
    const schema = isPresent(fn['parameters']) ? objectAt(fn['parameters'], `tools[${i}].function.parameters`) : {}
    // Anthropic demands the type, where OpenAI takes `{}` for a function without arguments.
    tool['input_schema'] = isPresent(schema['type']) ? schema : { type: 'object', properties: {}, ...schema }
    if (fn['strict'] === true) tool['strict'] = true
    if (isPresent(given['cache_control'])) tool['cache_control'] = given['cache_control']
    tools.push(tool)
  }
  return tools
}

export function toolChoiceToOpenAI(value: unknown): JsonObject {
  if (!isPresent(value)) return {}
  const choice = objectAt(value, 'tool_choice')
  const parallel =
    optionalBoolean(choice['disable_parallel_tool_use'], 'tool_choice.disable_parallel_tool_use') === true
      ? { parallel_tool_calls: false }
      : {}
  switch (choice['type']) {
    case 'auto':
    case 'none':
      return { tool_choice: choice['type'], ...parallel }
    case 'any':
      return { tool_choice: 'required', ...parallel }
    case 'tool': {
      const name = stringAt(choice['name'], 'tool_choice.name')
      return { tool_choice: { type: 'function', function: { name } }, ...parallel }
    }
    default:
      throw new FieldError('tool_choice.type', 'must be "auto", "any", "tool" or "none"')
  }
}

export function toolChoiceToAnthropic(value: unknown, parallel: unknown): JsonObject | undefined {
  const single = optionalBoolean(parallel, 'parallel_tool_calls') === false
  const choice = choiceToAnthropic(value)
  if (!single || choice?.['type'] === 'none') return choice
  return { ...(choice ?? { type: 'auto' }), disable_parallel_tool_use: true }
}

function choiceToAnthropic(value: unknown): JsonObject | undefined {
  if (!isPresent(value)) return undefined
  if (value === 'auto' || value === 'none') return { type: value }
  if (value === 'required') return { type: 'any' }
  const choice = asObject(value)
  if (choice?.['type'] === 'function') {
    const fn = objectAt(choice['function'], 'tool_choice.function')
    return { type: 'tool', name: stringAt(fn['name'], 'tool_choice.function.name') }
  }
  throw new FieldError('tool_choice', 'must be "auto", "none", "required" or a function')
}

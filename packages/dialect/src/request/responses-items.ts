import { FieldError, listAt, objectAt, stringAt } from '../field.ts'
import { asList, asObject, asText, isPresent } from '../json.ts'
import { readMark } from '../thinking.ts'
import { inputOfArguments } from '../tool-input.ts'
import { sourceOfUrl } from './image.ts'
import { safeId, textBlock } from './openai-messages.ts'
import { LOCAL_SHELL, nameAt } from './responses-tools.ts'
import type { JsonObject } from '../json.ts'

/** A turn of the Messages API; `system` entries are those that come after the conversation has begun. */
export interface ItemTurn {
  role: 'user' | 'assistant' | 'system'
  content: JsonObject[]
}

export interface ItemTurns {
  /** What stands before the conversation. */
  system: string[]
  turns: ItemTurn[]
}

/** Items of the Responses wire as turns: neighbours of one role are one turn, as the parts of one answer must be (F80). */
export function turnsOfItems(value: unknown): ItemTurns {
  if (typeof value === 'string') return { system: [], turns: [{ role: 'user', content: textBlock(value, {}) }] }
  const system: string[] = []
  const turns: ItemTurn[] = []
  /** Calls of tools that ran inside another service: their results are left out with them. */
  const foreign = new Set<unknown>()
  for (const [i, item] of listAt(value, 'input').entries()) {
    const field = `input[${i}]`
    const given = objectAt(item, field)
    const type = asText(given['type']) ?? 'message'
    if (type === 'message') {
      const { role, content } = messageOf(given, field)
      if (role === 'system' && turns.length === 0) system.push(...content.map((block) => String(block['text'])))
      else add(turns, role, content)
    } else if (type.endsWith('_output')) {
      if (!foreign.has(given['call_id'])) addResult(turns, resultOf(given, field))
    } else {
      const block = madeByModel(type, given, field)
      if (block) add(turns, 'assistant', [block])
      else if (isPresent(given['call_id'])) foreign.add(given['call_id'])
    }
  }
  return { system, turns }
}

function add(turns: ItemTurn[], role: ItemTurn['role'], content: JsonObject[]): void {
  if (content.length === 0) return
  const last = turns.at(-1)
  if (last?.role === role) last.content.push(...content)
  else turns.push({ role, content })
}

/** A result stands right behind the turn of its call, whoever has spoken in between: every upstream demands it. */
function addResult(turns: ItemTurn[], result: JsonObject): void {
  const asked = turns.findLastIndex(({ content }) =>
    content.some((block) => block['type'] === 'tool_use' && block['id'] === result['tool_use_id']),
  )
  const next = turns[asked + 1]
  if (asked < 0) add(turns, 'user', [result])
  else if (next?.role !== 'user') turns.splice(asked + 1, 0, { role: 'user', content: [result] })
  else {
    const others = next.content.findIndex((block) => block['type'] !== 'tool_result')
    next.content.splice(others < 0 ? next.content.length : others, 0, result)
  }
}

function messageOf(given: JsonObject, field: string): ItemTurn {
  switch (given['role']) {
    case 'user':
      return { role: 'user', content: contentOf(given['content'], `${field}.content`) }
    case 'assistant':
      return { role: 'assistant', content: contentOf(given['content'], `${field}.content`) }
    case 'system':
    case 'developer': {
      const content = contentOf(given['content'], `${field}.content`)
      if (content.some((block) => block['type'] !== 'text')) throw new FieldError(`${field}.content`, 'must be text')
      return { role: 'system', content }
    }
    default:
      throw new FieldError(`${field}.role`, 'must be "user", "assistant", "system" or "developer"')
  }
}

function contentOf(content: unknown, field: string): JsonObject[] {
  if (!isPresent(content)) return []
  if (typeof content === 'string') return textBlock(content, {})
  return listAt(content, field).flatMap((item, i) => blockOf(objectAt(item, `${field}[${i}]`), `${field}[${i}]`))
}

function blockOf(part: JsonObject, field: string): JsonObject[] {
  switch (part['type']) {
    case 'input_text':
    case 'output_text':
    case 'summary_text':
    case 'text':
      return textBlock(stringAt(part['text'], `${field}.text`), {})
    case 'refusal':
      return textBlock(stringAt(part['refusal'], `${field}.refusal`), {})
    case 'input_image':
      return [{ type: 'image', source: sourceAt(part, ['image_url'], field) }]
    case 'input_file':
      return [{ type: 'document', source: sourceAt(part, ['file_data', 'file_url'], field) }]
    default:
      throw new FieldError(`${field}.type`, 'is a kind of content that this model cannot be given')
  }
}

function sourceAt(part: JsonObject, keys: readonly string[], field: string): JsonObject {
  const key = keys.find((name) => isPresent(part[name]))
  if (key === undefined)
    throw new FieldError(`${field}.${keys[0]}`, 'must be given: no files are kept here to refer to')
  return sourceOfUrl(stringAt(part[key], `${field}.${key}`), `${field}.${key}`)
}

/** What the model did, as a block; undefined for what only the service that made it can read. */
function madeByModel(type: string, given: JsonObject, field: string): JsonObject | undefined {
  switch (type) {
    case 'reasoning':
      return thinkingOf(given)
    case 'function_call':
      return called(given, field, nameAt(given, field), inputOfArguments(given['arguments']))
    case 'custom_tool_call':
      return called(given, field, nameAt(given, field), { input: stringAt(given['input'], `${field}.input`) })
    case 'local_shell_call': {
      const { command, working_directory, timeout_ms } = objectAt(given['action'], `${field}.action`)
      const place = isPresent(working_directory) ? { working_directory } : {}
      const time = isPresent(timeout_ms) ? { timeout_ms } : {}
      return called(given, field, LOCAL_SHELL, { command, ...place, ...time })
    }
    case 'item_reference':
      throw new FieldError(field, 'must be the item itself, or be left to previous_response_id')
    default:
      return undefined
  }
}

/** Signed thinking goes back by its mark (F79). Without ours, what `encrypted_content` holds is another service's. */
function thinkingOf(given: JsonObject): JsonObject | undefined {
  const signature = asText(given['encrypted_content'])
  if (signature !== undefined && !readMark(signature)) return undefined
  const parts = [...(asList(given['summary']) ?? []), ...(asList(given['content']) ?? [])]
  const thinking = parts.map((part) => asText(asObject(part)?.['text']) ?? '').join('')
  if (thinking === '') return undefined
  return { type: 'thinking', thinking, ...(signature === undefined ? {} : { signature }) }
}

function called(given: JsonObject, field: string, name: string, input: JsonObject): JsonObject {
  return { type: 'tool_use', id: callIdOf(given, field), name, input }
}

/** The two items of a local shell call may name it by their own id alone. */
function callIdOf(given: JsonObject, field: string): string {
  return safeId(stringAt(given['call_id'] ?? given['id'], `${field}.call_id`))
}

function resultOf(given: JsonObject, field: string): JsonObject {
  const { output } = given
  const plain = isPresent(output) && typeof output === 'object' ? JSON.stringify(output) : (output ?? '')
  const content = Array.isArray(output) ? contentOf(output, `${field}.output`) : stringAt(plain, `${field}.output`)
  return { type: 'tool_result', tool_use_id: callIdOf(given, field), content }
}

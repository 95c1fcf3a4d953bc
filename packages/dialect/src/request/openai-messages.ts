import { FieldError, listAt, objectAt, optionalString, stringAt } from '../field.ts'
import { isPresent } from '../json.ts'
import { inputOfArguments } from '../tool-input.ts'
import { sourceOfUrl } from './image.ts'
import type { JsonObject } from '../json.ts'

export interface Turn {
  role: 'user' | 'assistant'
  content: JsonObject[]
}

export interface AnthropicMessages {
  /** Text of all system and developer messages. */
  system: string[]
  messages: Turn[]
}

/**
 * Chat messages as turns of the Anthropic wire: roles alternate, so neighbours of one role are joined (Codex 0.80 splits one
 * assistant turn into its text and its calls), and tool messages become one user turn of results.
 */
export function messagesToAnthropic(value: unknown): AnthropicMessages {
  const system: string[] = []
  const turns: Turn[] = []
  for (const [i, item] of listAt(value, 'messages').entries()) {
    const field = `messages[${i}]`
    const message = objectAt(item, field)
    const content = message['content']
    switch (message['role']) {
      case 'system':
      case 'developer':
        system.push(...textsOf(content, `${field}.content`))
        break
      case 'user':
        addTurn(turns, 'user', userBlocks(content, `${field}.content`))
        break
      case 'assistant':
        addTurn(turns, 'assistant', assistantBlocks(message, field))
        break
      case 'tool':
        addTurn(turns, 'user', [toolResult(message, field)])
        break
      default:
        throw new FieldError(`${field}.role`, 'must be "system", "developer", "user", "assistant" or "tool"')
    }
  }
  return { system, messages: wellFormed(turns) }
}

export function addTurn(turns: Turn[], role: Turn['role'], content: JsonObject[]): void {
  if (content.length === 0) return
  const last = turns.at(-1)
  if (last?.role === role) last.content.push(...content)
  else turns.push({ role, content })
}

export const wellFormed = (turns: Turn[]): Turn[] => opened(trimmed(turns))

/** A conversation must begin with the user. */
function opened(turns: Turn[]): Turn[] {
  if (turns[0]?.role !== 'assistant') return turns
  return [{ role: 'user', content: [{ type: 'text', text: 'Continue.' }] }, ...turns]
}

/** The API refuses a last assistant turn that ends in white space. */
function trimmed(turns: Turn[]): Turn[] {
  const last = turns.at(-1)
  const block = last?.role === 'assistant' ? last.content.at(-1) : undefined
  if (block?.['type'] === 'text') block['text'] = String(block['text']).replace(/[ \t\r\n]+$/, '')
  return turns
}

/** White space alone is refused by the API as an empty block is (F78). */
function isBlank(text: string): boolean {
  return !/[^ \t\r\n\f\v]/.test(text)
}

export function textBlock(text: string, from: JsonObject): JsonObject[] {
  if (isBlank(text)) return []
  // The router's parts still carry cache marks, and here they are of use again.
  const mark = isPresent(from['cache_control']) ? { cache_control: from['cache_control'] } : {}
  return [{ type: 'text', text, ...mark }]
}

function textsOf(content: unknown, field: string): string[] {
  if (!isPresent(content)) return []
  if (typeof content === 'string') return isBlank(content) ? [] : [content]
  const texts = listAt(content, field).map((item, i) => {
    const part = objectAt(item, `${field}[${i}]`)
    if (part['type'] !== 'text') throw new FieldError(`${field}[${i}].type`, 'must be "text"')
    return stringAt(part['text'], `${field}[${i}].text`)
  })
  return texts.filter((text) => !isBlank(text))
}

function userBlocks(content: unknown, field: string): JsonObject[] {
  if (!isPresent(content)) return []
  if (typeof content === 'string') return textBlock(content, {})
  return listAt(content, field).flatMap((item, i) => userBlock(objectAt(item, `${field}[${i}]`), `${field}[${i}]`))
}

function userBlock(part: JsonObject, field: string): JsonObject[] {
  switch (part['type']) {
    case 'text':
      return textBlock(stringAt(part['text'], `${field}.text`), part)
    case 'image_url': {
      const given = part['image_url']
      const url = typeof given === 'string' ? given : objectAt(given, `${field}.image_url`)['url']
      const at = `${field}.image_url.url`
      return [{ type: 'image', source: sourceOfUrl(stringAt(url, at), at) }]
    }
    case 'file': {
      const data = stringAt(objectAt(part['file'], `${field}.file`)['file_data'], `${field}.file.file_data`)
      return [{ type: 'document', source: sourceOfUrl(data, `${field}.file.file_data`) }]
    }
    default:
      throw new FieldError(`${field}.type`, 'is a kind of content that this model cannot be given')
  }
}

/** `reasoning_content` is left out: on this wire it needs the signature that the chat wire cannot carry. */
function assistantBlocks(message: JsonObject, field: string): JsonObject[] {
  const blocks: JsonObject[] = []
  const content = message['content']
  if (typeof content === 'string') blocks.push(...textBlock(content, {}))
  else if (isPresent(content)) {
    for (const [i, item] of listAt(content, `${field}.content`).entries()) {
      const part = objectAt(item, `${field}.content[${i}]`)
      const text = optionalString(part['text'] ?? part['refusal'], `${field}.content[${i}].text`)
      if (text !== undefined) blocks.push(...textBlock(text, part))
    }
  }
  const calls = isPresent(message['tool_calls']) ? listAt(message['tool_calls'], `${field}.tool_calls`) : []
  for (const [i, item] of calls.entries()) {
    const at = `${field}.tool_calls[${i}]`
    const call = objectAt(item, at)
    const fn = objectAt(call['function'], `${at}.function`)
    blocks.push({
      type: 'tool_use',
      id: safeId(stringAt(call['id'], `${at}.id`)),
      name: stringAt(fn['name'], `${at}.function.name`),
      input: inputOfArguments(fn['arguments']),
    })
  }
  return blocks
}

function toolResult(message: JsonObject, field: string): JsonObject {
  const id = safeId(stringAt(message['tool_call_id'], `${field}.tool_call_id`))
  const content = message['content']
  if (Array.isArray(content)) {
    return { type: 'tool_result', tool_use_id: id, content: userBlocks(content, `${field}.content`) }
  }
  return { type: 'tool_result', tool_use_id: id, content: optionalString(content, `${field}.content`) ?? '' }
}

/** Anthropic takes only these characters; Kimi's ids, for one, look like `functions.bash:0`. */
export function safeId(id: string): string {
  return id.replace(/[^a-zA-Z0-9_-]/g, '_')
}

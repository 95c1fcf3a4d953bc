import { FieldError, listAt, objectAt, optionalString, stringAt } from '../field.ts'
import { isPresent } from '../json.ts'
import { thinkingFitsOpenAI } from '../thinking.ts'
import { documentText, plainText, toolResult } from './anthropic-content.ts'
import { urlOfSource } from './image.ts'
import type { JsonObject } from '../json.ts'

/** Messages of the Anthropic wire as chat messages. */
export function messagesToOpenAI(value: unknown, servedModel: string): JsonObject[] {
  const out: JsonObject[] = []
  // Tool results must follow their calls at once: a system entry in between (Claude Code sends some) waits for them.
  let openCalls = false
  let held: JsonObject[] = []
  for (const [i, item] of listAt(value, 'messages').entries()) {
    const field = `messages[${i}]`
    const message = objectAt(item, field)
    const made = oneMessage(message, field, servedModel)
    if (message['role'] === 'system' && openCalls) {
      held.push(...made)
      continue
    }
    const results = made.filter((entry) => entry['role'] === 'tool')
    out.push(...results, ...held, ...made.filter((entry) => entry['role'] !== 'tool'))
    held = []
    openCalls = made.some((entry) => entry['tool_calls'] !== undefined)
  }
  return [...out, ...held]
}

function oneMessage(message: JsonObject, field: string, servedModel: string): JsonObject[] {
  switch (message['role']) {
    case 'user':
      return userMessages(message['content'], `${field}.content`)
    case 'assistant':
      return assistantMessage(message['content'], `${field}.content`, servedModel)
    case 'system': {
      const text = plainText(message['content'], `${field}.content`)
      return text === '' ? [] : [{ role: 'system', content: text }]
    }
    default:
      throw new FieldError(`${field}.role`, 'must be "user", "assistant" or "system"')
  }
}

/** Tool messages first, then what the person said, with the pictures that tool messages cannot hold. */
function userMessages(content: unknown, field: string): JsonObject[] {
  if (typeof content === 'string') return content === '' ? [] : [{ role: 'user', content }]
  const results: JsonObject[] = []
  const parts: JsonObject[] = []
  for (const [i, item] of listAt(content, field).entries()) {
    const at = `${field}[${i}]`
    const block = objectAt(item, at)
    if (block['type'] === 'tool_result') {
      const result = toolResult(block, at)
      results.push(result.message)
      parts.push(...result.images)
    } else {
      parts.push(...userPart(block, at))
    }
  }
  return parts.length === 0 ? results : [...results, { role: 'user', content: joined(parts) }]
}

/** Text alone goes as one string, the form that every engine's template takes; vLLM joins parts the same way. */
function joined(parts: JsonObject[]): string | JsonObject[] {
  return parts.every((part) => part['type'] === 'text') ? parts.map((part) => String(part['text'])).join('\n') : parts
}

function userPart(block: JsonObject, field: string): JsonObject[] {
  switch (block['type']) {
    case 'text': {
      const text = stringAt(block['text'], `${field}.text`)
      return text === '' ? [] : [{ type: 'text', text }]
    }
    case 'image':
      return [{ type: 'image_url', image_url: { url: urlOfSource(block['source'], `${field}.source`) } }]
    case 'document':
    case 'search_result':
      return [{ type: 'text', text: documentText(block, field) }]
    default:
      throw new FieldError(`${field}.type`, 'is a kind of content that this model cannot be given')
  }
}

function assistantMessage(content: unknown, field: string, servedModel: string): JsonObject[] {
  if (typeof content === 'string') return content === '' ? [] : [{ role: 'assistant', content }]
  let text = ''
  let reasoning = ''
  const calls: JsonObject[] = []
  for (const [i, item] of listAt(content, field).entries()) {
    const at = `${field}[${i}]`
    const block = objectAt(item, at)
    // Other kinds (redacted thinking, server tools and their results) mean something only to Anthropic's service.
    if (block['type'] === 'text') text += stringAt(block['text'], `${at}.text`)
    if (block['type'] === 'thinking' && thinkingFitsOpenAI(block, servedModel)) {
      reasoning += optionalString(block['thinking'], `${at}.thinking`) ?? ''
    }
    if (block['type'] === 'tool_use') calls.push(toolCall(block, at))
  }
  if (text === '' && reasoning === '' && calls.length === 0) return []
  const message: JsonObject = { role: 'assistant', content: text }
  if (reasoning !== '') message['reasoning_content'] = reasoning
  if (calls.length > 0) message['tool_calls'] = calls
  return [message]
}

function toolCall(block: JsonObject, field: string): JsonObject {
  const input = isPresent(block['input']) ? objectAt(block['input'], `${field}.input`) : {}
  return {
    id: stringAt(block['id'], `${field}.id`),
    type: 'function',
    function: { name: stringAt(block['name'], `${field}.name`), arguments: JSON.stringify(input) },
  }
}

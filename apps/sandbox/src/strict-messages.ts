import type { JsonObject } from './json.ts'
import { isObject, listOf, objectOf, textOf } from './json.ts'

const blocksOf: Readonly<Record<string, readonly string[]>> = {
  user: ['text', 'image', 'document', 'tool_result', 'search_result'],
  assistant: ['text', 'thinking', 'redacted_thinking', 'tool_use', 'server_tool_use', 'web_search_tool_result'],
  result: ['text', 'image', 'document', 'search_result', 'tool_reference'],
}
const foreignKeys = [
  'stream_options',
  'response_format',
  'stop',
  'n',
  'max_completion_tokens',
  'reasoning_effort',
  'frequency_penalty',
  'presence_penalty',
  'parallel_tool_calls',
  'tool_stream',
  'request_id',
  'user_id',
]

/** What a strict Messages engine would refuse, and why; `undefined` when nothing. */
export function messagesProblem(body: JsonObject): string | undefined {
  const foreign = foreignKeys.find((key) => key in body)
  if (foreign) return `${foreign}: Extra inputs are not permitted`
  if (!Number.isInteger(body.max_tokens) || Number(body.max_tokens) < 1)
    return 'max_tokens: a positive integer is required'
  return (
    systemProblem(body.system) ??
    thinkingProblem(body) ??
    turnsProblem(listOf(body.messages)) ??
    toolsProblem(body) ??
    choiceProblem(body.tool_choice)
  )
}

function systemProblem(system: unknown): string | undefined {
  if (system === undefined || typeof system === 'string') return undefined
  if (!Array.isArray(system)) return 'system: neither a string nor a list of text blocks'
  for (const [n, block] of system.map(objectOf).entries()) {
    if (block.type !== 'text') return `system.${n}: only text blocks are allowed`
    if (!textOf(block.text).trim()) return `system.${n}: text content blocks must be non-empty`
  }
  return undefined
}

function thinkingProblem(body: JsonObject): string | undefined {
  if (body.thinking === undefined) return undefined
  const { type, budget_tokens: budget } = objectOf(body.thinking)
  if (type === 'disabled' || type === 'adaptive') return undefined
  if (type !== 'enabled') return `thinking: type '${textOf(type)}' is not one of enabled, disabled, adaptive`
  if (!Number.isInteger(budget)) return 'thinking.enabled.budget_tokens: Field required'
  if (Number(budget) < 1024) return 'thinking.enabled.budget_tokens: must be at least 1024'
  return Number(budget) < Number(body.max_tokens) ? undefined : 'max_tokens must be greater than thinking.budget_tokens'
}

function turnsProblem(messages: readonly unknown[]): string | undefined {
  let waiting: string[] = []
  if (objectOf(messages[0]).role === 'assistant') return 'messages: first message must use the "user" role'
  for (const [n, entry] of messages.entries()) {
    const { role, content } = objectOf(entry)
    if (role !== 'user' && role !== 'assistant') return `messages.${n}.role: '${textOf(role)}' is not user or assistant`
    const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : content
    const last = role === 'assistant' && n === messages.length - 1
    if (!Array.isArray(blocks) || (blocks.length === 0 && !last)) return `messages.${n}.content: must be non-empty`
    const problem = blocksProblem(role, blocks.map(objectOf)) ?? resultsProblem(blocks.map(objectOf), waiting)
    if (problem) return `messages.${n}: ${problem}`
    waiting = blocks.map(objectOf).flatMap((block) => (block.type === 'tool_use' ? [textOf(block.id)] : []))
  }
  return waiting.length > 0 ? `tool_use ids without tool_result blocks: ${waiting.join(', ')}` : undefined
}

/** Every call is answered in the very next message, answers stand first in it, and nothing else is answered. */
function resultsProblem(blocks: readonly JsonObject[], waiting: readonly string[]): string | undefined {
  const lead = blocks.findIndex((block) => block.type !== 'tool_result')
  const late = lead === -1 ? undefined : blocks.slice(lead).find((block) => block.type === 'tool_result')
  if (late) return 'tool_result blocks must come first in the content'
  const answered = blocks.flatMap((block) => (block.type === 'tool_result' ? [textOf(block.tool_use_id)] : []))
  const stray = answered.find((id, n) => !waiting.includes(id) || answered.indexOf(id) !== n)
  if (stray !== undefined) return `unexpected tool_use_id '${stray}' in tool_result`
  const missing = waiting.filter((id) => !answered.includes(id))
  return missing.length > 0 ? `tool_use ids without tool_result blocks: ${missing.join(', ')}` : undefined
}

function blocksProblem(role: string, blocks: readonly JsonObject[]): string | undefined {
  for (const block of blocks) {
    const type = textOf(block.type)
    if (!blocksOf[role]?.includes(type)) return `content block of type '${type}' in role '${role}'`
    const problem = blockProblem(type, block)
    if (problem) return problem
  }
  return undefined
}

function blockProblem(type: string, block: JsonObject): string | undefined {
  if (type === 'text' && !textOf(block.text).trim()) return 'text content blocks must be non-empty'
  if (type === 'image') return imageProblem(objectOf(block.source))
  if (type === 'thinking' && !textOf(block.signature)) return 'thinking.signature: Field required'
  if (type === 'tool_use' && (!textOf(block.id) || !textOf(block.name) || !isObject(block.input))) {
    return 'tool_use without id, name or input object'
  }
  if (type !== 'tool_result' || block.content === undefined || typeof block.content === 'string') return undefined
  if (!Array.isArray(block.content)) return 'tool_result.content: neither a string nor a list of blocks'
  return blocksProblem('result', block.content.map(objectOf))
}

function imageProblem(source: JsonObject): string | undefined {
  if (source.type === 'url') return /^https?:\/\//.test(textOf(source.url)) ? undefined : 'image.source.url: invalid'
  if (source.type === 'file') return undefined
  if (source.type !== 'base64') return `image.source.type: '${textOf(source.type)}' is unknown`
  if (!/^image\/(png|jpeg|gif|webp)$/.test(textOf(source.media_type))) return 'image.source.media_type: unsupported'
  return /^[A-Za-z0-9+/]+={0,2}$/.test(textOf(source.data)) ? undefined : 'image.source.data: invalid base64'
}

function toolsProblem(body: JsonObject): string | undefined {
  if (body.tools === undefined) return undefined
  if (!Array.isArray(body.tools)) return 'tools: not a list'
  for (const [n, tool] of body.tools.map(objectOf).entries()) {
    if (!/^[\w-]{1,128}$/.test(textOf(tool.name))) return `tools.${n}.name: missing or invalid`
    const custom = tool.type === undefined || tool.type === 'custom'
    if (custom && objectOf(tool.input_schema).type !== 'object') return `tools.${n}.input_schema.type: must be 'object'`
  }
  return undefined
}

function choiceProblem(choice: unknown): string | undefined {
  if (choice === undefined || choice === null) return undefined
  const { type, name } = objectOf(choice)
  if (type === 'tool' && textOf(name)) return undefined
  return ['auto', 'any', 'none'].includes(textOf(type)) ? undefined : 'tool_choice: invalid'
}

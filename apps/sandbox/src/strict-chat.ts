import type { JsonObject } from './json.ts'
import { isObject, listOf, objectOf, textOf } from './json.ts'

const partsOf: Readonly<Record<string, readonly string[]>> = {
  system: ['text'],
  developer: ['text'],
  user: ['text', 'image_url', 'input_audio', 'file', 'video_url'],
  assistant: ['text', 'refusal'],
  tool: ['text'],
}
const foreignKeys = ['system', 'stop_sequences', 'anthropic_version', 'context_management', 'output_config']

/** What a strict Chat Completions engine would refuse, and why; `undefined` when nothing. */
export function chatProblem(body: JsonObject): string | undefined {
  const foreign = foreignKeys.find((key) => key in body)
  if (foreign) return `Unknown parameter: '${foreign}'.`
  if (body.stream_options !== undefined && body.stream !== true) {
    return 'stream_options can only be defined when stream is true'
  }
  const stops = typeof body.stop === 'string' ? [body.stop] : listOf(body.stop)
  if (stops.length > 4) return 'stop: at most 4 sequences'
  return messagesProblem(listOf(body.messages)) ?? toolsProblem(body) ?? choiceProblem(body.tool_choice)
}

function messagesProblem(messages: readonly unknown[]): string | undefined {
  let waiting = new Set<string>()
  for (const [n, entry] of messages.entries()) {
    const message = objectOf(entry)
    const role = textOf(message.role)
    if (!Object.hasOwn(partsOf, role)) return `messages[${n}]: unknown role '${role}'`
    if (role === 'tool') {
      if (!waiting.delete(textOf(message.tool_call_id))) {
        return `messages[${n}]: tool_call_id '${textOf(message.tool_call_id)}' answers no preceding tool call`
      }
    } else if (waiting.size > 0) {
      return `messages[${n}]: tool call '${[...waiting].join("', '")}' was not followed by a tool message`
    }
    const problem = contentProblem(role, message) ?? callsProblem(role, message)
    if (problem) return `messages[${n}]: ${problem}`
    if (role === 'assistant') waiting = new Set(listOf(message.tool_calls).map((call) => textOf(objectOf(call).id)))
  }
  return waiting.size > 0 ? `tool call '${[...waiting].join("', '")}' was not followed by a tool message` : undefined
}

function contentProblem(role: string, message: JsonObject): string | undefined {
  const { content } = message
  if (typeof content === 'string') return undefined
  if (content === null || content === undefined) {
    const speaks = role === 'assistant' && listOf(message.tool_calls).length > 0
    return speaks ? undefined : `content of role '${role}' is missing`
  }
  if (!Array.isArray(content) || content.length === 0) return 'content is neither a string nor a list of parts'
  for (const part of content.map(objectOf)) {
    const type = textOf(part.type)
    if (!partsOf[role]?.includes(type)) return `content part of type '${type}' in role '${role}'`
    if (type === 'text' && typeof part.text !== 'string') return 'text part without text'
    if (type === 'image_url') return imageProblem(part)
  }
  return undefined
}

function imageProblem(part: JsonObject): string | undefined {
  const url = textOf(objectOf(part.image_url).url)
  if (/^https?:\/\//.test(url) || /^data:image\/[a-z+.-]+;base64,[A-Za-z0-9+/]+={0,2}$/.test(url)) return undefined
  return 'image_url.url is neither http(s) nor a base64 data URL of an image'
}

function callsProblem(role: string, message: JsonObject): string | undefined {
  const calls = message.tool_calls
  if (calls === undefined) return undefined
  if (role !== 'assistant') return `tool_calls in role '${role}'`
  if (!Array.isArray(calls) || calls.length === 0) return 'tool_calls must be a list with at least one entry'
  for (const call of calls.map(objectOf)) {
    const called = objectOf(call.function)
    if (call.type !== 'function' || !textOf(call.id) || !textOf(called.name))
      return 'tool call without id, type or name'
    if (!isJsonObject(called.arguments))
      return `arguments of '${textOf(called.name)}' are not a JSON object in a string`
  }
  return undefined
}

function isJsonObject(value: unknown): boolean {
  try {
    return typeof value === 'string' && isObject(JSON.parse(value))
  } catch {
    return false
  }
}

function toolsProblem(body: JsonObject): string | undefined {
  if (body.tools === undefined) return undefined
  if (!Array.isArray(body.tools)) return 'tools is not a list'
  for (const [n, tool] of body.tools.map(objectOf).entries()) {
    const described = objectOf(tool.function)
    if (tool.type !== 'function') return `tools[${n}]: type '${textOf(tool.type)}' is not 'function'`
    if (!/^[\w.-]{1,64}$/.test(textOf(described.name))) return `tools[${n}]: invalid function name`
    if (described.parameters !== undefined && !isObject(described.parameters)) return `tools[${n}]: invalid parameters`
  }
  return undefined
}

function choiceProblem(choice: unknown): string | undefined {
  if (choice === undefined || choice === null || ['auto', 'none', 'required'].includes(textOf(choice))) return undefined
  const named = objectOf(choice)
  return named.type === 'function' && textOf(objectOf(named.function).name) ? undefined : 'invalid tool_choice'
}

import { asList, asObject, asText, isPresent } from '../json.ts'
import type { JsonObject } from '../json.ts'
import type { SseSplitter } from '../sse.ts'
import type { LearnedShape } from './learned-shape.ts'

export type DeltaKind = 'text' | 'thinking' | 'arguments'

/** Where reasoning stands: GLM, SGLang and most engines say `reasoning_content`; vLLM since 0.11 and OpenRouter `reasoning`. */
const REASONING_KEYS = ['reasoning_content', 'reasoning']

export function reasoningOf(from: JsonObject): string | undefined {
  return asText(from['reasoning_content']) ?? asText(from['reasoning'])
}

export function firstChoice(chunk: JsonObject): JsonObject | undefined {
  return asObject(asList(chunk['choices'])?.[0])
}

/**
 * A completion that takes the place of the one before, on the same connection (GLM was seen to do so): another id, and a role
 * as at every beginning. The id alone says nothing, since some engines give one to each chunk.
 */
export function isAnother(chunk: JsonObject, firstId: string | undefined): boolean {
  const id = asText(chunk['id'])
  if (!id || !firstId || id === firstId) return false
  return asText(asObject(firstChoice(chunk)?.['delta'])?.['role']) !== undefined
}

/** An error told inside a 200 stream: `{"error":{"message","code"}}`, or a bare string. */
export function errorOf(chunk: JsonObject): { type: string; message: string } | undefined {
  const error = chunk['error']
  if (!isPresent(error) || error === '') return undefined
  const object = asObject(error)
  if (!object) return { type: 'api_error', message: typeof error === 'string' ? error : 'The upstream failed.' }
  const code = object['code']
  const type = asText(object['type']) ?? (typeof code === 'number' ? String(code) : asText(code)) ?? 'api_error'
  return { type, message: asText(object['message']) ?? 'The upstream failed.' }
}

/** Teaches `shape` when the chunk, the event just found, carries one piece of text and nothing else. */
export function learnFrom(shape: LearnedShape<DeltaKind>, sse: SseSplitter, chunk: JsonObject): void {
  const choices = asList(chunk['choices'])
  const choice = asObject(choices?.[0])
  const delta = asObject(choice?.['delta'])
  if (!choice || !delta || choices?.length !== 1 || isPresent(chunk['usage']) || isPresent(chunk['error'])) return
  if (isPresent(choice['finish_reason']) || (isPresent(choice['index']) && choice['index'] !== 0)) return
  const keys = Object.keys(delta).filter((key) => key !== 'role' && isPresent(delta[key]))
  const key = keys[0]
  if (key === undefined || keys.length > 1) return
  if (key === 'content' || REASONING_KEYS.includes(key)) {
    if (!asText(delta[key])) return
    shape.learn(sse, key, key === 'content' ? 'text' : 'thinking', 0, (value) => deltaOf(value)?.[key])
  } else if (key === 'tool_calls') {
    learnArguments(shape, sse, delta)
  }
}

/** A bare piece of arguments, as vLLM and OpenAI send them after the first delta of a call. */
function learnArguments(shape: LearnedShape<DeltaKind>, sse: SseSplitter, delta: JsonObject): void {
  const calls = asList(delta['tool_calls'])
  const call = asObject(calls?.[0])
  const fn = asObject(call?.['function'])
  const index = call?.['index']
  if (!call || !fn || calls?.length !== 1 || typeof index !== 'number') return
  if (asText(call['id']) ?? asText(fn['name'])) return
  if (!asText(fn['arguments'])) return
  shape.learn(sse, 'arguments', 'arguments', index, (value) => {
    const probe = asObject(asList(deltaOf(value)?.['tool_calls'])?.[0])
    return asObject(probe?.['function'])?.['arguments']
  })
}

function deltaOf(chunk: unknown): JsonObject | undefined {
  return asObject(firstChoice(asObject(chunk) ?? {})?.['delta'])
}

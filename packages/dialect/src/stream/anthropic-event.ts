import { asObject, asText } from '../json.ts'
import type { JsonObject } from '../json.ts'
import type { SseSplitter } from '../sse.ts'
import type { LearnedShape } from './learned-shape.ts'

export type BlockDelta = 'text_delta' | 'thinking_delta' | 'input_json_delta'

const TEXT_KEY: Record<string, string> = {
  text_delta: 'text',
  thinking_delta: 'thinking',
  input_json_delta: 'partial_json',
}

export interface TextDelta {
  kind: BlockDelta
  index: number
  text: string
}

/** The generated text of a `content_block_delta`; undefined for signatures, citations and what else there is. */
export function textDelta(event: JsonObject): TextDelta | undefined {
  const delta = asObject(event['delta'])
  const kind = asText(delta?.['type'])
  const key = kind === undefined ? undefined : TEXT_KEY[kind]
  if (!delta || key === undefined || event['type'] !== 'content_block_delta') return undefined
  return { kind: kind as BlockDelta, index: indexOf(event), text: asText(delta[key]) ?? '' }
}

/** Gateways in front of an upstream tell errors without the envelope's own `type`. */
export function typeOf(event: JsonObject): unknown {
  return event['type'] ?? (asObject(event['error']) ? 'error' : undefined)
}

export function indexOf(event: JsonObject): number {
  const index = event['index']
  return typeof index === 'number' && Number.isSafeInteger(index) ? index : 0
}

export function learnDelta(shape: LearnedShape<BlockDelta>, sse: SseSplitter, delta: TextDelta): void {
  const key = TEXT_KEY[delta.kind]
  if (key === undefined || delta.text === '') return
  shape.learn(sse, key, delta.kind, delta.index, (value) => asObject(asObject(value)?.['delta'])?.[key])
}

/** `event: error`, whose data is the error envelope; late-2025 GLM puts its code into `error.type`. */
export function eventError(event: JsonObject): { type: string; code: string; message: string } {
  const error = asObject(event['error']) ?? {}
  const type = asText(error['type']) ?? 'api_error'
  return { type, code: asText(error['code']) ?? type, message: asText(error['message']) ?? 'The upstream failed.' }
}

import { asObject, asText } from '../json.ts'
import { literalOf } from '../latin1.ts'
import type { JsonObject } from '../json.ts'

/** One entry of a `tool_calls` delta as literals in latin1 form; '' where the entry does not tell. */
export interface CallPiece {
  id: string
  name: string
  arguments: string
}

export function callPiece(call: JsonObject, wide: boolean): CallPiece {
  const fn = asObject(call['function'])
  const given = fn?.['arguments']
  // Some engines hand the arguments over as an object, not as text.
  const text = typeof given === 'object' && given !== null ? JSON.stringify(given) : (asText(given) ?? '')
  return {
    id: literalOf(asText(call['id']) ?? '', wide),
    name: literalOf(asText(fn?.['name']) ?? '', wide),
    arguments: literalOf(text, wide),
  }
}

/** Entries without an index (older Ollama, Gemini's compatible API): a named one is the next call, a bare one goes on. */
export function callIndex(call: JsonObject, last: number): number {
  const index = call['index']
  if (typeof index === 'number' && Number.isSafeInteger(index)) return index
  return asText(asObject(call['function'])?.['name']) || last < 0 ? last + 1 : last
}

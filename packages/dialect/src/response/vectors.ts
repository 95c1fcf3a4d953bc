import { asList, asObject } from '../json.ts'
import type { JsonObject } from '../json.ts'
import type { VectorForm } from '../outline.ts'

const FLOAT_BYTES = 4

/**
 * The answer to an Embeddings request, with its vectors in the form that was asked for: the OpenAI SDKs ask for base64 unless
 * they are told otherwise, and engines that know only lists send those whatever was asked. Undefined: there is none in it.
 */
export function withVectors(answer: JsonObject, form: VectorForm): JsonObject | undefined {
  const data = asList(answer['data'])
  if (!data || data.length === 0) return undefined
  const made = data.map((item) => inForm(item, form))
  return made.every((item, i) => item === data[i]) ? answer : { ...answer, data: made }
}

function inForm(item: unknown, form: VectorForm): unknown {
  const entry = asObject(item)
  const vector = entry?.['embedding']
  if (form === 'base64' && Array.isArray(vector)) return { ...entry, embedding: packed(vector as number[]) }
  if (form === 'float' && typeof vector === 'string') return { ...entry, embedding: unpacked(vector) }
  return item
}

const packed = (vector: readonly number[]): string => Buffer.from(Float32Array.from(vector).buffer).toString('base64')

function unpacked(text: string): readonly number[] {
  // A copy: floats must begin at a word's edge.
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'))
  return [...new Float32Array(bytes.buffer, 0, Math.floor(bytes.length / FLOAT_BYTES))]
}

import { createHash } from 'node:crypto'
import type { Faults } from './directives.ts'
import type { JsonObject } from './json.ts'
import { listOf, textOf } from './json.ts'
import { estimateTokens } from './prompt-count.ts'

export interface Problem {
  readonly status: number
  readonly message: string
}

const usualDimensions = 256
const mostDimensions = 2048

export function embeddingsProblem(body: JsonObject): Problem | undefined {
  const no = (message: string): Problem => ({ status: 400, message })
  const { encoding_format: format = 'float', dimensions = usualDimensions } = body
  const inputs = inputsOf(body)
  if (inputs.length === 0 || inputs.some((input) => input.length === 0)) return no('input: must not be empty')
  if (format !== 'float' && format !== 'base64') return no('encoding_format: must be float or base64')
  const size = Number(dimensions)
  if (!Number.isInteger(size) || size < 1 || size > mostDimensions) return no(`dimensions: 1 to ${mostDimensions}`)
  return undefined
}

/** The same text has the same vector, of length 1; another text another. Nothing in it means anything. */
export function embeddingsOf(body: JsonObject, faults: Faults): JsonObject {
  const inputs = inputsOf(body)
  const size = Number(body.dimensions ?? usualDimensions)
  const tokens = inputs.reduce((sum, input) => sum + tokensIn(input), 0)
  return {
    object: 'list',
    model: body.model,
    data: inputs.map((input, index) => {
      const vector = vectorOf(JSON.stringify(input), size)
      const packed = (): string => Buffer.from(vector.buffer).toString('base64')
      return { object: 'embedding', index, embedding: body.encoding_format === 'base64' ? packed() : [...vector] }
    }),
    ...(faults.noUsage ? {} : { usage: { prompt_tokens: tokens, total_tokens: tokens } }),
  }
}

type Input = string | readonly unknown[]

/** A text, tokens, or a list of either. */
function inputsOf({ input }: JsonObject): readonly Input[] {
  if (typeof input === 'string') return [input]
  const list = listOf(input)
  if (list.length > 0 && list.every((one) => typeof one === 'number')) return [list]
  return list.map((one) => (Array.isArray(one) ? (one as unknown[]) : textOf(one)))
}

const tokensIn = (input: Input): number => (typeof input === 'string' ? estimateTokens(input) : input.length)

function vectorOf(text: string, size: number): Float32Array {
  const raw = Float32Array.from({ length: size }, (_, at) => {
    const digest = createHash('sha1').update(`${at} ${text}`).digest()
    return digest.readInt32LE(0) / 2 ** 31
  })
  const length = Math.hypot(...raw)
  return raw.map((value) => value / length)
}

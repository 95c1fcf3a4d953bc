import { no, yes, type Outcome } from '@codeplan/core'

/** One argument of a tool. The same words make the schema that clients are shown and read what they send. */
export interface Argument {
  readonly type: 'string' | 'boolean' | 'integer'
  readonly description: string
  readonly required?: true
  readonly enum?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
  readonly default?: string | boolean | number
}
export type Arguments = Readonly<Record<string, Argument>>
export type Given = Readonly<Record<string, string | boolean | number | undefined>>

export const schemaOf = (known: Arguments) => ({
  type: 'object' as const,
  properties: Object.fromEntries(
    Object.entries(known).map(([name, argument]): [string, object] => [name, { ...argument, required: undefined }]),
  ),
  required: Object.entries(known).flatMap(([name, { required }]) => (required ? [name] : [])),
})

/** Models write numbers and booleans as text, and null for what they leave out: that is understood. What is unknown is not looked at. */
export function readArguments(known: Arguments, sent: Readonly<Record<string, unknown>>): Outcome<Given, string> {
  const given: Record<string, string | boolean | number | undefined> = {}
  for (const [name, argument] of Object.entries(known)) {
    const value = sent[name]
    if (value === undefined || value === null || value === '') {
      if (argument.required) return no(`\`${name}\` is missing: ${argument.description}`)
      given[name] = argument.default
      continue
    }
    const read = readOne(argument, value)
    if (read === undefined) return no(`\`${name}\` is not understood: ${expected(argument)}`)
    given[name] = read
  }
  return yes(given)
}

function readOne({ type, enum: words, minimum, maximum }: Argument, value: unknown) {
  if (type === 'boolean') return typeof value === 'boolean' ? value : FLAGS.get(String(value).toLowerCase())
  if (type === 'integer') {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
    if (typeof number !== 'number' || !Number.isFinite(number)) return undefined
    return Math.min(maximum ?? Infinity, Math.max(minimum ?? -Infinity, Math.round(number)))
  }
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  const text = String(value)
  return words ? words.find((word) => word.toLowerCase() === text.toLowerCase()) : text
}

const FLAGS = new Map([
  ['true', true],
  ['1', true],
  ['yes', true],
  ['false', false],
  ['0', false],
  ['no', false],
])

function expected({ type, enum: words, minimum, maximum }: Argument): string {
  if (words) return `one of ${words.join(', ')}`
  return type === 'integer' ? `a whole number from ${minimum} to ${maximum}` : type
}

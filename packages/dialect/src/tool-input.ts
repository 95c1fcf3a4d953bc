import { asObject, isPresent } from './json.ts'
import type { JsonObject } from './json.ts'

/**
 * Arguments of a tool call (JSON in a string on the chat wire) as the object that Anthropic's wire demands. A model may have
 * written broken JSON: refusing it would end the conversation for good, so its text stays readable under one key.
 */
export function inputOfArguments(value: unknown): JsonObject {
  const object = asObject(value)
  if (object) return object
  if (typeof value !== 'string') return {}
  if (!/[^ \t\r\n]/.test(value)) return {}
  try {
    const parsed: unknown = JSON.parse(value)
    return asObject(parsed) ?? (isPresent(parsed) ? { value: parsed } : {})
  } catch {
    return { unreadable_arguments: value }
  }
}

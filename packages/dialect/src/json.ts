import { fromLatin1 } from './latin1.ts'

export type JsonObject = Record<string, unknown>

export function asObject(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined
}

export function asList(value: unknown): unknown[] | undefined {
  return Array.isArray(value) ? (value as unknown[]) : undefined
}

/** A string that says something: undefined for anything else, the empty string included. */
export function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

export function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null
}

/** One event's or body's JSON object out of latin1 text; undefined when it is not one. */
export function parseObject(latin1: string): { value: JsonObject; wide: boolean } | undefined {
  const wide = latin1.includes('\\u')
  try {
    const value = asObject(JSON.parse(wide ? fromLatin1(latin1) : latin1))
    return value && { value, wide }
  } catch {
    return undefined
  }
}

import { asObject, isPresent } from './json.ts'
import type { JsonObject } from './json.ts'

/** A request field of the wrong kind. Thrown inside a translation, turned into a value at its door. */
export class FieldError extends Error {
  readonly field: string
  constructor(field: string, why: string) {
    super(why)
    this.field = field
  }
}

export function objectAt(value: unknown, field: string): JsonObject {
  const object = asObject(value)
  if (!object) throw new FieldError(field, 'must be an object')
  return object
}

export function listAt(value: unknown, field: string): unknown[] {
  if (!Array.isArray(value)) throw new FieldError(field, 'must be a list')
  return value as unknown[]
}

export function stringAt(value: unknown, field: string): string {
  if (typeof value !== 'string') throw new FieldError(field, 'must be a string')
  return value
}

/** Absent and null are the same on both wires: SDKs of several languages send null for "not set". */
export function optionalString(value: unknown, field: string): string | undefined {
  return isPresent(value) ? stringAt(value, field) : undefined
}

export function optionalNumber(value: unknown, field: string): number | undefined {
  if (!isPresent(value)) return undefined
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new FieldError(field, 'must be a number')
  return value
}

export function optionalBoolean(value: unknown, field: string): boolean | undefined {
  if (!isPresent(value)) return undefined
  if (typeof value !== 'boolean') throw new FieldError(field, 'must be true or false')
  return value
}

export function optionalObject(value: unknown, field: string): JsonObject | undefined {
  return isPresent(value) ? objectAt(value, field) : undefined
}

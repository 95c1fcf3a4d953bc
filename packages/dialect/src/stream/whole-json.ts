import { fromLatin1 } from '../latin1.ts'

/** Whether a literal (no quotes, latin1 form) stands for a whole JSON object: a tool call's arguments are then complete. */
export function isWholeJson(literal: string): boolean {
  if (!/\}(?: |\\n|\\r|\\t)*$/.test(literal.slice(-64))) return false
  try {
    const text: unknown = JSON.parse(`"${fromLatin1(literal)}"`)
    return typeof text === 'string' && typeof JSON.parse(text) === 'object'
  } catch {
    return false
  }
}

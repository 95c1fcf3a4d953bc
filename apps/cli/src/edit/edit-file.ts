import { readJson, editJson } from './json.ts'
import { editToml, readToml } from './toml.ts'
import { isObject, same, valueAt, type Change, type Edit, type Json, type Path } from './change.ts'

const isToml = (path: string): boolean => path.endsWith('.toml')

/** The values of a settings file; its format is that of its name. */
export const readSettings = (path: string, text: string): ReturnType<typeof readJson> | ReturnType<typeof readToml> =>
  isToml(path) ? readToml(text) : readJson(text)

export const editSettings = (path: string, text: string, edits: readonly Edit[]): Change =>
  isToml(path) ? editToml(text, edits) : editJson(text, () => edits)

/** Value by value, as it is noted: if somebody changes one of them, the others can still be taken back. */
export const byValue = (path: string, edits: readonly Edit[]): readonly Edit[] =>
  isToml(path) ? edits : edits.flatMap(leaves)

const leaves = ({ path, value }: Edit): readonly Edit[] =>
  isObject(value)
    ? Object.entries(value).flatMap(([key, inner]) => leaves({ path: [...path, key], value: inner }))
    : [{ path, value }]

/**
 * Takes back what was set, where it is still as it was set, and leaves the rest as it is now: for a file that its tool has written since.
 * Names what somebody else has changed.
 */
export function takeBack(
  path: string,
  text: string,
  done: readonly Edit[],
  before: Json,
): { readonly change: Change; readonly stays: readonly string[] } {
  const read = readSettings(path, text)
  if (!read.ok) return { change: read, stays: [] }
  const stays: string[] = []
  const edits = done.flatMap((edit) => {
    const at = placeNow(read.root, edit)
    if (at) return [{ path: at, value: valueAt(before, edit.path) }]
    stays.push(edit.path.join('.'))
    return []
  })
  // What is taken out of a list moves what follows it: the last goes first.
  const index = ({ path: at, value }: Edit): number =>
    value === undefined ? Number(at.at(-1)) || 0 : Number.POSITIVE_INFINITY
  edits.sort((a, b) => (index(a) === index(b) ? 0 : index(b) - index(a)))
  const taken = editSettings(path, text, edits)
  return { change: taken.ok ? emptied(path, taken.text, done, before) : taken, stays }
}

/** Where the value stands that was set: in a list perhaps at another place. Undefined: nowhere. */
function placeNow(root: Json, { path, value }: Edit): Path | undefined {
  if (same(valueAt(root, path), value)) return path
  const list = valueAt(root, path.slice(0, -1))
  const at = Array.isArray(list) ? list.findIndex((entry: unknown) => same(entry, value)) : -1
  return at < 0 ? undefined : [...path.slice(0, -1), at]
}

/** Objects that were made to hold our values and hold nothing now go as well. */
function emptied(path: string, text: string, done: readonly Edit[], before: Json): Change {
  const read = readSettings(path, text)
  if (!read.ok) return read
  const outer = done.flatMap((edit) => edit.path.map((_, n) => edit.path.slice(0, n)).slice(1))
  const deepest = outer.toSorted((a, b) => b.length - a.length)
  let now = text
  for (const place of deepest) {
    const root = readSettings(path, now)
    const value = root.ok ? valueAt(root.root, place) : undefined
    if (typeof value !== 'object' || value === null || Object.keys(value).length > 0) continue
    if (valueAt(before, place) !== undefined) continue
    const change = editSettings(path, now, [{ path: place, value: undefined }])
    if (change.ok) now = change.text
  }
  return { ok: true, text: now }
}

import { isObject, valueAt, type Edit, type Json, type Path } from '../edit/change.ts'
import { readJson } from '../edit/json.ts'
import { MCP_SERVICES } from '../host.ts'
import type { Current, FilePlan, Wish } from './tool.ts'

/** Values of a file. An object is merged into what is there, key by key, so that what others have set inside it stays. */
export const mergePlan = (path: string, edits: (root: Json) => readonly Edit[]): FilePlan => ({
  path,
  edits: (root) => edits(root).flatMap((edit) => merged(root, edit)),
})

function merged(root: Json, { path, value }: Edit): readonly Edit[] {
  const there = valueAt(root, path)
  if (!isObject(value) || !isObject(there)) return [{ path, value }]
  return Object.entries(value).flatMap(([key, inner]) => merged(root, { path: [...path, key], value: inner }))
}

/** The three services under the names that are ours, as the tool writes a remote server. */
export const mcpEdits = (
  wish: Wish,
  at: Path,
  shape: (url: string, headers: { readonly Authorization: string }) => Json,
): readonly Edit[] =>
  wish.mcp
    ? MCP_SERVICES.map(({ name, path }) => ({
        path: [...at, name],
        value: shape(wish.host + path, { Authorization: `Bearer ${wish.key}` }),
      }))
    : []

const textAt = (root: Json, path: Path): string | undefined => {
  const value = valueAt(root, path)
  return typeof value === 'string' ? value : undefined
}

/** Reads the two values that decide where a tool goes, and with which key. */
export const currentAt = (file: string, baseUrl: Path, key: Path) => ({
  path: file,
  read: (text: string): Current | undefined => {
    const read = readJson(text)
    if (!read.ok) return undefined
    const found = { file, baseUrl: textAt(read.root, baseUrl), key: textAt(read.root, key) }
    return found.baseUrl === undefined && found.key === undefined ? undefined : found
  },
})

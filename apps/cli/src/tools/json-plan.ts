import { MCP_SERVICES, type Path, type Recipe, type RecipeFile, type Setting } from '@codeplan/contract/recipes'

import { isObject, valueAt, type Edit, type Json } from '../edit/change.ts'
import { readJson } from '../edit/json.ts'
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

/** A recipe's file, written into what is there: a new one names its schema, and entries of a list go beside those of others. */
export const recipeEdits = (file: RecipeFile | undefined, wish: Wish, root: Json): readonly Edit[] => [
  ...(file?.schema && isObject(root) && Object.keys(root).length === 0
    ? [{ path: ['$schema'], value: file.schema }]
    : []),
  ...(file?.settings(wish) ?? []).flatMap((setting) => ('entriesBy' in setting ? entries(root, setting) : [setting])),
]

function entries(
  root: Json,
  { path, value, entriesBy }: Extract<Setting, { readonly entriesBy: readonly string[] }>,
): readonly Edit[] {
  const there = valueAt(root, path)
  if (!Array.isArray(there)) return [{ path, value }]
  let end = there.length
  return value.map((entry) => {
    const at = there.findIndex((old: unknown) =>
      entriesBy.every((key) => valueAt(old, [key]) === valueAt(entry, [key])),
    )
    return { path: [...path, at < 0 ? end++ : at], value: entry }
  })
}

/** The three services under the names that are ours, as the tool writes a remote server. */
export function serviceEdits({ services }: Recipe, wish: Wish, at?: Path): readonly Edit[] {
  if (!wish.mcp || !('file' in services)) return []
  return MCP_SERVICES.map(({ name, path }) => ({
    path: [...(at ?? services.at), name],
    value: services.shape(wish.host + path, { Authorization: `Bearer ${wish.key}` }),
  }))
}

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

import { parse, TomlError } from 'smol-toml'

import { same, valueAt, type Change, type Json, type Path } from './change.ts'
import { shapeOf } from './shape.ts'

/** A value of a table; the root table is `[]`. */
export interface TomlEdit {
  readonly table: readonly string[]
  readonly key: string
  /** Undefined takes the line away. */
  readonly value: string | number | boolean | Readonly<Record<string, string>> | undefined
}

/**
 * Sets values line by line, so that everything else stays byte for byte, and has a parser prove the outcome: if the file would
 * then mean anything else than it should, it is refused.
 */
export function editToml(text: string, edits: readonly TomlEdit[]): Change {
  const shape = shapeOf(text)
  const before = readToml(text)
  if (!before.ok) return before
  let lines = shape.body.split(/\r?\n/)
  for (const edit of edits) if (!same(valueAt(before.root, pathOf(edit)), edit.value)) lines = setLine(lines, edit)
  const after = lines.join(shape.eol)
  const read = readToml(after)
  const wanted = edits.reduce<unknown>((root, edit) => withValue(root, pathOf(edit), edit.value), before.root)
  if (!read.ok || !same(read.root, wanted))
    return {
      ok: false,
      line: 1,
      column: 1,
      why: {
        en: 'it is written in a way that cannot be changed safely; set these values by hand',
        zh: '其写法无法安全地自动修改，请手动设置这些值',
      },
    }
  return { ok: true, text: shape.bom + after }
}

const pathOf = ({ table, key }: TomlEdit): Path => [...table, key]

type Read = { readonly ok: true; readonly root: Json } | Extract<Change, { readonly ok: false }>

export function readToml(text: string): Read {
  try {
    return { ok: true, root: parse(shapeOf(text).body) as unknown as Json }
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    return {
      ok: false,
      line: error.line,
      column: error.column,
      why: { en: 'this is no valid TOML', zh: '不是有效的 TOML' },
    }
  }
}

function setLine(lines: readonly string[], edit: TomlEdit): string[] {
  const heads = headers(lines)
  const name = JSON.stringify(edit.table)
  const at = edit.table.length === 0 ? -1 : (heads.find((head) => head.name === name)?.at ?? undefined)
  if (edit.value === undefined) {
    const end = at === undefined ? 0 : (heads.find((head) => head.at > at)?.at ?? lines.length)
    return lines.filter((line, n) => !(at !== undefined && n > at && n < end && keyOf(line) === edit.key))
  }
  const written = `${edit.key} = ${render(edit.value)}`
  if (at === undefined) {
    const last = lines.findLastIndex((line) => line.trim() !== '')
    const gap = last < 0 ? [] : ['']
    return [...lines.slice(0, last + 1), ...gap, `[${edit.table.map(bare).join('.')}]`, written, '']
  }
  const end = heads.find((head) => head.at > at)?.at ?? lines.length
  const old = lines.findIndex((line, n) => n > at && n < end && keyOf(line) === edit.key)
  if (old >= 0) return lines.map((line, n) => (n === old ? indentOf(line) + written + commentOf(line) : line))
  // A root value stands above all tables; a comment right above the first table belongs to that.
  const isLast = (line: string): boolean => line.trim() !== '' && !(at < 0 && line.trimStart().startsWith('#'))
  const last = lines.findLastIndex((line, n) => n > at && n < end && isLast(line))
  const head = lines.findIndex((line) => !line.trimStart().startsWith('#'))
  const place = at < 0 && last < 0 ? Math.max(0, head) : Math.max(at, last) + 1
  return [...lines.slice(0, place), written, ...lines.slice(place)]
}

/** The `[table]` lines; of two readings that text inside a string could suggest, the proof sorts out the wrong one. */
function headers(lines: readonly string[]): readonly { readonly at: number; readonly name: string }[] {
  return lines.flatMap((line, at) => {
    const inside = /^\s*\[+\s*([^[\]=,]+?)\s*\]+\s*(#.*)?$/.exec(line)?.[1]
    return inside === undefined
      ? []
      : [{ at, name: JSON.stringify(inside.split('.').map((part) => unquoted(part.trim()))) }]
  })
}

const unquoted = (part: string): string => /^(["'])(.*)\1$/.exec(part)?.[2] ?? part
const keyOf = (line: string): string | undefined => {
  const key = /^\s*("[^"]*"|'[^']*'|[\w-]+)\s*=/.exec(line)?.[1]
  return key === undefined ? undefined : unquoted(key)
}
const indentOf = (line: string): string => /^\s*/.exec(line)?.[0] ?? ''
const commentOf = (line: string): string =>
  /=\s*(?:"(?:[^"\\]|\\.)*"|'[^']*'|\{[^#]*\}|[^\s#"'{]+)(\s*#.*)$/.exec(line)?.[1] ?? ''
const bare = (part: string): string => (/^[\w-]+$/.test(part) ? part : JSON.stringify(part))
const render = (value: NonNullable<TomlEdit['value']>): string =>
  typeof value === 'object'
    ? `{ ${Object.entries(value)
        .map(([key, text]) => `${bare(key)} = ${JSON.stringify(text)}`)
        .join(', ')} }`
    : JSON.stringify(value)

function withValue(root: unknown, path: Path, value: TomlEdit['value']): unknown {
  const [step, ...rest] = path
  if (step === undefined) return value
  const table = (root ?? {}) as Record<string, unknown>
  if (rest.length === 0 && value === undefined)
    return Object.fromEntries(Object.entries(table).filter(([key]) => key !== step))
  if (value === undefined && table[String(step)] === undefined) return root
  return { ...table, [step]: withValue(table[step], rest, value) }
}

import { parse, TomlError } from 'smol-toml'

import { isObject, same, valueAt, type Change, type Edit, type Json, type Path } from './change.ts'
import { shapeOf } from './shape.ts'

/**
 * Sets values line by line, so that everything else stays byte for byte, and has a parser prove the outcome: if the file would
 * then mean anything else than it should, it is refused.
 */
export function editToml(text: string, edits: readonly Edit[]): Change {
  const shape = shapeOf(text)
  const before = readToml(text)
  if (!before.ok) return before
  let lines: readonly string[] = shape.body.split(/\r?\n/)
  for (const edit of edits) if (!same(valueAt(before.root, edit.path), edit.value)) lines = setLine(lines, edit)
  const after = lines.join(shape.eol)
  const read = readToml(after)
  const wanted = edits.reduce<unknown>((root, { path, value }) => withValue(root, path, value), before.root)
  if (!read.ok || !same(pruned(read.root), pruned(wanted)))
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

/** A table without values is nothing: in TOML it comes and goes with its header. */
const pruned = (value: unknown): unknown =>
  isObject(value)
    ? Object.fromEntries(
        Object.entries(value)
          .map(([key, inner]) => [key, pruned(inner)] as const)
          .filter(([, inner]) => !(isObject(inner) && Object.keys(inner).length === 0)),
      )
    : value

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

function setLine(lines: readonly string[], { path, value }: Edit): readonly string[] {
  const heads = headers(lines)
  const headOf = (table: Path) => heads.find(({ name }) => name === JSON.stringify(table))?.at
  const endOf = (at: number): number => heads.find((head) => head.at > at)?.at ?? lines.length
  const [table, key] = [path.slice(0, -1), String(path.at(-1))]
  const at = table.length === 0 ? -1 : headOf(table)
  const end = at === undefined ? 0 : endOf(at)
  const old = at === undefined ? -1 : lines.findIndex((line, n) => n > at && n < end && keyOf(line) === key)
  if (value === undefined) {
    if (old >= 0) return lines.toSpliced(old, 1)
    const head = headOf(path)
    return head === undefined ? lines : withoutTable(lines, head, endOf(head))
  }
  const written = `${bare(key)} = ${render(value)}`
  if (at === undefined) {
    const last = lines.findLastIndex((line) => line.trim() !== '')
    const gap = last < 0 ? [] : ['']
    return [...lines.slice(0, last + 1), ...gap, `[${table.map((part) => bare(String(part))).join('.')}]`, written, '']
  }
  if (old >= 0) return lines.with(old, indentOf(lines[old] ?? '') + written + commentOf(lines[old] ?? ''))
  // A root value stands above all tables; a comment right above the first table belongs to that.
  const isLast = (line: string): boolean => line.trim() !== '' && !(at < 0 && line.trimStart().startsWith('#'))
  const last = lines.findLastIndex((line, n) => n > at && n < end && isLast(line))
  const head = lines.findIndex((line) => !line.trimStart().startsWith('#'))
  const place = at < 0 && last < 0 ? Math.max(0, head) : Math.max(at, last) + 1
  return [...lines.slice(0, place), written, ...lines.slice(place)]
}

/** A table goes with the blank lines on one side of it. */
function withoutTable(lines: readonly string[], head: number, end: number): readonly string[] {
  if (end < lines.length) return lines.toSpliced(head, end - head)
  const above = lines.findLastIndex((line, n) => n < head && line.trim() !== '')
  return [...lines.slice(0, above + 1), '']
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
const render = (value: Json): string =>
  isObject(value)
    ? `{ ${Object.entries(value)
        .map(([key, inner]) => `${bare(key)} = ${render(inner)}`)
        .join(', ')} }`
    : JSON.stringify(value)

function withValue(root: unknown, path: Path, value: Json | undefined): unknown {
  const [step, ...rest] = path
  if (step === undefined) return value
  const table = (root ?? {}) as Record<string, unknown>
  if (rest.length === 0 && value === undefined)
    return Object.fromEntries(Object.entries(table).filter(([key]) => key !== step))
  if (value === undefined && table[String(step)] === undefined) return root
  return { ...table, [step]: withValue(table[step], rest, value) }
}

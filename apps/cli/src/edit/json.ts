import { findNodeAtLocation, parseTree, visit, type Node, type ParseError } from 'jsonc-parser'

import { isObject, placeOf, same, type Change, type Edit, type Json, type Path } from './change.ts'
import { shapeOf, type Shape } from './shape.ts'

/**
 * Changes values of a JSON file, with or without comments, and leaves every other byte where it is: comments, order, indentation,
 * line ends, a byte order mark. What is there already is not written again.
 */
export function editJson(text: string, edits: (root: Json) => readonly Edit[]): Change {
  const shape = shapeOf(text)
  const empty = shape.body.trim() === ''
  let body = empty ? '{}' : shape.body
  const read = readJson(body)
  if (!read.ok) return read
  for (const { path, value } of edits(read.root)) {
    const next = setAt(body, path, value, shape)
    if (next === undefined)
      return {
        ...placeOf(body, 0),
        ok: false,
        why: { en: `"${path.join('.')}" has no place in it`, zh: `无法在其中写入 "${path.join('.')}"` },
      }
    body = next
  }
  if (empty && body !== '{}') body += shape.eol
  return { ok: true, text: empty && body === '{}' ? text : shape.bom + body }
}

type Read =
  | { readonly ok: true; readonly root: { readonly [key: string]: Json } }
  | Extract<Change, { readonly ok: false }>

/** The object in a file, comments and trailing commas allowed; or where it breaks. */
export function readJson(text: string): Read {
  const body = shapeOf(text).body.trim() === '' ? '{}' : shapeOf(text).body
  const errors: ParseError[] = []
  const root = plain(parseTree(body, errors, { allowTrailingComma: true }))
  const [error] = errors
  if (error)
    return { ...placeOf(body, error.offset), ok: false, why: { en: 'this is no valid JSON', zh: '不是有效的 JSON' } }
  if (!isObject(root))
    return { ...placeOf(body, 0), ok: false, why: { en: 'it holds no JSON object', zh: '内容不是 JSON 对象' } }
  return { ok: true, root }
}

const plain = (node: Node | undefined): Json | undefined => {
  if (node?.type === 'array') return (node.children ?? []).map((child) => plain(child) ?? null)
  if (node?.type !== 'object') return node?.value as Json | undefined
  return Object.fromEntries(
    (node.children ?? []).map(({ children }) => [children?.[0]?.value, plain(children?.[1]) ?? null]),
  )
}

/** Undefined: a value on the way is neither object nor list. */
function setAt(body: string, path: Path, value: Json | undefined, shape: Shape): string | undefined {
  const root = parseTree(body, [], { allowTrailingComma: true }) as Node
  const there = findNodeAtLocation(root, [...path])
  if (value === undefined) return there ? remove(body, there.parent?.type === 'property' ? there.parent : there) : body
  if (there) {
    if (same(plain(there), value)) return body
    const old = body.slice(there.offset, there.offset + there.length)
    const inOneLine = /^[[{][^\n]*$/.test(old)
    const written = inOneLine ? renderInline(value) : render(value, indentAt(body, there.offset), shape)
    return body.slice(0, there.offset) + written + body.slice(there.offset + there.length)
  }
  const depth = path.findLastIndex((_, at) => findNodeAtLocation(root, path.slice(0, at)) !== undefined)
  const container = findNodeAtLocation(root, path.slice(0, depth)) as Node
  if (container.type !== 'object' && container.type !== 'array') return undefined
  const rest = path.slice(depth + 1).reduceRight<Json>((inner, step) => ({ [step]: inner }), value)
  return append(body, container, container.type === 'object' ? String(path[depth]) : undefined, rest, shape)
}

/** Puts a value at the end of an object or a list, below the comments that follow its last value. */
function append(body: string, container: Node, key: string | undefined, value: Json, shape: Shape): string {
  const end = container.offset + container.length - 1
  const last = container.children?.at(-1)
  const head = key === undefined ? '' : `${JSON.stringify(key)}: `
  const oneLine = last !== undefined && !body.slice(container.offset, end).includes('\n')
  const outer = indentAt(body, container.offset)
  const inner = oneLine ? outer : outer + shape.indent
  const written = head + (oneLine ? renderInline(value) : render(value, inner, shape))
  if (!last) {
    // An empty object may hold a comment, which stays.
    const kept = body.slice(container.offset + 1, end).trimEnd()
    return (
      body.slice(0, container.offset + 1) + kept + shape.eol + inner + written + shape.eol + outer + body.slice(end)
    )
  }
  const after = last.offset + last.length
  const trivia = body.slice(after, end)
  const comma = commaBetween(body, after, end) >= 0
  if (oneLine) return body.slice(0, after) + ', ' + written + body.slice(after)
  const kept = trivia.trimEnd()
  return (
    body.slice(0, after) +
    (comma ? '' : ',') +
    kept +
    shape.eol +
    inner +
    written +
    (comma ? ',' : '') +
    shape.eol +
    outer +
    body.slice(end)
  )
}

/** Takes a property away with its comma, and its line where nothing else stands in it. Comments stay, with whatever they follow. */
function remove(body: string, property: Node): string {
  const [start, end] = [property.offset, property.offset + property.length]
  const siblings = property.parent?.children ?? []
  const at = siblings.indexOf(property)
  const [before, after] = [siblings[at - 1], siblings[at + 1]]
  const own = commaBetween(body, end, after?.offset ?? (property.parent?.offset ?? 0) + (property.parent?.length ?? 0))
  // The last one leaves the comma of the one before it without a purpose.
  const spare = own < 0 && before ? commaBetween(body, before.offset + before.length, start) : -1
  let [from, to] = [start, own < 0 ? end : own + 1]
  const lineFrom = body.lastIndexOf('\n', start - 1) + 1
  const lineTo = body.indexOf('\n', to) + 1
  if (lineTo > 0 && (body.slice(lineFrom, from) + body.slice(to, lineTo)).trim() === '') [from, to] = [lineFrom, lineTo]
  else if (own >= 0) to += spacesAt(body.slice(to))
  else if (spare >= 0) from = body.slice(0, from).replace(/[ \t]+$/, '').length
  const head = body.slice(0, from)
  return (spare < 0 ? head : head.slice(0, spare) + head.slice(spare + 1)) + body.slice(to)
}

const spacesAt = (text: string): number => /^[ \t]*/.exec(text)?.[0].length ?? 0

/** Of commas that are none of a comment or a string; -1: there is none. */
function commaBetween(body: string, from: number, to: number): number {
  let found = -1
  visit(
    body,
    {
      onSeparator: (character, offset) => {
        if (character === ',' && offset >= from && offset < to && found < 0) found = offset
      },
    },
    { allowTrailingComma: true },
  )
  return found
}

const indentAt = (body: string, offset: number): string =>
  /^[ \t]*/.exec(body.slice(body.lastIndexOf('\n', offset - 1) + 1))?.[0] ?? ''

const render = (value: Json, indent: string, shape: Shape): string =>
  JSON.stringify(value, null, shape.indent).replaceAll('\n', shape.eol + indent)

/** `{ "a": 1, "b": [2] }` */
function renderInline(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(renderInline).join(', ')}]`
  if (!isObject(value)) return JSON.stringify(value)
  const inner = Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${renderInline(one)}`)
  return inner.length === 0 ? '{}' : `{ ${inner.join(', ')} }`
}

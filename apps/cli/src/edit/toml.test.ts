import { expect, test } from 'vitest'

import type { Edit } from './change.ts'
import { editToml } from './toml.ts'

const ROOT: Edit = { path: ['model'], value: 'glm-4.7' }
const INNER: Edit = { path: ['p', 'x', 'url'], value: 'u' }
const text = (before: string, ...edits: readonly Edit[]): string => {
  const change = editToml(before, edits)
  if (!change.ok) throw new Error(change.why.en)
  return change.text
}

test('a root value stands above the first table, below what heads the file', () => {
  expect(text('', ROOT)).toBe('model = "glm-4.7"\n')
  expect(text('# mine\n\n[a]\nb = 1\n', ROOT)).toBe('# mine\nmodel = "glm-4.7"\n\n[a]\nb = 1\n')
  expect(text('a = 1\n\n# of t\n[t]\n', ROOT)).toBe('a = 1\nmodel = "glm-4.7"\n\n# of t\n[t]\n')
})

test('a value is exchanged in its line, with its comment; a table gets what is missing; a new one stands at the end', () => {
  expect(text('model="a" # one\n', ROOT)).toBe('model = "glm-4.7" # one\n')
  expect(text(`model = 'a # b' # one\n`, ROOT)).toBe('model = "glm-4.7" # one\n')
  expect(text('[p.x]\na = 1\n\n[q]\n', INNER)).toBe('[p.x]\na = 1\nurl = "u"\n\n[q]\n')
  expect(text('[ p . "x" ]\n', INNER)).toBe('[ p . "x" ]\nurl = "u"\n')
  expect(text('a = 1', INNER)).toBe('a = 1\n\n[p.x]\nurl = "u"\n')
  expect(text('[p.x]\nurl = "o"\nz = 1\n', { ...INNER, value: undefined })).toBe('[p.x]\nz = 1\n')
  const table = { path: ['p', 'x'], value: undefined }
  expect(text('a = 1\n\n[p.x]\nurl = "o"\n\n[q]\n', table)).toBe('a = 1\n\n[q]\n')
  expect(text('a = 1\n\n[p.x]\nurl = "o"\n', table)).toBe('a = 1\n')
})

test('what is there already is not written again', () => {
  const before = `model='glm-4.7'\n[p]\nx = {url = "u"}\n`
  expect(text(before, ROOT, INNER)).toBe(before)
})

test('what cannot be changed by lines for sure is refused: the parser has the last word', () => {
  for (const before of [
    'p = { x = { url = "o" } }\n',
    'p.x.url = "o"\n',
    'model = """\na\n"""\n',
    's = """\nmodel = 1\n"""\n',
  ])
    expect([before, editToml(before, [before.startsWith('p') ? INNER : ROOT]).ok]).toEqual([before, false])
  expect(editToml('[a\n', [ROOT])).toMatchObject({ ok: false, line: 1 })
})

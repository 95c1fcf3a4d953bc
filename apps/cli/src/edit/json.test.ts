import { parse } from 'jsonc-parser'
import { describe, expect, test } from 'vitest'

import { fc } from '../../../../test/house/property.ts'
import type { Json, Path } from './change.ts'
import { editJson } from './json.ts'

const set = (text: string, path: Path, value: Json | undefined): string => {
  const change = editJson(text, () => [{ path, value }])
  if (!change.ok) throw new Error(change.why.en)
  return change.text
}

describe('a JSON file is changed at one place and nowhere else', () => {
  test('what is added stands below the last comment, with the comma where the file has it', () => {
    expect(set('{\n  "a": 1 // one\n  // end\n}\n', ['b'], 2)).toBe('{\n  "a": 1, // one\n  // end\n  "b": 2\n}\n')
    expect(set('{\n  "a": 1, // one\n}\n', ['b'], 2)).toBe('{\n  "a": 1, // one\n  "b": 2,\n}\n')
    expect(set('{ "a": 1 }', ['b'], { c: [1, {}] })).toBe('{ "a": 1, "b": { "c": [1, {}] } }')
    expect(set('{\n\t"a": {}\n}', ['a', 'b'], { c: 1 })).toBe('{\n\t"a": {\n\t\t"b": {\n\t\t\t"c": 1\n\t\t}\n\t}\n}')
    expect(set('{ // mine\n}', ['b'], 2)).toBe('{ // mine\n  "b": 2\n}')
    expect(set('', ['b'], 2)).toBe('{\n  "b": 2\n}\n')
  })

  test('what is taken away takes its comma and its line along, and no comment', () => {
    expect(set('{\n  "a": 1, // one\n  "b": 2, // two\n  "c": 3\n}', ['b'], undefined)).toBe(
      '{\n  "a": 1, // one\n  // two\n  "c": 3\n}',
    )
    expect(set('{\n  "a": 1, // one\n  "b": 2\n}', ['b'], undefined)).toBe('{\n  "a": 1 // one\n}')
    expect(set('{ "a": 1, "b": 2 }', ['a'], undefined)).toBe('{ "b": 2 }')
    expect(set('{ "a": 1, "b": 2 }', ['b'], undefined)).toBe('{ "a": 1 }')
    expect(parse(set('{\n  "a": 1, // one\n  "b": 2 }', ['b'], undefined))).toEqual({ a: 1 })
    expect(set('{\n  "a": 1\n}', ['b'], undefined)).toBe('{\n  "a": 1\n}')
  })

  test('what is there already is not written again, however it is written', () => {
    const text = '{ "a" : {"c":1,   "b": [ 1,2 ]} }'
    expect(set(text, ['a'], { b: [1, 2], c: 1 })).toBe(text)
  })

  test('a value that has no place is refused, with nothing changed', () => {
    expect(editJson('{"a": 3}', () => [{ path: ['a', 'b'], value: 1 }])).toMatchObject({ ok: false, line: 1 })
    expect(editJson('[1]', () => [])).toMatchObject({ ok: false })
    expect(editJson('{"a": 1 "b": 2}', () => [])).toMatchObject({ ok: false, line: 1, column: 9 })
  })

  test('any value set at any place of any file is read back, and all else is as it was', () => {
    const key = fc.constantFrom('a', 'b', 'c d', 'é"')
    const tree = fc.letrec<{ json: Json }>((tie) => ({
      json: fc.oneof(
        { maxDepth: 3 },
        fc.integer(),
        fc.string(),
        fc.dictionary(key, tie('json')),
        fc.array(tie('json'), { maxLength: 2 }),
      ),
    })).json
    fc.check(fc.dictionary(key, tree), key, tree, fc.constantFrom(0, 2, '\t'), (root, at, value, indent) => {
      const before = JSON.stringify(root, null, indent)
      expect(parse(set(before, [at], value))).toEqual({ ...root, [at]: value })
      const { [at]: _, ...rest } = root
      expect(parse(set(before, [at], undefined))).toEqual(rest)
    })
  })
})

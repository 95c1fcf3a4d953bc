import { expect, test } from 'vitest'

import { fc } from '../../../test/house/property.ts'
import { unifiedDiff } from './diff.ts'
import { maskKeys } from './key.ts'

test('a difference has the form that everybody reads', () => {
  const before = Array.from({ length: 20 }, (_, n) => `line ${n + 1}`)
  const after = before.with(2, 'third').toSpliced(15, 1)
  expect(unifiedDiff('f', before.join('\n'), after.join('\n'))).toEqual([
    '--- f',
    '+++ f',
    '@@ -1,6 +1,6 @@',
    ' line 1',
    ' line 2',
    '-line 3',
    '+third',
    ' line 4',
    ' line 5',
    ' line 6',
    '@@ -13,7 +13,6 @@',
    ' line 13',
    ' line 14',
    ' line 15',
    '-line 16',
    ' line 17',
    ' line 18',
    ' line 19',
  ])
  expect(unifiedDiff('f', undefined, 'a\n')).toEqual(['--- /dev/null', '+++ f', '@@ -0,0 +1,1 @@', '+a'])
  expect(unifiedDiff('f', 'a\r\n', 'a\n')).toEqual([])
})

test('what it shows leads from the one text to the other', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 12 })
  fc.check(lines, lines, (before, after) => {
    const shown = unifiedDiff('f', before.join('\n'), after.join('\n')).slice(2)
    const left: string[] = [...before]
    for (const hunk of shown.join('\n').split(/^@@ -/m).slice(1)) {
      const [head = '', ...body] = hunk.replace(/\n$/, '').split('\n')
      const [, start, count, to] = /^(\d+),(\d+) \+(\d+),/.exec(head) ?? []
      const texts = (sign: string): string[] => body.filter((line) => line[0] !== sign).map((line) => line.slice(1))
      expect(before.slice(Number(start) - 1, Number(start) - 1 + Number(count))).toEqual(texts('+'))
      left.splice(Number(to) - 1, Number(count), ...texts('-'))
    }
    expect(left).toEqual(after)
  })
})

test('no secret is shown: ours, another plan key, or what stands where keys stand', () => {
  const key = '0123456789abcdef0123456789abcdef.ABCDabcd0123WXYZ'
  expect(maskKeys(`Bearer ${key}`)).toBe('Bearer 0123…WXYZ')
  expect(maskKeys('"apiKey": "sk-live-aaaabbbbcccc",')).toBe('"apiKey": "sk-l…cccc",')
  expect(maskKeys('"Authorization": "Bearer abcdefghijklmnop"')).toBe('"Authorization": "Bearer abcd…mnop"')
  expect(maskKeys('my-secret-value', 'my-secret-value')).toBe('my-s…alue')
  expect(maskKeys('"envKey": "CODEPLAN_KEY", "apiKey": "$OTHER_API_KEY"')).toBe(
    '"envKey": "CODEPLAN_KEY", "apiKey": "$OTHER_API_KEY"',
  )
})

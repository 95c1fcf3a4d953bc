import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromLatin1, literalBytes, literalOf, toLatin1, workText } from './latin1.ts'

test('latin1 text holds the bytes of the string, both ways', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const bytes = Buffer.from(text, 'utf8')
      expect(Buffer.from(toLatin1(text), 'latin1').equals(bytes)).toBe(true)
      expect(fromLatin1(toLatin1(text))).toBe(text)
    }),
  )
})

test('a body with \\u escapes is worked on as a real string, any other as bytes', () => {
  expect(workText(Buffer.from('"é"'))).toEqual({ text: '"Ã©"', wide: false })
  expect(workText(Buffer.from('"é\\u0041"'))).toEqual({ text: '"é\\u0041"', wide: true })
})

test('a literal parses to its text, and its bytes are counted without decoding', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const literal = literalOf(text, true)
      expect(JSON.parse(`"${fromLatin1(literal)}"`)).toBe(text)
      expect(literalBytes(literal)).toBe(Buffer.byteLength(text, 'utf8'))
      expect(literalOf(toLatin1(text), false)).toBe(literal)
    }),
  )
  expect(literalBytes(String.raw`a\n\\\"é`)).toBe(5)
  expect(literalBytes(String.raw`\u4f60\ud83d\ude42`)).toBe(7)
})

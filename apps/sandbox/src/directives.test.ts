import { expect, test } from 'vitest'
import { parseFaults, readDirectives, withoutDirectives } from './directives.ts'

test('faults combine, and a later one of a kind wins', () => {
  expect(parseFaults('slow:50,nousage,slow:7')).toEqual({ slowMs: 7, noUsage: true })
  expect(parseFaults('429:30')).toEqual({ status: 429, retryAfterS: 30 })
  expect(parseFaults('cut,none,tokens:9')).toEqual({ tokens: 9 })
})

test.each(['slwo', 'slow:fast', 'cut:-1', '200', 'constructor'])(
  'a fault that means nothing is refused: %s',
  (script) => {
    expect(() => parseFaults(script)).toThrow(/fault/)
  },
)

test('directives are read anywhere in a prompt and leave it clean', () => {
  const prompt = 'Do it [[steps=3]] now [[fault=cut:5]] [[fault=nousage]] [[parallel=2]] [[times=1]]'
  expect(readDirectives(prompt)).toEqual({ steps: 3, parallel: 2, times: 1, faults: 'cut:5,nousage', uses: [] })
  expect(readDirectives('[[use=find {"a": 1}]] [[use=look]]').uses).toEqual([
    { name: 'find', input: { a: 1 } },
    { name: 'look', input: {} },
  ])
  expect(withoutDirectives('Do it [[steps=3]]')).toBe('Do it')
  expect(readDirectives('plain')).toMatchObject({ steps: 1, parallel: 1, faults: '' })
})

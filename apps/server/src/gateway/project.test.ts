import { expect, test } from 'vitest'

import { projectOf } from './project.ts'

test('a project is what the header names, as a person would read it, and nothing when it names none', () => {
  const sent = (text: string): string =>
    projectOf({ 'x-codeplan-project': Buffer.from(text, 'utf8').toString('latin1') })
  expect(projectOf({})).toBe('')
  expect(sent('  shop-backend ')).toBe('shop-backend')
  expect(sent('支付网关')).toBe('支付网关')
  expect(sent('a\u202Eb\u0007c')).toBe('abc')
  expect(sent('x'.repeat(200))).toHaveLength(64)
  // No half of a pair is left at the cut: no database keeps one.
  expect(sent(`${'x'.repeat(63)}😀`)).toBe('x'.repeat(63))
  expect(projectOf({ 'x-codeplan-project': '\xff\xfe' })).toBe('')
})

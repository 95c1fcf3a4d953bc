import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { markSignature, readMark, unmarkThinking } from './thinking.ts'

test('F79: a mark gives back model and signature, whatever they hold', () => {
  const model = fc.stringMatching(/^[a-z0-9][a-z0-9./_-]{0,20}$/)
  const signature = fc.oneof(fc.base64String(), fc.constantFrom('u', '%', 'a.b', '%75', 'cp1.x.y', ''), fc.string())
  fc.assert(
    fc.property(model, fc.option(signature, { nil: undefined }), (name, given) => {
      expect(readMark(markSignature(name, given))).toEqual({ model: name, signature: given })
    }),
  )
})

test('the mark has the shape that is written down, and others are not marks', () => {
  expect(markSignature('glm-4.7', undefined)).toBe('cp1.glm-4.7.u')
  expect(markSignature('glm-4.7', 'EqQ/+==')).toBe('cp1.glm-4.7.EqQ/+==')
  expect(readMark('EqQ')).toBeUndefined()
  expect(readMark('cp1.')).toBeUndefined()
})

const thinking = (signature: string) => ({ type: 'thinking', thinking: 'é', signature })
const text = { type: 'text', text: 'cp1. is a mark' }
const body = (...content: unknown[]) =>
  Buffer.from(
    JSON.stringify({
      messages: [
        { role: 'user', content: 'x' },
        { role: 'assistant', content },
        { role: 'user', content: 'y' },
      ],
    }),
  ).toString('latin1')
const contentOf = (latin1: string) =>
  JSON.parse(Buffer.from(latin1, 'latin1').toString('utf8')).messages.map(
    (message: { content: unknown }) => message.content,
  )

describe('unmarkThinking', () => {
  test('without a mark it is the same string', () => {
    const plain = body(thinking('abc'), text)
    expect(unmarkThinking(plain, 'glm-5')).toBe(plain)
  })
  test('F79: to the model that signed, byte for byte what it signed', () => {
    expect(unmarkThinking(body(thinking(markSignature('glm-5', 'a+/=')), text), 'glm-5')).toBe(
      body(thinking('a+/='), text),
    )
    expect(unmarkThinking(body(thinking(markSignature('glm-5', 'a.b%')), text), 'glm-5')).toBe(
      body(thinking('a.b%'), text),
    )
  })
  test('F79: removed for another model, and where there is nothing to verify', () => {
    const mixed = body(
      thinking('cp1.glm-4.7.aa'),
      thinking('cp1.glm-5.u'),
      thinking('cp1.glm-5.bb'),
      thinking('old'),
      text,
    )
    expect(contentOf(unmarkThinking(mixed, 'glm-5'))).toEqual(['x', [thinking('bb'), thinking('old'), text], 'y'])
  })
  test('a model whose name begins another is not that other', () => {
    expect(contentOf(unmarkThinking(body(thinking('cp1.glm-4.7.aa'), text), 'glm-4'))).toEqual(['x', [text], 'y'])
  })
  test('an assistant message that held nothing else goes', () => {
    expect(contentOf(unmarkThinking(body(thinking('cp1.glm-4.7.aa')), 'glm-5'))).toEqual(['x', 'y'])
  })
  test('\\u escapes beside removed blocks keep their meaning', () => {
    const escaped = body(thinking('cp1.glm-4.7.aa'), text).replace('cp1. is', String.raw`\u4f60 is`)
    expect(contentOf(unmarkThinking(escaped, 'glm-5'))).toEqual(['x', [{ type: 'text', text: '你 is a mark' }], 'y'])
  })
  test('a body that is not JSON stays as it is', () => {
    const broken = '{"signature":"cp1.other.x"'
    expect(unmarkThinking(broken, 'glm-5')).toBe(broken)
  })
})

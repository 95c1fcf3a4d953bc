import { describe, expect, test } from 'vitest'

import { fc } from '../../../test/house/property.ts'
import { outline } from './outline.ts'
import { spliceRequest } from './splice.ts'

const request = (extra: Record<string, unknown>) => ({
  model: 'glm-4.7',
  messages: [{ role: 'user', content: 'a "quoted" 段落 \\ text' }],
  ...extra,
})

/** Bytes at any place of a larger buffer: only some of them begin at a word's edge. */
function placed(text: string, offset: number): Buffer {
  const all = Buffer.alloc(Buffer.byteLength(text) + offset)
  all.write(text, offset)
  return all.subarray(offset)
}

describe('the outline of a request', () => {
  test('F77: any JSON value beside and inside the messages is walked over, wherever the bytes begin', () => {
    fc.check(fc.jsonValue(), fc.jsonValue(), fc.nat(7), fc.nat(3), (before, inside, offset, indent) => {
      const value = { before, ...request({ system: inside, tools: [before, inside], max_tokens: 7, stream: true }) }
      const read = outline('anthropic', placed(JSON.stringify(value, null, indent), offset))
      expect(read).toMatchObject({ ok: true, outline: { model: 'glm-4.7', stream: true, maxTokens: 7, toolCount: 2 } })
      const spliced = read.ok ? spliceRequest('anthropic', read.outline, { model: 'm', foldSystem: false }) : undefined
      expect(JSON.parse(String(spliced))).toEqual(JSON.parse(JSON.stringify({ ...value, model: 'm' })))
    })
  })

  test('F78: a body that is cut at any byte is a fault of the body, never a crash', () => {
    const whole = JSON.stringify(request({ tools: [{ a: [1, -2.5e3, null, true, { b: '\\"' }] }], stream: false }))
    const bytes = Buffer.from(whole)
    for (let end = 0; end < bytes.length; end++) {
      expect(outline('openai', bytes.subarray(0, end))).toMatchObject({ ok: false, fault: { fault: 'bad_body' } })
    }
    expect(outline('openai', bytes).ok).toBe(true)
  })

  test('F78: random bytes and brackets that do not match are told, not walked over', () => {
    for (const text of [
      '{"model":"m","a":[}',
      '{"a":[1}]}',
      '{"a" 1}',
      '{"a":tru}',
      '{a:1}',
      '[]',
      '{"a":01}',
      '{} x',
    ]) {
      expect(outline('openai', Buffer.from(text)).ok, text).toBe(false)
    }
    fc.check(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      expect(outline('anthropic', Buffer.from(bytes)).ok).toBe(false)
    })
  })

  test('the name of a model is exchanged for a longer and for a shorter one, and again for the next upstream', () => {
    const body = Buffer.from(JSON.stringify(request({ stream: true })))
    const read = outline('openai', body)
    if (!read.ok) throw new Error('unread')
    for (const model of ['m', 'a-longer-name/of-a-model', '模型', 'glm']) {
      const spliced = spliceRequest('openai', read.outline, { model, foldSystem: false })
      const wanted = request({ stream: true, model, stream_options: { include_usage: true } })
      expect(JSON.parse(String(spliced))).toEqual(wanted)
    }
  })
})

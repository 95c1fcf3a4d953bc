import { describe, expect, test } from 'vitest'

import { embeddingsOutline } from './embeddings-outline.ts'
import { sliceOf } from './outline.ts'
import { translateResponse } from './response/translate.ts'
import { spliceRequest } from './splice.ts'

const read = (body: unknown) => embeddingsOutline(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)))

describe('a request', () => {
  test('a text, texts, tokens and lists of tokens are read, and passed on as they came but for the name of the model', () => {
    for (const input of ['é', ['a', 'b'], [1, 2], [[1, 2], [3]]]) {
      const body = { dimensions: 8, input, model: 'Embedding-3', encoding_format: 'base64', user: 'é' }
      const made = read(body)
      expect(made).toMatchObject({ ok: true, outline: { model: 'Embedding-3', stream: false, vectorsAs: 'base64' } })
      if (!made.ok) continue
      expect(JSON.parse(sliceOf(made.outline.body, made.outline.modelSpan))).toBe('Embedding-3')
      const spliced = spliceRequest('openai', made.outline, { model: 'bge-m3-of-the-engine', foldSystem: false })
      expect(JSON.parse(spliced.toString('utf8'))).toEqual({ ...body, model: 'bge-m3-of-the-engine' })
    }
  })

  test('what is no input is named, however deep it is nested', () => {
    const wrong = ['', [], {}, 7, null, [''], [[]], [['a']], [[[1]]], [-1], [1.5], [null]]
    for (const input of wrong) {
      expect(read({ model: 'm', input }), JSON.stringify(input)).toMatchObject({
        ok: false,
        fault: { fault: 'bad_field', field: 'input' },
      })
    }
    expect(read(`{"model":"m","input":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)).toMatchObject({ ok: false })
    expect(read({ input: 'a' })).toMatchObject({ fault: { fault: 'missing_field', field: 'model' } })
    expect(read({ model: '', input: 'a' })).toMatchObject({ fault: { fault: 'bad_field', field: 'model' } })
    expect(read({ model: 'm' })).toMatchObject({ fault: { fault: 'missing_field', field: 'input' } })
    expect(read({ model: 'm', input: 'a', encoding_format: 'hex' })).toMatchObject({
      fault: { field: 'encoding_format' },
    })
    for (const body of ['', '[]', '{"model":"m","input":"a"', '{"model":"m","input":"a"} x']) {
      expect(read(body)).toMatchObject({ ok: false, fault: { fault: 'bad_body' } })
    }
  })
})

describe('an answer', () => {
  const vector = [0.5, -0.25, 1]
  const packed = Buffer.from(Float32Array.from(vector).buffer).toString('base64')
  const answer = (embedding: unknown, more: object = { usage: { prompt_tokens: 7, total_tokens: 7 } }) =>
    Buffer.from(JSON.stringify({ object: 'list', data: [{ index: 0, embedding }], model: 'bge', ...more }))
  const translate = (body: Buffer, vectorsAs: 'float' | 'base64', model = 'embedding-3') =>
    translateResponse('openai', 'openai', body, { id: 'i', model, servedModel: model, createdSec: 0, vectorsAs })

  test('vectors come in the form that was asked for, whatever form the engine has, under our name of the model', () => {
    for (const sent of [vector, packed]) {
      for (const [form, meant] of [
        ['float', vector],
        ['base64', packed],
      ] as const) {
        const made = translate(answer(sent), form)
        expect(made).toMatchObject({ ok: true, usage: { inputTokens: 7, outputTokens: 0 } })
        if (made.ok)
          expect(JSON.parse(made.body)).toMatchObject({ model: 'embedding-3', data: [{ index: 0, embedding: meant }] })
      }
    }
  })

  test('an answer that needs no change keeps its own bytes', () => {
    const body = answer(vector)
    expect(translate(body, 'float', 'bge')).toMatchObject({ ok: true, body: body.toString('latin1') })
  })

  test('without usage none is made up; without vectors, or with an error, it is no answer', () => {
    expect(translate(answer(vector, {}), 'float')).not.toHaveProperty('usage')
    for (const body of ['{"data":[]}', '{}', '{"error":{"message":"no"}}', 'no JSON', '[]']) {
      expect(translate(Buffer.from(body), 'float').ok).toBe(false)
    }
    // Bytes that are no whole floats are cut, not a fault of ours.
    expect(translate(answer('AAAA'), 'float')).toMatchObject({ ok: true })
  })
})

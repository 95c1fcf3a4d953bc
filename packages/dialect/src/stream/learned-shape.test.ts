import { describe, expect, test } from 'vitest'
import { SseSplitter } from '../sse.ts'
import { LearnedShape } from './learned-shape.ts'

const write = (text: string) => `{"a":1,"text": ${JSON.stringify(text)},"b":null}`
const twice = (text: string) => `{"meta":{"text":"same"},"delta":{"text":"${text}"}}`
const event = (data: string) => `event: x\ndata: ${data}\n\n`

function learnt(raw: string, read = (value: unknown) => (value as { text: unknown }).text) {
  const sse = new SseSplitter()
  const shape = new LearnedShape<'text'>()
  sse.feed(raw)
  sse.next()
  shape.learn(sse, 'text', 'text', 3, read)
  return { sse, shape }
}

/** The literal of the piece that an event after `first` is found to be; undefined: it is left to the parse. */
function piece(text: string, first = event(write('one'))): string | undefined {
  const { sse, shape } = learnt(first)
  sse.feed(text)
  return shape.next(sse) === 'piece' ? shape.literal : undefined
}

describe('an event of the learned shape', () => {
  test.each(['two', 'a "b" \\', '\\', '"', 'end\\\\"', 'x","b":null}', '你', 'a\nb'])(
    'gives up its literal: %j',
    (text) => {
      expect(JSON.parse(`"${piece(event(write(text)))}"`)).toBe(text)
    },
  )
  test.each([
    ['other surroundings', event(write('x').replace('1', '2'))],
    ['another end', event(write('x').replace('null', '0'))],
    ['an empty text', event(write(''))],
    ['a string that goes on', event('{"a":1,"text": "x\\","b":null}')],
    ['a cut event with another glued on', event(`{"a":1,"text": "x${write('y')}`)],
    ['a text with a bare line end in it', event('{"a":1,"text": "x\ny","b":null}')],
    ['a text with a bare CR in it', event('{"a":1,"text": "x\ry","b":null}')],
    ['one that is not all there', event(write('x')).slice(0, -1)],
    ['data of two lines', event(write('x')).replace('\n\n', '\ndata: 2\n\n')],
    ['nothing', ''],
  ])('but %s is left to the parse', (_, text) => {
    expect(piece(text)).toBeUndefined()
  })

  test('F13: lines may end in CRLF, and their ends may change', () => {
    const crlf = (text: string): string => text.replaceAll('\n', '\r\n')
    for (const first of [crlf(event(write('one'))), event(write('one'))]) {
      expect(piece(crlf(event(write('two'))), first)).toBe('two')
      expect(piece(event(write('two')), first)).toBe('two')
    }
  })

  test('is found whether it comes whole or in pieces, and so is what follows it', () => {
    const { sse, shape } = learnt(event(write('one')))
    const found = () => [shape.next(sse), shape.literal, sse.text.slice(sse.start, sse.end)]
    sse.feed('event: x\n')
    expect(shape.next(sse)).toBeUndefined()
    sse.feed(`data: ${write('two')}\n\n${event(write('three'))}: hello\n\ndata: last\n\n`)
    expect(found()).toEqual(['piece', 'two', event(write('two'))])
    expect(found()).toEqual(['piece', 'three', event(write('three'))])
    expect([shape.next(sse), sse.name, sse.data, shape.next(sse)]).toEqual(['event', '', 'last', undefined])
  })
})

test('a key that occurs twice is told apart by what stands there', () => {
  const read = (value: unknown) => (value as { delta: { text: unknown } }).delta.text
  const { sse, shape } = learnt(event(twice('one')), read)
  sse.feed(event(twice('two')))
  expect([shape.next(sse), shape.literal, shape.index]).toEqual(['piece', 'two', 3])
})

test('data that stands beside its like is read as data', () => {
  const both = (data: string): string => `: ${data}\ndata: ${data}\n\n`
  expect(piece(both(write('two')), both(write('one')))).toBe('two')
  expect(piece(`: ${write('two')}\ndata: ${write('one')}\n\n`, both(write('one')))).toBe('one')
})

test('before anything is learned, and after it is forgotten, nothing is a piece', () => {
  const { sse, shape } = learnt(event(write('one')))
  sse.feed(event(write('x')))
  shape.forget()
  expect([shape.next(sse), new LearnedShape<'text'>().next(sse)]).toEqual(['event', undefined])
})

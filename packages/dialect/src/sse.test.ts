import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SSE_EVENT_LIMIT, SseSplitter } from './sse.ts'

function read(chunks: string[]): string[] {
  const sse = new SseSplitter()
  const found: string[] = []
  const drain = () => {
    while (sse.next()) if (sse.hasData) found.push(`${sse.name}|${sse.data}`)
  }
  for (const chunk of chunks) {
    sse.feed(chunk)
    drain()
  }
  sse.finish()
  drain()
  return found
}

describe.each([
  ['LF', '\n'],
  ['CRLF', '\r\n'],
  ['CR', '\r'],
])('%s ends', (_, end) => {
  const stream = [
    ': hello',
    '',
    'event: a',
    'data: 1',
    'id: 9',
    '',
    'data:2',
    'data: two',
    '',
    '',
    'data',
    'x: y',
    '',
    'data: 3',
  ]
  test('F13: the same events for every cut, the last without its blank line', () => {
    const text = stream.join(end)
    const expected = ['a|1', '|2\ntwo', '|3']
    expect(read([text])).toEqual(expected)
    expect(read([...text])).toEqual(expected)
    for (let cut = 1; cut < text.length; cut += 1) expect(read([text.slice(0, cut), text.slice(cut)])).toEqual(expected)
  })
  test('an event is found as soon as its end is there', () => {
    const sse = new SseSplitter()
    sse.feed(`data: 1${end}${end}`)
    const first = sse.next()
    sse.feed(`data: 2${end}${end}`)
    // A lone CR may be half of a CRLF, so only the very first event of a CR stream waits for the next byte.
    if (end !== '\r') expect(first).toBe(true)
    if (!first) expect(sse.next()).toBe(true)
    expect(sse.next() && sse.data).toBe('2')
  })
})

test('F13: any mixture of ends and cuts gives what the whole gives', () => {
  const line = fc.constantFrom('data: a', 'data:', 'event: e', ': c', '', '')
  const ending = fc.constantFrom('\n', '\r\n', '\r')
  fc.assert(
    fc.property(fc.array(fc.tuple(line, ending), { maxLength: 12 }), fc.array(fc.nat(80)), (lines, at) => {
      const text = lines.flat().join('')
      const cuts = [0, ...at.filter((cut) => cut < text.length).sort((a, b) => a - b), text.length]
      expect(read(cuts.slice(1).map((cut, i) => text.slice(cuts[i], cut)))).toEqual(read([text]))
    }),
    { numRuns: 1000 },
  )
})

test('blocks cover the stream without a gap', () => {
  const sse = new SseSplitter()
  const text = ': c\n\ndata: 1\n\n\ndata: 2\n\n'
  let seen = ''
  for (const char of text) {
    sse.feed(char)
    while (sse.next()) seen += sse.text.slice(sse.start, sse.end)
  }
  expect(seen).toBe(text)
  expect(sse.held).toBe(0)
})

test.each([1 << 16, SSE_EVENT_LIMIT + 9])('an event beyond the limit is a fault, in reads of %i', (size) => {
  const sse = new SseSplitter()
  const text = `data: ${'x'.repeat(SSE_EVENT_LIMIT)}\n\n`
  for (let at = 0; at < text.length; at += size) {
    sse.feed(text.slice(at, at + size))
    expect(sse.next()).toBe(false)
  }
  expect(sse.fault).toBe(true)
  sse.feed('data: 1\n\n')
  expect(sse.next()).toBe(false)
})

test('many events in one read beyond the limit are no fault', () => {
  const sse = new SseSplitter()
  const event = `data: ${'x'.repeat(1 << 20)}\n\n`
  sse.feed(event.repeat(9))
  let count = 0
  while (sse.next()) count += 1
  expect([count, sse.fault]).toEqual([9, false])
})

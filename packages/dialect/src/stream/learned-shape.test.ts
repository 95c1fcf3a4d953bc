import { describe, expect, test } from 'vitest'
import { LearnedShape } from './learned-shape.ts'

const write = (text: string) => `{"a":1,"text": ${JSON.stringify(text)},"b":null}`
const twice = (text: string) => `{"meta":{"text":"same"},"delta":{"text":"${text}"}}`
const learned = () => {
  const shape = new LearnedShape<'text'>()
  shape.learn(write('one'), 'text', 'text', 0, (value) => (value as { text: unknown }).text)
  return shape
}

describe('an event of the learned shape', () => {
  test.each(['two', 'a "b" \\', '\\', '"', 'end\\\\"', 'x","b":null}', '你'])('gives up its literal: %j', (text) => {
    expect(JSON.parse(`"${learned().lift(write(text))}"`)).toBe(text)
  })
  test.each([
    ['other surroundings', write('x').replace('1', '2')],
    ['another end', write('x').replace('null', '0')],
    ['an empty text', write('')],
    ['a string that goes on', '{"a":1,"text": "x\\","b":null}'],
    ['a cut event with another glued on', `{"a":1,"text": "x${write('y')}`],
    ['nothing', ''],
  ])('but %s is left to the parse', (_, data) => {
    expect(learned().lift(data)).toBe('')
  })
})

test('a key that occurs twice is told apart by what stands there', () => {
  const shape = new LearnedShape<'text'>()
  shape.learn(twice('one'), 'text', 'text', 3, (value) => (value as { delta: { text: unknown } }).delta.text)
  expect([shape.lift(twice('two')), shape.index]).toEqual(['two', 3])
})

test('before anything is learned nothing is lifted', () => {
  expect(new LearnedShape<'text'>().lift(write('x'))).toBe('')
})

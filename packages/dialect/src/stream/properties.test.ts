import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { collectAnthropic, collectOpenAI, collectResponses } from '../fixtures/collect.ts'
import { OPTIONS, decoded, run } from '../fixtures/run.ts'

/** A story of an answer: pieces of thinking, text and of up to three calls, in any order. */
type Piece =
  | { kind: 'thinking'; text: string }
  | { kind: 'text'; text: string }
  | { kind: 'call'; call: number; size: number }

const words = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\n',
    'a',
    '"',
    '\\',
    '\\u0041',
    '你',
    '🙂',
    '}',
    '{"a":1}',
    'data: {"id"',
    '\u0000',
    '\ud83d',
  ),
  fc.string({ unit: 'binary', maxLength: 6 }),
)
const piece: fc.Arbitrary<Piece> = fc.oneof(
  fc.record({ kind: fc.constant('thinking' as const), text: words }),
  fc.record({ kind: fc.constant('text' as const), text: words }),
  fc.record({ kind: fc.constant('call' as const), call: fc.nat(2), size: fc.nat(9) }),
)
const ARGUMENTS = ['{"path":"é 🙂"}', '{}', '{"a":{"b":"}"},"c":[1]}']
const escape = (json: string, on: boolean) =>
  on ? json.replace(/[^\0-\x7f]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`) : json

interface Story {
  thinking: string
  text: string
  calls: Map<number, string>
}

function told(story: Story, order: number[]) {
  return {
    ...story,
    calls: order.map((call) => ({ id: `c${call}`, name: `f${call}`, arguments: ARGUMENTS[call] ?? '' })),
  }
}

/** Arguments cut at each piece; what is left over comes with the last piece of all. */
function fragments(pieces: Piece[]): { each: string[]; rest: Map<number, string> } {
  const rest = new Map<number, string>()
  const each = pieces.map((one) => {
    if (one.kind !== 'call') return ''
    const left = rest.get(one.call) ?? ARGUMENTS[one.call] ?? ''
    rest.set(one.call, left.slice(one.size))
    return left.slice(0, one.size)
  })
  return { each, rest }
}

const sample = fc.record({
  pieces: fc.array(piece, { maxLength: 20 }),
  escaped: fc.boolean(),
  cuts: fc.array(fc.nat(4000), { maxLength: 8 }),
})

test('F77 F78: any mix of pieces from an OpenAI upstream makes a valid message with the same content', () => {
  fc.assert(
    fc.property(sample, ({ pieces, escaped, cuts }) => {
      const story: Story = { thinking: '', text: '', calls: new Map() }
      const { each, rest } = fragments(pieces)
      const deltas: object[] = []
      for (const [i, one] of pieces.entries()) {
        if (one.kind === 'text') deltas.push({ content: one.text })
        else if (one.kind === 'thinking') deltas.push({ reasoning_content: one.text })
        else {
          const first = !story.calls.has(one.call)
          const named = first ? { id: `c${one.call}`, type: 'function' } : {}
          const fn = first ? { name: `f${one.call}`, arguments: each[i] } : { arguments: each[i] }
          deltas.push({ tool_calls: [{ index: one.call, ...named, function: fn }] })
          story.calls.set(one.call, '')
        }
        if (one.kind !== 'call') story[one.kind] += one.text
      }
      for (const [call, left] of rest) deltas.push({ tool_calls: [{ index: call, function: { arguments: left } }] })
      const chunk = (delta: object, finish_reason: string | null) =>
        `data: ${escape(JSON.stringify({ id: 'x', model: 'up-model', choices: [{ index: 0, delta, finish_reason }] }), escaped)}\n\n`
      const stream = [...deltas.map((delta) => chunk(delta, null)), chunk({}, 'stop'), 'data: [DONE]\n\n'].join('')
      const bytes = Buffer.from(stream)
      const at = cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b)

      const whole = run('openai', 'anthropic', bytes, [])
      const message = collectAnthropic(decoded(whole.out))
      const expected = told(story, [...story.calls.keys()])
      expect(message.calls).toEqual(expected.calls)
      expect(clean(message.thinking)).toBe(clean(story.thinking))
      // Blank text between blocks says nothing and is left out (F78); all else arrives.
      expect(clean(message.text.replace(/\s/g, ''))).toBe(clean(story.text.replace(/\s/g, '')))
      expect(message.stop).toBe(expected.calls.length > 0 ? 'tool_use' : 'end_turn')
      expect(run('openai', 'anthropic', bytes, at)).toEqual(whole)

      const response = collectResponses(decoded(run('openai', 'responses', bytes, at).out))
      expect([response.calls, response.thinking, response.text]).toEqual([
        message.calls,
        message.thinking,
        message.text,
      ])

      for (const wholeToolCalls of [true, false]) {
        const options = { ...OPTIONS, wholeToolCalls }
        const passed = collectOpenAI(decoded(run('openai', 'openai', bytes, at, options).out))
        expect(passed).toMatchObject({ thinking: story.thinking, text: story.text })
        expect(passed.calls).toEqual(expected.calls)
      }
    }),
    { numRuns: 400 },
  )
})

test('F80: any message of an Anthropic upstream makes valid chunks with the same content, and back', () => {
  fc.assert(
    fc.property(sample, fc.boolean(), ({ pieces, escaped, cuts }, wholeToolCalls) => {
      const story: Story = { thinking: '', text: '', calls: new Map() }
      const events: object[] = [
        { type: 'message_start', message: { model: 'up-model', usage: { input_tokens: 3, output_tokens: 1 } } },
      ]
      const order: number[] = []
      let index = 0
      for (const one of pieces) {
        const delta = (body: object) => events.push({ type: 'content_block_delta', index, delta: body })
        if (one.kind === 'call') {
          const json = ARGUMENTS[one.call] ?? ''
          const block = { type: 'tool_use', id: `c${one.call}`, name: `f${one.call}`, input: {} }
          events.push({ type: 'content_block_start', index, content_block: block })
          delta({ type: 'input_json_delta', partial_json: json.slice(0, one.size) })
          delta({ type: 'input_json_delta', partial_json: json.slice(one.size) })
          order.push(one.call)
        } else {
          if (one.text.trim() === '') continue
          const key = one.kind
          events.push({ type: 'content_block_start', index, content_block: { type: key, [key]: '' } })
          delta({ type: `${key}_delta`, [key]: one.text })
          delta({ type: `${key}_delta`, [key]: '.' })
          if (key === 'thinking') delta({ type: 'signature_delta', signature: 'AA==' })
          story[key] += `${one.text}.`
        }
        events.push({ type: 'content_block_stop', index })
        index += 1
      }
      const stop_reason = order.length > 0 ? 'tool_use' : 'end_turn'
      events.push(
        { type: 'message_delta', delta: { stop_reason }, usage: { output_tokens: 9 } },
        { type: 'message_stop' },
      )
      const write = (event: object) =>
        `event: ${(event as { type: string }).type}\ndata: ${escape(JSON.stringify(event), escaped)}\n\n`
      const bytes = Buffer.from(events.map(write).join(''))
      const at = cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b)
      const options = { ...OPTIONS, wholeToolCalls }

      const whole = run('anthropic', 'openai', bytes, [], options)
      const chunks = collectOpenAI(decoded(whole.out))
      const expected = told(story, order)
      expect(chunks.calls.map((call) => call.arguments)).toEqual(expected.calls.map((call) => call.arguments))
      expect(clean(chunks.text)).toBe(clean(story.text))
      expect(clean(chunks.thinking)).toBe(clean(story.thinking))
      expect(chunks.stop).toBe(order.length > 0 ? 'tool_calls' : 'stop')
      expect(run('anthropic', 'openai', bytes, at, options)).toEqual(whole)

      const response = collectResponses(decoded(run('anthropic', 'responses', bytes, at).out))
      expect(response.calls).toEqual(expected.calls)
      expect([clean(response.text), clean(response.thinking)]).toEqual([clean(story.text), clean(story.thinking)])

      const back = run('openai', 'anthropic', Buffer.from(whole.out, 'latin1'), at, options)
      const message = collectAnthropic(decoded(back.out))
      expect(clean(message.text)).toBe(clean(story.text))
      expect(clean(message.thinking)).toBe(clean(story.thinking))
      expect(back.usage).toMatchObject({ inputTokens: 3, outputTokens: 9 })
    }),
    { numRuns: 400 },
  )
})

/** Half a surrogate pair alone has no UTF-8 form; pairs that meet across pieces become whole. */
function clean(text: string): string {
  return text.toWellFormed()
}

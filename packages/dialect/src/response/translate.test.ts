import { describe, expect, test } from 'vitest'
import { translateResponse } from './translate.ts'
import type { Dialect } from '../dialect.ts'

const OPTIONS = { id: 'r1', model: 'glm-4.7', servedModel: 'glm-4.7', createdSec: 1790000009 }

function translate(upstream: Dialect, client: Dialect, body: unknown) {
  const raw = typeof body === 'string' ? body : JSON.stringify(body)
  const made = translateResponse(upstream, client, Buffer.from(raw), OPTIONS)
  return made.ok ? { ...made, body: JSON.parse(Buffer.from(made.body, 'latin1').toString('utf8')) } : made
}

const completion = (message: object, finish_reason = 'stop', more: object = {}) => ({
  id: 'up',
  object: 'chat.completion',
  created: 1,
  model: 'up-model',
  choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason, ...more }],
  usage: {
    prompt_tokens: 120,
    completion_tokens: 30,
    total_tokens: 150,
    prompt_tokens_details: { cached_tokens: 100 },
    completion_tokens_details: { reasoning_tokens: 9 },
  },
})
const call = { id: 'c1', type: 'function', function: { name: 'write', arguments: '{"p":"é"}' } }
const full = completion({ content: 'Sure 🙂', reasoning_content: '想', tool_calls: [call] }, 'tool_calls')

const message = (content: unknown[], stop_reason = 'end_turn') => ({
  id: 'msg_up',
  type: 'message',
  role: 'assistant',
  model: 'up-model',
  content,
  stop_reason,
  stop_sequence: null,
  usage: { input_tokens: 20, cache_read_input_tokens: 100, cache_creation_input_tokens: 0, output_tokens: 30 },
})
const blocks = [
  { type: 'thinking', thinking: '想', signature: 'EqQ=' },
  { type: 'text', text: 'Sure 🙂' },
  { type: 'tool_use', id: 't1', name: 'write', input: { p: 'é' } },
]

describe('chat completion to message', () => {
  test('F14 F80: thinking first and marked, text, calls, cached input counted once', () => {
    const made = translate('openai', 'anthropic', full)
    expect(made).toMatchObject({
      ok: true,
      usage: { inputTokens: 20, cacheReadTokens: 100, outputTokens: 30, reasoningTokens: 9 },
      outcome: { finished: true, stopReason: 'tool_calls' },
      body: {
        id: 'msg_r1',
        type: 'message',
        role: 'assistant',
        model: 'glm-4.7',
        content: [
          { type: 'thinking', thinking: '想', signature: 'cp1.glm-4.7.u' },
          { type: 'text', text: 'Sure 🙂' },
          { type: 'tool_use', id: 'c1', name: 'write', input: { p: 'é' } },
        ],
        stop_reason: 'tool_use',
        stop_sequence: null,
        usage: { input_tokens: 20, cache_read_input_tokens: 100, output_tokens: 30 },
      },
    })
  })
  test.each([
    ['stop', 'end_turn'],
    ['length', 'max_tokens'],
    ['sensitive', 'refusal'],
    ['content_filter', 'refusal'],
    ['model_context_window_exceeded', 'model_context_window_exceeded'],
    ['never_heard', 'end_turn'],
  ])('%s → %s', (reason, expected) => {
    expect(translate('openai', 'anthropic', completion({ content: 'x' }, reason))).toMatchObject({
      body: { stop_reason: expected },
      outcome: { stopReason: reason },
    })
  })
  test('the stop string that vLLM tells', () => {
    expect(
      translate('openai', 'anthropic', completion({ content: 'x' }, 'stop', { stop_reason: 'END' })),
    ).toMatchObject({
      body: { stop_reason: 'stop_sequence', stop_sequence: 'END' },
    })
  })
  test('F78: blank text makes no block, and a call with "stop" is still a call', () => {
    const made = translate('openai', 'anthropic', completion({ content: '\n\n', tool_calls: [call] }))
    expect(made).toMatchObject({ body: { content: [{ type: 'tool_use' }], stop_reason: 'tool_use' } })
  })
})

describe('message to chat completion', () => {
  test('F14 F80: reasoning, text and calls in their places', () => {
    expect(translate('anthropic', 'openai', message(blocks, 'tool_use'))).toMatchObject({
      usage: { inputTokens: 20, cacheReadTokens: 100 },
      body: {
        id: 'r1',
        object: 'chat.completion',
        created: 1790000009,
        model: 'glm-4.7',
        choices: [
          {
            index: 0,
            message: {
              role: 'assistant',
              content: 'Sure 🙂',
              reasoning_content: '想',
              tool_calls: [{ id: 't1', type: 'function', function: { name: 'write', arguments: '{"p":"é"}' } }],
            },
            finish_reason: 'tool_calls',
          },
        ],
        usage: { prompt_tokens: 120, completion_tokens: 30, prompt_tokens_details: { cached_tokens: 100 } },
      },
    })
  })
  test.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['max_tokens', 'length'],
    ['refusal', 'sensitive'],
    ['model_context_window_exceeded', 'model_context_window_exceeded'],
    ['pause_turn', 'stop'],
  ])('%s → %s', (reason, expected) => {
    expect(translate('anthropic', 'openai', message([blocks[1]], reason))).toMatchObject({
      body: { choices: [{ finish_reason: expected }] },
    })
  })
})

describe('the same wire on both sides', () => {
  test('OpenAI: only the name changes', () => {
    expect(translate('openai', 'openai', full)).toMatchObject({ body: { ...full, model: 'glm-4.7' } })
  })
  test('F79 Anthropic: the name, and the mark on signatures', () => {
    const marked = [{ ...blocks[0], signature: 'cp1.glm-4.7.EqQ=' }, blocks[1], blocks[2]]
    expect(translate('anthropic', 'anthropic', message(blocks))).toMatchObject({
      body: { ...message(marked), model: 'glm-4.7' },
    })
  })
})

test('\\u escapes keep their meaning', () => {
  const escaped = JSON.stringify(completion({ content: 'AB' })).replace('AB', String.raw`\u4f60é\ud83d\ude42`)
  expect(translate('openai', 'anthropic', escaped)).toMatchObject({ body: { content: [{ text: '你é🙂' }] } })
})

test.each<[Dialect, unknown]>([
  ['openai', '<html>'],
  ['openai', []],
  ['openai', { error: { message: 'no' } }],
  ['openai', { choices: [] }],
  ['anthropic', { type: 'error', error: { type: 'api_error', message: 'no' } }],
  ['anthropic', { content: 'x' }],
])('%s: %j is a failure with a reason', (upstream, body) => {
  expect(translate(upstream, 'openai', body)).toMatchObject({ ok: false, why: expect.any(String) })
  expect(translate(upstream, 'anthropic', body)).toMatchObject({ ok: false })
})

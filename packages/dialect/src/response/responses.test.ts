import { expect, test } from 'vitest'
import { translateResponse } from './translate.ts'
import type { Dialect } from '../dialect.ts'
import type { CalledTool } from '../request/responses-tools.ts'

const called = new Map<string, CalledTool>([['apply_patch', { kind: 'custom', name: 'apply_patch' }]])
const asked = { called, dropped: [], echo: '"previous_response_id":null,"store":true' }
const OPTIONS = { id: 'r1', model: 'glm-4.7', servedModel: 'glm-4.7', createdSec: 1790000009, asked }

function translate(upstream: Dialect, body: unknown) {
  const raw = typeof body === 'string' ? body : JSON.stringify(body)
  const made = translateResponse(upstream, 'responses', Buffer.from(raw), OPTIONS)
  return made.ok ? { ...made, body: JSON.parse(Buffer.from(made.body, 'latin1').toString('utf8')) } : made
}

const completion = (finish_reason: string) => ({
  id: 'up',
  model: 'up-model',
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content: 'Sure 🙂',
        reasoning_content: '想',
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'apply_patch', arguments: '{"input":"+é"}' } }],
      },
      finish_reason,
    },
  ],
  usage: {
    prompt_tokens: 120,
    completion_tokens: 30,
    prompt_tokens_details: { cached_tokens: 100 },
    completion_tokens_details: { reasoning_tokens: 9 },
  },
})
const message = (stop_reason: string) => ({
  id: 'msg_up',
  type: 'message',
  role: 'assistant',
  model: 'up-model',
  content: [
    { type: 'thinking', thinking: '想', signature: 'EqQ=' },
    { type: 'text', text: 'Sure 🙂' },
    { type: 'tool_use', id: 'c1', name: 'apply_patch', input: { input: '+é' } },
  ],
  stop_reason,
  usage: { input_tokens: 20, cache_read_input_tokens: 100, output_tokens: 30 },
})

test.each<[Dialect, unknown, string, number]>([
  ['openai', completion('tool_calls'), 'cp1.glm-4.7.u', 9],
  ['anthropic', message('tool_use'), 'cp1.glm-4.7.EqQ=', 0],
])('F14 F79 F80: a whole answer of an upstream of kind %s', (upstream, body, encrypted_content, reasoning_tokens) => {
  expect(translate(upstream, body)).toMatchObject({
    ok: true,
    usage: { inputTokens: 20, cacheReadTokens: 100, outputTokens: 30 },
    body: {
      id: 'resp_r1',
      object: 'response',
      created_at: 1790000009,
      status: 'completed',
      error: null,
      incomplete_details: null,
      model: 'glm-4.7',
      output: [
        { id: 'rs_r1_0', type: 'reasoning', summary: [{ type: 'summary_text', text: '想' }], encrypted_content },
        {
          id: 'msg_r1_1',
          type: 'message',
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text: 'Sure 🙂', annotations: [] }],
        },
        { id: 'ctc_r1_2', type: 'custom_tool_call', call_id: 'c1', name: 'apply_patch', input: '+é' },
      ],
      usage: {
        input_tokens: 120,
        input_tokens_details: { cached_tokens: 100 },
        output_tokens: 30,
        output_tokens_details: { reasoning_tokens },
        total_tokens: 150,
      },
      previous_response_id: null,
      store: true,
    },
  })
})

test('an answer that was cut for its length is incomplete; one that was filtered says so', () => {
  for (const [upstream, body, reason] of [
    ['openai', completion('length'), 'max_output_tokens'],
    ['anthropic', message('max_tokens'), 'max_output_tokens'],
    ['openai', completion('sensitive'), 'content_filter'],
  ] as const) {
    expect(translate(upstream, body)).toMatchObject({ body: { status: 'incomplete', incomplete_details: { reason } } })
  }
})

test.each<[Dialect, unknown]>([
  ['openai', '<html>'],
  ['openai', { error: { message: 'no' } }],
  ['anthropic', { content: 'x' }],
])('%s: %j is a failure with a reason', (upstream, body) => {
  expect(translate(upstream, body)).toMatchObject({ ok: false, why: expect.any(String) })
})

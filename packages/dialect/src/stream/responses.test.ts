import { describe, expect, test } from 'vitest'
import { anthropicStreams } from '../fixtures/anthropic-streams.ts'
import { collectResponses } from '../fixtures/collect.ts'
import { openaiStreams } from '../fixtures/openai-streams.ts'
import { OPTIONS, decoded, run } from '../fixtures/run.ts'
import { clientStream } from './client-stream.ts'
import type { Dialect } from '../dialect.ts'
import type { CalledTool } from '../request/responses-tools.ts'
import type { StreamOptions } from './stream.ts'

function read(upstream: Dialect, name: string, options: Partial<StreamOptions> = {}) {
  const stream = (upstream === 'openai' ? openaiStreams : anthropicStreams)[name] ?? name
  const ran = run(upstream, 'responses', Buffer.from(stream), [], { ...OPTIONS, ...options })
  const text = decoded(ran.out)
  return { ...ran, out: text, got: collectResponses(text) }
}

const asked = (called: [string, CalledTool][]) => ({ called: new Map(called), dropped: [], echo: '"store":false' })

test('reasoning, text and a call, each with the events that Codex and the SDKs read', () => {
  const { out, got } = read('openai', 'vllmFragments')
  const types = [...out.matchAll(/^event: response\.(.*)$/gm)].map(([, type]) => type)
  expect(types.filter((type, i) => type !== types[i - 1])).toEqual([
    'created',
    'in_progress',
    'output_item.added',
    'reasoning_summary_part.added',
    'reasoning_summary_text.delta',
    'reasoning_summary_text.done',
    'reasoning_summary_part.done',
    'output_item.done',
    'output_item.added',
    'content_part.added',
    'output_text.delta',
    'output_text.done',
    'content_part.done',
    'output_item.done',
    'output_item.added',
    'function_call_arguments.delta',
    'function_call_arguments.done',
    'output_item.done',
    'completed',
  ])
  expect(got).toMatchObject({
    thinking: 'Need a file. Now.',
    text: 'I will write "it"\n at once.',
    calls: [{ id: 'call_a', name: 'write', arguments: '{"path": "a.txt"}' }],
    signatures: ['cp1.glm-4.7.u'],
    response: {
      id: 'resp_r1',
      object: 'response',
      created_at: 1790000009,
      model: 'glm-4.7',
      error: null,
      store: false,
    },
  })
})

test('F14 F19: usage tells the whole input with its cached part, and the output with its reasoning', () => {
  expect(read('openai', 'vllmFragments').got.usage).toEqual({
    input_tokens: 120,
    input_tokens_details: { cached_tokens: 100 },
    output_tokens: 30,
    output_tokens_details: { reasoning_tokens: 9 },
    total_tokens: 150,
  })
  expect(read('anthropic', 'thinkingAndTools').got.usage).toMatchObject({
    input_tokens: 1312,
    input_tokens_details: { cached_tokens: 1000 },
    output_tokens: 57,
  })
})

test('F79: a signature leaves with the mark of its model', () => {
  expect(read('anthropic', 'thinkingAndTools').got.signatures).toEqual(['cp1.glm-4.7.EqQBCkYIAhgCIkD+/ab=='])
})

describe('calls are told as the client knows its tools, and whole', () => {
  const call = (input: string) =>
    [
      {
        choices: [
          { index: 0, delta: { tool_calls: [{ index: 0, id: 'c', function: { name: 'f', arguments: input } }] } },
        ],
      },
      { choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] },
    ]
      .map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`)
      .join('') + 'data: [DONE]\n\n'
  const told = (input: string, tool: CalledTool) =>
    read('openai', call(input), { asked: asked([['f', tool]]) }).got.items
  const custom: CalledTool = { kind: 'custom', name: 'apply_patch' }

  test('a function inside a namespace', () => {
    expect(told('{"a":1}', { kind: 'function', name: 'close', namespace: 'agents' })).toEqual([
      {
        id: 'fc_r1_0',
        type: 'function_call',
        status: 'completed',
        call_id: 'c',
        name: 'close',
        namespace: 'agents',
        arguments: '{"a":1}',
      },
    ])
  })
  test('a freeform tool gets its text, whatever the model made of the field', () => {
    const patch = '*** Begin Patch\n+é "x" \\ 🙂\n'
    for (const [input, text] of [
      [JSON.stringify({ input: patch }), patch],
      [JSON.stringify({ patch }), JSON.stringify({ patch })],
      [patch, patch],
      ['', '{}'],
    ] as const) {
      expect([input, told(input, custom)]).toEqual([
        input,
        [
          {
            id: 'ctc_r1_0',
            type: 'custom_tool_call',
            status: 'completed',
            call_id: 'c',
            name: 'apply_patch',
            input: text,
          },
        ],
      ])
    }
  })
  test('a local shell', () => {
    const shell: CalledTool = { kind: 'local_shell', name: 'local_shell' }
    const action = { type: 'exec', command: ['ls', 'é'], env: {}, timeout_ms: 5 }
    expect(told('{"command":["ls","é"],"timeout_ms":5}', shell)).toMatchObject([{ type: 'local_shell_call', action }])
    expect(told('{"command":"ls"}', shell)).toMatchObject([{ action: { command: ['bash', '-lc', 'ls'] } }])
  })
  test('arguments that are no JSON are told all the same, but not what the length limit has cut', () => {
    const broken = call('{"a":')
    expect(read('openai', broken).got.calls).toEqual([{ id: 'c', name: 'f', arguments: '{"a":' }])
    const { got } = read('openai', broken.replace('"tool_calls"}', '"length"}'))
    expect([got.calls, got.stop]).toEqual([[], 'max_output_tokens'])
  })
})

describe('endings', () => {
  test.each<[Dialect, string, string, string?]>([
    ['openai', 'openaiLength', 'incomplete', 'max_output_tokens'],
    ['anthropic', 'length', 'incomplete', 'max_output_tokens'],
    ['openai', 'glmSensitive', 'incomplete', 'content_filter'],
    ['anthropic', 'refusal', 'incomplete', 'content_filter'],
    ['anthropic', 'stopSequence', 'completed'],
    ['openai', 'ollamaStopAfterCall', 'completed'],
  ])('F03: %s %s is %s', (upstream, name, status, reason) => {
    const { got, state } = read(upstream, name)
    expect(got.response).toMatchObject({ status, incomplete_details: reason ? { reason } : null })
    expect(got.usage).toBeTruthy()
    expect(state.finished).toBe(true)
  })
  test.each<[Dialect, string]>([
    ['openai', 'glmContextFull'],
    ['anthropic', 'contextFull'],
  ])('%s %s: in the word on which Codex compacts', (upstream, name) => {
    expect(read(upstream, name).got.error?.type).toBe('context_length_exceeded')
  })
  test.each<[Dialect, string, string]>([
    ['openai', 'errorInside', 'server_error'],
    ['openai', 'errorFirst', 'rate_limit_exceeded'],
    ['openai', 'cutShort', 'server_error'],
    ['openai', 'cutInCall', 'server_error'],
    ['openai', 'glmNetworkError', 'server_error'],
    ['anthropic', 'errorInside', 'rate_limit_exceeded'],
    ['anthropic', 'errorBare', 'server_error'],
    ['anthropic', 'cutShort', 'server_error'],
  ])('%s %s: response.failed with %s, and no half call', (upstream, name, code) => {
    const { got, state } = read(upstream, name)
    expect(got.error).toEqual({ type: code, message: state.error?.message })
    expect(got.calls).toEqual([])
  })
})

test('a response that is to be kept is known before its last event is written', () => {
  for (const [upstream, name] of [
    ['openai', 'vllmFragments'],
    ['anthropic', 'thinkingAndTools'],
  ] as const) {
    const stream = clientStream(upstream, 'responses', { ...OPTIONS, holdsEnd: true })
    const text = (upstream === 'openai' ? openaiStreams : anthropicStreams)[name] ?? ''
    expect(stream.push(Buffer.from(text).toString('latin1'))).not.toContain('event: response.completed')
    expect(stream.response?.()).toContain('"status":"completed"')
    const last = stream.end()
    expect(last).toMatch(/^event: response\.completed\n/)
    expect(String(last)).toContain(stream.response?.())
    expect(stream.end()).toBe('')
  }
  expect(read('openai', 'cutShort', { holdsEnd: true }).got.error).toBeTruthy()
})

import { describe, expect, test } from 'vitest'
import { AGENTS, codex, codexCompaction, EXEC, PATCH, PATCH_INPUT } from '../fixtures/responses-requests.ts'
import { translateRequest } from './translate.ts'
import type { Dialect } from '../dialect.ts'

const OPTIONS = { model: 'up-model', servedModel: 'glm-4.7', defaultMaxTokens: 4096 }

function translate(to: Dialect, body: unknown, options = OPTIONS) {
  const raw = typeof body === 'string' ? body : JSON.stringify(body)
  const made = translateRequest('responses', to, Buffer.from(raw, 'utf8'), options)
  if (!made.ok) return made
  return { ...made, body: JSON.parse(Buffer.from(made.body, 'latin1').toString('utf8')) }
}

const say = (to: Dialect, input: unknown, more: object = {}) => translate(to, { model: 'm', input, ...more })
const user = { role: 'user', content: 'hi' }
const GRAMMAR =
  'Edits files.\n\nThe text in "input" must follow this lark grammar:\nstart: "*** Begin" hunk+\nhunk: /.+/'

test('a Codex turn for Chat Completions: order, reasoning (F80), calls, results and all tools that can be offered', () => {
  const { body, asked } = translate('openai', codex) as { body: Record<string, unknown>; asked: unknown }
  expect(body).toEqual({
    model: 'up-model',
    messages: [
      { role: 'system', content: 'You help.\n\nSkills.\n\nRules.' },
      {
        role: 'user',
        content: '<environment_context>\n  <cwd>/home/user/proj</cwd>\n</environment_context>\nWrite hello.txt, 谢谢',
      },
      {
        role: 'assistant',
        content: 'I will write it.',
        reasoning_content: 'One file, one tool.',
        tool_calls: [
          {
            id: 'call_1',
            type: 'function',
            function: { name: 'apply_patch', arguments: JSON.stringify({ input: PATCH_INPUT }) },
          },
          {
            id: 'functions_close_1',
            type: 'function',
            function: { name: 'multi_agent_v1__close_agent', arguments: '{"id":"é"}' },
          },
        ],
      },
      { role: 'tool', tool_call_id: 'call_1', content: 'Done.' },
      { role: 'tool', tool_call_id: 'functions_close_1', content: 'Closed.' },
      { role: 'system', content: 'The mode has changed.' },
    ],
    tools: [
      {
        type: 'function',
        function: { name: 'exec_command', description: 'Runs a command', parameters: EXEC.parameters },
      },
      { type: 'function', function: expect.objectContaining({ name: 'apply_patch', description: GRAMMAR }) },
      { type: 'function', function: expect.objectContaining({ name: 'multi_agent_v1__close_agent' }) },
    ],
    thinking: { type: 'enabled', clear_thinking: false },
    reasoning_effort: 'high',
    stream: true,
    stream_options: { include_usage: true },
  })
  expect(asked).toMatchObject({
    dropped: ['web_search'],
    called: new Map<string, unknown>([
      ['apply_patch', { kind: 'custom', name: 'apply_patch' }],
      ['multi_agent_v1__close_agent', { kind: 'function', name: 'close_agent', namespace: 'multi_agent_v1' }],
    ]),
  })
})

test('the same for Messages: results first, words of the tool in its tags, thinking only with its own signature (F79)', () => {
  const signed = JSON.stringify(codex).replace('cp1.glm-4.7.u', 'cp1.glm-4.7.EqQ=')
  for (const [given, thinking] of [
    [JSON.stringify(codex), []],
    [signed, [{ type: 'thinking', thinking: 'One file, one tool.', signature: 'EqQ=' }]],
    [signed.replace('cp1.glm-4.7.', 'cp1.glm-5.'), []],
    [signed.replace('cp1.glm-4.7.EqQ=', 'gAAAAAB'), []],
  ] as const) {
    expect(translate('anthropic', given)).toMatchObject({
      body: {
        model: 'up-model',
        max_tokens: 4096,
        system: 'You help.\n\nSkills.\n\nRules.',
        messages: [
          { role: 'user', content: [{ type: 'text' }, { type: 'text', text: 'Write hello.txt, 谢谢' }] },
          {
            role: 'assistant',
            content: [
              ...thinking,
              { type: 'text', text: 'I will write it.' },
              { type: 'tool_use', id: 'call_1', name: 'apply_patch', input: { input: PATCH_INPUT } },
              {
                type: 'tool_use',
                id: 'functions_close_1',
                name: 'multi_agent_v1__close_agent',
                input: { id: 'é' },
              },
            ],
          },
          {
            role: 'user',
            content: [
              { type: 'tool_result', tool_use_id: 'call_1', content: 'Done.' },
              {
                type: 'tool_result',
                tool_use_id: 'functions_close_1',
                content: [{ type: 'text', text: 'Closed.' }],
              },
              { type: 'text', text: '<system-reminder>\nThe mode has changed.\n</system-reminder>' },
            ],
          },
        ],
        tools: [
          { name: 'exec_command', input_schema: EXEC.parameters },
          { name: 'apply_patch', input_schema: { type: 'object', required: ['input'] } },
          { name: 'multi_agent_v1__close_agent' },
        ],
        thinking: { type: 'adaptive' },
        output_config: { effort: 'high' },
        stream: true,
      },
    })
  }
})

test('F79: reasoning of another model, or of another service, is not shown to a chat upstream either', () => {
  const reasoning = (encrypted_content: string | null) => ({
    type: 'reasoning',
    summary: [{ type: 'summary_text', text: 'Hm.' }],
    encrypted_content,
  })
  const thought = (item: unknown) =>
    say('openai', [user, item, { role: 'assistant', content: 'yes' }, user]) as {
      body: { messages: { reasoning_content?: string }[] }
    }
  for (const [mark, expected] of [
    ['cp1.glm-4.7.u', 'Hm.'],
    ['cp1.glm-4.7.EqQ=', 'Hm.'],
    [null, 'Hm.'],
    ['cp1.glm-5.u', undefined],
    ['gAAAAAB', undefined],
  ] as const) {
    expect([mark, thought(reasoning(mark)).body.messages[1]?.reasoning_content]).toEqual([mark, expected])
  }
})

test('compaction: calls in the conversation, but no tools: a Messages upstream is told their names, and to call none', () => {
  expect(translate('anthropic', codexCompaction)).toMatchObject({
    body: {
      tools: [{ name: 'apply_patch' }, { name: 'multi_agent_v1__close_agent' }],
      tool_choice: { type: 'none' },
    },
  })
  expect(translate('openai', codexCompaction)).not.toMatchObject({ body: { tools: expect.anything() } })
})

describe('content', () => {
  test('a text alone, instructions, and roles of messages without a type', () => {
    expect(say('openai', 'hi', { instructions: 'Help.' })).toMatchObject({
      body: {
        messages: [
          { role: 'system', content: 'Help.' },
          { role: 'user', content: 'hi' },
        ],
      },
    })
    expect(say('anthropic', [{ role: 'system', content: 'Help.' }, user])).toMatchObject({
      body: { system: 'Help.', messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }] },
    })
  })
  test('pictures, in a message and in the result of a tool', () => {
    const image = { type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'auto' }
    const input = [
      { role: 'user', content: [{ type: 'input_text', text: 'look' }, image] },
      { type: 'function_call', call_id: 'c', name: 'view', arguments: '{}' },
      { type: 'function_call_output', call_id: 'c', output: [image] },
    ]
    const source = { type: 'base64', media_type: 'image/png', data: 'AAAA' }
    expect(say('anthropic', input)).toMatchObject({
      body: {
        messages: [
          { content: [{ type: 'text' }, { type: 'image', source }] },
          { role: 'assistant' },
          { content: [{ type: 'tool_result', content: [{ type: 'image', source }] }] },
        ],
      },
    })
    const url = { type: 'image_url', image_url: { url: image.image_url } }
    expect(say('openai', input)).toMatchObject({
      body: {
        messages: [
          { content: [{ type: 'text', text: 'look' }, url] },
          { tool_calls: [{ id: 'c' }] },
          { role: 'tool', tool_call_id: 'c' },
          { role: 'user', content: [url] },
        ],
      },
    })
  })
  test('a local shell, of older Codex', () => {
    const input = [
      user,
      {
        type: 'local_shell_call',
        id: 'lsh_1',
        call_id: 'c',
        status: 'completed',
        action: { type: 'exec', command: ['ls', '-l'], env: {}, timeout_ms: 5, working_directory: null },
      },
      { type: 'local_shell_call_output', id: 'c', output: 'a.txt' },
    ]
    const made = say('openai', input, { tools: [{ type: 'local_shell' }] })
    expect(made).toMatchObject({
      body: {
        messages: [
          {},
          {
            tool_calls: [
              { id: 'c', function: { name: 'local_shell', arguments: '{"command":["ls","-l"],"timeout_ms":5}' } },
            ],
          },
          { role: 'tool', tool_call_id: 'c', content: 'a.txt' },
        ],
        tools: [{ function: { name: 'local_shell' } }],
      },
      asked: { called: new Map([['local_shell', { kind: 'local_shell', name: 'local_shell' }]]) },
    })
  })
  test('what ran inside another service is left out with its result', () => {
    const input = [
      user,
      { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'x' } },
      { type: 'tool_search_call', call_id: 's', execution: 'client', arguments: {} },
      { type: 'tool_search_output', call_id: 's', tools: [] },
      { type: 'compaction', encrypted_content: 'x' },
      { role: 'user', content: 'on' },
    ]
    expect(say('anthropic', input)).toMatchObject({
      body: { messages: [{ role: 'user', content: [{ text: 'hi' }, { text: 'on' }] }] },
    })
  })
  test('arguments that are no JSON stay readable; empty and blank texts make no block (F78)', () => {
    const call = { type: 'function_call', call_id: 'c', name: 'f', arguments: '{"a":' }
    const made = say('anthropic', [user, { role: 'assistant', content: [{ type: 'output_text', text: ' ' }] }, call])
    expect(made).toMatchObject({
      body: { messages: [{}, { content: [{ type: 'tool_use', input: { unreadable_arguments: '{"a":' } }] }] },
    })
  })
  test('\\u escapes keep their meaning', () => {
    const raw = JSON.stringify({ model: 'm', input: [{ role: 'user', content: 'AB' }], tools: [PATCH] })
    const made = translate('openai', raw.replace('AB', String.raw`\u4f60é\ud83d\ude42`))
    expect(made).toMatchObject({ body: { messages: [{ content: '你é🙂' }] } })
  })
})

describe('tools', () => {
  const names = (tools: unknown[]) => {
    const made = say('openai', 'hi', { tools }) as { body: { tools: { function: { name: string } }[] } }
    return made.body.tools.map((tool) => tool.function.name)
  }
  test('names are what both wires take, and the same in every call', () => {
    const inner = { type: 'function', name: 'a'.repeat(60) }
    const other = { type: 'function', name: `${'a'.repeat(59)}b` }
    const tools = [
      { type: 'namespace', name: 'mcp__docs__', tools: [{ type: 'function', name: 'look.up' }] },
      { type: 'namespace', name: 'mcp__long__', tools: [inner, other] },
    ]
    const made = names(tools)
    expect(made[0]).toBe('mcp__docs__look_up')
    expect(made.every((name) => /^[a-zA-Z0-9_-]{1,64}$/.test(name))).toBe(true)
    expect(new Set(made).size).toBe(3)
    expect(names(tools.toReversed()).toSorted()).toEqual(made.toSorted())
  })
  test('tool_choice in all its forms', () => {
    const tools = [EXEC, PATCH, AGENTS]
    const choice = (to: Dialect, tool_choice: unknown, more: object = {}) =>
      say(to, 'hi', { tools, tool_choice, ...more }) as { body: Record<string, unknown> }
    expect(choice('anthropic', 'auto').body['tool_choice']).toBeUndefined()
    expect(choice('anthropic', 'required').body['tool_choice']).toEqual({ type: 'any' })
    expect(choice('openai', 'none').body['tool_choice']).toBe('none')
    expect(choice('openai', { type: 'custom', name: 'apply_patch' }).body['tool_choice']).toEqual({
      type: 'function',
      function: { name: 'apply_patch' },
    })
    const inside = { type: 'function', namespace: 'multi_agent_v1', name: 'close_agent' }
    expect(choice('anthropic', inside).body['tool_choice']).toEqual({
      type: 'tool',
      name: 'multi_agent_v1__close_agent',
    })
    const some = { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'exec_command' }] }
    expect(choice('anthropic', some)).toMatchObject({
      body: { tools: [{ name: 'exec_command' }], tool_choice: { type: 'any' } },
    })
    expect(choice('anthropic', 'auto', { parallel_tool_calls: false }).body['tool_choice']).toEqual({
      type: 'auto',
      disable_parallel_tool_use: true,
    })
    expect(choice('openai', 'auto', { parallel_tool_calls: false }).body['parallel_tool_calls']).toBe(false)
    expect(choice('openai', { type: 'web_search' })).toMatchObject({ ok: false })
  })
})

describe('options', () => {
  test('a schema for the answer, or any JSON', () => {
    const schema = { type: 'object', properties: {} }
    const strict = { text: { format: { type: 'json_schema', name: 'n', schema, strict: true } } }
    expect(say('openai', 'hi', strict)).toMatchObject({
      body: { response_format: { type: 'json_schema', json_schema: { schema } } },
    })
    expect(say('anthropic', 'hi', strict)).toMatchObject({
      body: { output_config: { format: { type: 'json_schema', schema } } },
    })
    const any = { text: { format: { type: 'json_object' } } }
    expect(say('openai', 'hi', any)).toMatchObject({ body: { response_format: { type: 'json_object' } } })
    expect(say('anthropic', 'hi', any)).toMatchObject({ body: { system: expect.stringContaining('JSON') } })
  })
  test('sampling, length and effort', () => {
    const more = { temperature: 1.5, top_p: 0.9, max_output_tokens: 50 }
    expect(say('openai', 'hi', more)).toMatchObject({ body: { temperature: 1.5, top_p: 0.9, max_tokens: 50 } })
    expect(say('anthropic', 'hi', more)).toMatchObject({ body: { temperature: 1, top_p: 0.9, max_tokens: 50 } })
    const thinking = say('anthropic', 'hi', { ...more, reasoning: { effort: 'minimal' } }) as { body: object }
    expect(thinking.body).toMatchObject({ thinking: { type: 'adaptive' }, output_config: { effort: 'low' } })
    expect(thinking.body).not.toHaveProperty('temperature')
    expect(say('anthropic', 'hi', { reasoning: { effort: 'none' } })).toMatchObject({
      body: { thinking: { type: 'disabled' } },
    })
    const forced = { reasoning: {}, tools: [EXEC], tool_choice: 'required' }
    expect(say('anthropic', 'hi', forced)).toMatchObject({ body: { thinking: { type: 'disabled' } } })
    expect(say('openai', 'hi', forced)).toMatchObject({ body: { thinking: { type: 'enabled' } } })
  })
  test('what the answer repeats of the request', () => {
    const made = say('openai', 'hi', { metadata: { a: 'é' }, previous_response_id: 'resp_1', store: true })
    expect((made as { asked: { echo: string } }).asked.echo).toBe(
      Buffer.from('"previous_response_id":"resp_1","metadata":{"a":"é"},"store":true').toString('latin1'),
    )
  })
})

test.each([
  [{ input: [{ role: 'user', content: [{ type: 'input_audio' }] }] }, 'input[0].content[0].type'],
  [{ input: [{ role: 'user', content: [{ type: 'input_image', file_id: 'f' }] }] }, 'input[0].content[0].image_url'],
  [{ input: [{ type: 'item_reference', id: 'x' }] }, 'input[0]'],
  [{ input: [{ role: 'tool', content: 'x' }] }, 'input[0].role'],
  [{ input: 'hi', tools: [{ type: 'function' }] }, 'tools[0].name'],
  [{ input: 'hi', tools: [EXEC, EXEC] }, 'tools[1].name'],
  [{ input: 'hi', tools: [{ type: 'x\r\ny' }] }, 'tools[0].type'],
  [{ input: 'hi', background: true }, 'background'],
  [{ input: 'hi', conversation: 'conv_1' }, 'conversation'],
])('%j is refused by its field', (more, field) => {
  for (const to of ['openai', 'anthropic'] as const) {
    expect(translate(to, { model: 'm', ...more })).toMatchObject({ ok: false, field, why: expect.any(String) })
  }
})

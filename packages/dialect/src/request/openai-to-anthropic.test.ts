import { describe, expect, test } from 'vitest'
import { CALL_INPUT, codexOld, openCode, pi, qwenCode, router } from '../fixtures/requests.ts'
import { translateRequest } from './translate.ts'

const OPTIONS = { model: 'up-model', servedModel: 'glm-4.7', defaultMaxTokens: 4096 }

function translate(body: unknown) {
  const raw = typeof body === 'string' ? body : JSON.stringify(body)
  const result = translateRequest('openai', 'anthropic', Buffer.from(raw, 'utf8'), OPTIONS)
  if (!result.ok) return result
  return JSON.parse(Buffer.from(result.body, 'latin1').toString('utf8'))
}

const user = (content: unknown) => ({ role: 'user', content })
const say = (messages: unknown[], more: object = {}) => translate({ model: 'm', messages, ...more })
const text = (value: string) => ({ type: 'text', text: value })

test('an OpenCode turn becomes alternating turns with its call and result', () => {
  expect(translate(openCode)).toEqual({
    model: 'up-model',
    max_tokens: 32000,
    system: 'You help.',
    messages: [
      { role: 'user', content: [text('"Write hello.txt"')] },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'call_1', name: 'write', input: CALL_INPUT }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_1', content: 'Written.' }] },
    ],
    tools: [{ name: 'write', description: 'Writes a file', input_schema: openCode.tools[0]?.function.parameters }],
    tool_choice: { type: 'auto' },
    thinking: { type: 'adaptive' },
    stream: true,
  })
})

test('Qwen Code: parallel results and the next words are one user turn; strange ids and broken arguments survive', () => {
  expect(translate(qwenCode).messages).toEqual([
    { role: 'user', content: [text('Reminder.'), text('Write two files.')] },
    {
      role: 'assistant',
      content: [
        text('Now.'),
        { type: 'tool_use', id: 'call_1', name: 'write', input: { a: 1 } },
        { type: 'tool_use', id: 'functions_write_1', name: 'write', input: { unreadable_arguments: '{"a":' } },
      ],
    },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'call_1', content: [text('Done 1.')] },
        { type: 'tool_result', tool_use_id: 'functions_write_1', content: [text('Done 2.')] },
        text('And now?'),
      ],
    },
  ])
})

test('pi: the developer is the system, its limit and thinking switch are known, GLM extras go', () => {
  const made = translate(pi)
  expect(made).toMatchObject({ system: 'You help.', max_tokens: 8192, thinking: { type: 'adaptive' }, stream: true })
  for (const name of ['tool_stream', 'enable_thinking', 'stream_options']) expect(made).not.toHaveProperty(name)
})

test('router: cache marks inside parts are kept, temperature is clamped', () => {
  const made = translate(router)
  expect(made.messages).toEqual([{ role: 'user', content: [{ ...text('Hi'), cache_control: { type: 'ephemeral' } }] }])
  expect(made.temperature).toBe(1)
})

test('Codex 0.80: a split assistant turn is one turn, and a limit is given', () => {
  const made = translate(codexOld)
  expect(made.max_tokens).toBe(4096)
  expect(made.messages.map((message: { role: string }) => message.role)).toEqual(['user', 'assistant', 'user'])
  expect(made.messages[1].content).toEqual([
    text('Looking.'),
    { type: 'tool_use', id: 'call_1', name: 'shell', input: {} },
  ])
})

describe('content', () => {
  test('pictures both ways of giving them', () => {
    const made = say([
      user([
        { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
        { type: 'image_url', image_url: 'https://x.test/a.png' },
      ]),
    ])
    expect(made.messages[0].content).toEqual([
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
      { type: 'image', source: { type: 'url', url: 'https://x.test/a.png' } },
    ])
  })
  test('F78: blank text makes no block', () => {
    const made = say([user(' \n'), user([text(''), text('x')]), { role: 'assistant', content: '\n' }])
    expect(made.messages).toEqual([{ role: 'user', content: [text('x')] }])
  })
  test('a conversation that begins with the assistant gets a user turn in front', () => {
    const made = say([{ role: 'assistant', content: 'Hello' }, user('x')])
    expect(made.messages[0]).toEqual({ role: 'user', content: [text('Continue.')] })
  })
  test('a last assistant turn ends without white space', () => {
    const made = say([user('x'), { role: 'assistant', content: 'So: \n' }])
    expect(made.messages[1].content).toEqual([text('So:')])
  })
  test('reasoning without a signature is not sent where it could not be verified (F79)', () => {
    const made = say([user('x'), { role: 'assistant', content: 'y', reasoning_content: 'hm' }, user('z')])
    expect(made.messages[1].content).toEqual([text('y')])
  })
})

describe('settings', () => {
  const tools = [{ type: 'function', function: { name: 'f' } }]
  test.each([
    ['auto', undefined, { type: 'auto' }],
    ['none', false, { type: 'none' }],
    ['required', undefined, { type: 'any' }],
    [undefined, false, { type: 'auto', disable_parallel_tool_use: true }],
    [
      { type: 'function', function: { name: 'f' } },
      false,
      { type: 'tool', name: 'f', disable_parallel_tool_use: true },
    ],
  ])('tool_choice %j, parallel %j', (tool_choice, parallel_tool_calls, expected) => {
    expect(say([user('x')], { tools, tool_choice, parallel_tool_calls }).tool_choice).toEqual(expected)
  })
  test('a function without parameters gets a schema; tools of the vendor are dropped', () => {
    const made = say([user('x')], { tools: [...tools, { type: 'web_search', web_search: {} }] })
    expect(made.tools).toEqual([{ name: 'f', input_schema: { type: 'object', properties: {} } }])
  })
  test('JSON answers', () => {
    const schema = { type: 'object' }
    expect(say([user('x')], { response_format: { type: 'json_object' } }).system).toContain('JSON')
    expect(
      say([user('x')], { response_format: { type: 'json_schema', json_schema: { name: 'n', schema } } }).output_config,
    ).toEqual({ format: { type: 'json_schema', schema } })
  })
  test('stop as string or list, effort, user, greedy choice', () => {
    expect(say([user('x')], { stop: 'END' }).stop_sequences).toEqual(['END'])
    expect(say([user('x')], { stop: ['A', 'B'] }).stop_sequences).toEqual(['A', 'B'])
    expect(say([user('x')], { reasoning_effort: 'minimal' }).output_config).toEqual({ effort: 'low' })
    expect(say([user('x')], { user: 'u', user_id: 'glm-user' }).metadata).toEqual({ user_id: 'glm-user' })
    expect(say([user('x')], { do_sample: false, temperature: 0.7, top_p: 0.5 })).toMatchObject({ temperature: 0 })
  })
  test('no sampling while the model thinks, no thinking where a tool is forced: both would be refused', () => {
    const thinking = { type: 'enabled' }
    const made = say([user('x')], { thinking, temperature: 0.6, top_k: 5 })
    expect([made.thinking, made.temperature, made.top_k]).toEqual([{ type: 'adaptive' }, undefined, undefined])
    expect(say([user('x')], { thinking, tools, tool_choice: 'required' }).thinking).toEqual({ type: 'disabled' })
    const budget = { type: 'enabled', budget_tokens: 2000 }
    expect(say([user('x')], { thinking: budget }).thinking).toEqual(budget)
  })
  test('null is the same as absent', () => {
    const nulls = { stop: null, temperature: null, tools: null, tool_choice: null, user: null, stream: null, n: null }
    expect(say([user('x')], nulls)).toEqual({
      model: 'up-model',
      max_tokens: 4096,
      messages: [{ role: 'user', content: [text('x')] }],
    })
  })
})

test('\\u escapes inside tool arguments become the characters they mean', () => {
  const body = String.raw`{"messages":[{"role":"user","content":"x"},{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{\"t\":\"\\u4f60é\"}"}}]}]}`
  expect(translate(body).messages[1].content[0].input).toEqual({ t: '你é' })
})

test.each<[unknown, string]>([
  ['nope', 'body'],
  [{ messages: [] }, 'messages'],
  [{ messages: [user('')] }, 'messages'],
  [{ messages: [{ role: 'function', content: 'x' }] }, 'messages[0].role'],
  [{ messages: [user([{ type: 'input_audio' }])] }, 'messages[0].content[0].type'],
  [
    { messages: [user([{ type: 'image_url', image_url: { url: 'file:///x' } }])] },
    'messages[0].content[0].image_url.url',
  ],
  [{ messages: [{ role: 'tool', content: 'x' }] }, 'messages[0].tool_call_id'],
  [{ messages: [{ role: 'assistant', tool_calls: [{ id: 'a' }] }] }, 'messages[0].tool_calls[0].function'],
  [{ messages: [user('x')], n: 2 }, 'n'],
  [{ messages: [user('x')], max_tokens: '5' }, 'max_tokens'],
  [{ messages: [user('x')], tools: [{ type: 'function' }] }, 'tools[0].function'],
  [{ messages: [user('x')], tools: [{ type: 'function', function: { name: 'f' } }], tool_choice: 4 }, 'tool_choice'],
])('a wrong type names its field: %j → %s', (body, field) => {
  expect(translate(body)).toMatchObject({ ok: false, field })
})

import { describe, expect, test } from 'vitest'
import { CALL_INPUT, claudeCode, claudeCodeTitle } from '../fixtures/requests.ts'
import { translateRequest } from './translate.ts'

const OPTIONS = { model: 'up-model', servedModel: 'glm-5', defaultMaxTokens: 4096 }

function translate(body: unknown, options = OPTIONS) {
  const raw = typeof body === 'string' ? body : JSON.stringify(body)
  const result = translateRequest('anthropic', 'openai', Buffer.from(raw, 'utf8'), options)
  if (!result.ok) return result
  return JSON.parse(Buffer.from(result.body, 'latin1').toString('utf8'))
}

const say = (messages: unknown[], more: object = {}) => translate({ model: 'm', max_tokens: 9, messages, ...more })
const user = (content: unknown) => ({ role: 'user', content })
const assistant = (content: unknown) => ({ role: 'assistant', content })
const call = (id: string) => ({ type: 'tool_use', id, name: 'f', input: {} })
const result = (id: string, more: object = {}) => ({ type: 'tool_result', tool_use_id: id, content: 'r', ...more })

test('a Claude Code turn keeps its order, its reasoning (F80) and its tools', () => {
  expect(translate(claudeCode)).toEqual({
    model: 'up-model',
    messages: [
      { role: 'system', content: 'x-billing: v=1;\nYou help.' },
      { role: 'user', content: '<system-reminder>\nKeep it short.\n</system-reminder>\nWrite hello.txt, 谢谢' },
      { role: 'system', content: '# Surroundings\nA test.' },
      {
        role: 'assistant',
        content: 'I will write it.',
        reasoning_content: 'One file, one tool.',
        tool_calls: [
          { id: 'toolu_1', type: 'function', function: { name: 'Write', arguments: JSON.stringify(CALL_INPUT) } },
        ],
      },
      { role: 'tool', tool_call_id: 'toolu_1', content: 'Written.' },
    ],
    tools: [
      { type: 'function', function: expect.objectContaining({ name: 'Write', description: 'Writes a file' }) },
      {
        type: 'function',
        function: { name: 'Placeholder', description: 'Never call', parameters: { type: 'object', properties: {} } },
      },
    ],
    max_tokens: 32000,
    thinking: { type: 'enabled', clear_thinking: false },
    reasoning_effort: 'high',
    user: claudeCode.metadata.user_id,
    stream: true,
    stream_options: { include_usage: true },
  })
})

test('a title request asks for JSON in the words of the chat wire and sends no empty tool list', () => {
  const made = translate(claudeCodeTitle)
  expect(made).not.toHaveProperty('tools')
  expect(made.response_format).toEqual({
    type: 'json_schema',
    json_schema: { name: 'answer', schema: claudeCodeTitle.output_config.format.schema },
  })
})

test('F05: usage is asked for in every stream, and only in streams', () => {
  expect(say([user('x')], { stream: true }).stream_options).toEqual({ include_usage: true })
  expect(say([user('x')])).not.toHaveProperty('stream_options')
})

describe('tool results', () => {
  test('come first, text beside them behind, in their order', () => {
    const made = say([
      user('go'),
      assistant([call('a'), call('b')]),
      user([{ type: 'text', text: 'typed while working' }, result('a'), result('b')]),
    ])
    expect(made.messages.slice(2)).toEqual([
      { role: 'tool', tool_call_id: 'a', content: 'r' },
      { role: 'tool', tool_call_id: 'b', content: 'r' },
      { role: 'user', content: 'typed while working' },
    ])
  })
  test('a system entry between calls and results waits for the results', () => {
    const made = say([user('go'), assistant([call('a')]), { role: 'system', content: 'note' }, user([result('a')])])
    expect(made.messages.map((message: { role: string }) => message.role)).toEqual([
      'user',
      'assistant',
      'tool',
      'system',
    ])
  })
  test('pictures follow in a user message, failures are marked in the text', () => {
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } }
    const made = say([
      user('go'),
      assistant([call('a'), call('b')]),
      user([
        result('a', { content: [image] }),
        result('b', { content: [{ type: 'text', text: 'no file' }], is_error: true }),
      ]),
    ])
    expect(made.messages.slice(2)).toEqual([
      { role: 'tool', tool_call_id: 'a', content: '(The result is the picture that follows.)' },
      { role: 'tool', tool_call_id: 'b', content: 'Error: no file' },
      { role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }] },
    ])
  })
  test('an absent result is an empty one', () => {
    const made = say([user('go'), assistant([call('a')]), user([{ type: 'tool_result', tool_use_id: 'a' }])])
    expect(made.messages[2]).toEqual({ role: 'tool', tool_call_id: 'a', content: '' })
  })
})

describe('content', () => {
  test('F78: empty text makes no part and no message', () => {
    const made = say([user([{ type: 'text', text: '' }]), assistant([{ type: 'text', text: '' }]), user('x')])
    expect(made.messages).toEqual([{ role: 'user', content: 'x' }])
  })
  test('a url image stays a url; a text document becomes text', () => {
    const made = say([
      user([
        { type: 'image', source: { type: 'url', url: 'https://x.test/a.png' } },
        { type: 'document', title: 'Notes', source: { type: 'text', media_type: 'text/plain', data: 'body' } },
      ]),
    ])
    expect(made.messages[0].content).toEqual([
      { type: 'image_url', image_url: { url: 'https://x.test/a.png' } },
      { type: 'text', text: 'Notes\nbody' },
    ])
  })
  test('F79: thinking that another model signed is left out, redacted thinking too', () => {
    const made = say([
      user('x'),
      assistant([
        { type: 'thinking', thinking: 'mine', signature: 'cp1.glm-5.u' },
        { type: 'thinking', thinking: 'theirs', signature: 'cp1.glm-4.7.u' },
        { type: 'thinking', thinking: ' unmarked', signature: 'abc' },
        { type: 'redacted_thinking', data: 'zz' },
        { type: 'text', text: 'y' },
      ]),
      user('z'),
    ])
    expect(made.messages[1]).toEqual({ role: 'assistant', content: 'y', reasoning_content: 'mine unmarked' })
  })
})

describe('settings', () => {
  test.each([
    [{ type: 'auto' }, { tool_choice: 'auto' }],
    [{ type: 'any' }, { tool_choice: 'required' }],
    [{ type: 'none' }, { tool_choice: 'none' }],
    [{ type: 'tool', name: 'f' }, { tool_choice: { type: 'function', function: { name: 'f' } } }],
    [
      { type: 'auto', disable_parallel_tool_use: true },
      { tool_choice: 'auto', parallel_tool_calls: false },
    ],
  ])('tool_choice %j', (choice, expected) => {
    const tools = [{ name: 'f', input_schema: { type: 'object' } }]
    expect(say([user('x')], { tools, tool_choice: choice })).toMatchObject(expected)
  })
  test('stop sequences, sampling and what only engines know', () => {
    const kept = { temperature: 0.5, top_p: 0.9, top_k: 40, seed: 7, presence_penalty: 1 }
    expect(say([user('x')], { ...kept, stop_sequences: ['END'] })).toMatchObject({ ...kept, stop: ['END'] })
  })
  test('thinking can be switched off', () => {
    expect(say([user('x')], { thinking: { type: 'disabled' } }).thinking).toEqual({ type: 'disabled' })
  })
})

test('\\u escapes and raw bytes give the same text', () => {
  const raw = translate('{"max_tokens":1,"messages":[{"role":"user","content":"你é🙂"}]}')
  const escaped = translate(
    String.raw`{"max_tokens":1,"messages":[{"role":"user","content":"\u4f60\u00e9\ud83d\ude42"}]}`,
  )
  expect(escaped).toEqual(raw)
  expect(raw.messages[0].content).toBe('你é🙂')
})

test.each<[unknown, string]>([
  ['{', 'body'],
  ['[]', 'body'],
  [{}, 'messages'],
  [{ messages: 'x' }, 'messages'],
  [{ messages: [3] }, 'messages[0]'],
  [{ messages: [{ role: 'bot', content: 'x' }] }, 'messages[0].role'],
  [{ messages: [user(4)] }, 'messages[0].content'],
  [{ messages: [user([{ type: 'text' }])] }, 'messages[0].content[0].text'],
  [{ messages: [user([{ type: 'video' }])] }, 'messages[0].content[0].type'],
  [{ messages: [user([{ type: 'image', source: { type: 'file' } }])] }, 'messages[0].content[0].source.type'],
  [
    { messages: [user([{ type: 'document', source: { type: 'base64', data: 'x' } }])] },
    'messages[0].content[0].source.type',
  ],
  [{ messages: [assistant([{ type: 'tool_use', id: 'a', name: 'f', input: 3 }])] }, 'messages[0].content[0].input'],
  [{ messages: [user('x')], temperature: 'hot' }, 'temperature'],
  [{ messages: [user('x')], stop_sequences: [1] }, 'stop_sequences[0]'],
  [{ messages: [user('x')], tools: [{ input_schema: {} }] }, 'tools[0].name'],
  [{ messages: [user('x')], thinking: { type: 'sometimes' } }, 'thinking.type'],
  [{ messages: [user('x')], system: 4 }, 'system'],
  [{ messages: [user('x')], stream: 'yes' }, 'stream'],
])('a wrong type names its field: %j → %s', (body, field) => {
  expect(translate(body)).toMatchObject({ ok: false, field })
})

test('JSON nested beyond the stack is a refusal, not a crash', () => {
  const deep = `{"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}]}]}`
  expect(translate(deep)).toMatchObject({ ok: false, field: 'body' })
})

import { describe, expect, test } from 'vitest'
import type { JsonObject } from './json.ts'
import { chatProblem } from './strict-chat.ts'
import { messagesProblem } from './strict-messages.ts'

const user = { role: 'user', content: 'hi' }
const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }
const calling = { role: 'assistant', content: null, tool_calls: [call] }
const told = { role: 'tool', tool_call_id: 'c1', content: 'ok' }

function inChat(messages: readonly JsonObject[], extra: JsonObject = {}): string | undefined {
  return chatProblem({ model: 'm', messages, ...extra })
}

function inMessages(messages: readonly JsonObject[], extra: JsonObject = {}): string | undefined {
  return messagesProblem({ model: 'm', max_tokens: 100, messages, ...extra })
}

describe('Chat Completions', () => {
  test('a whole tool loop passes', () => {
    const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }]
    expect(
      inChat([{ role: 'system', content: 's' }, user, calling, told], { tools, tool_choice: 'auto' }),
    ).toBeUndefined()
  })

  test.each<[string, readonly JsonObject[], JsonObject]>([
    ['unknown role', [{ role: 'model', content: 'x' }], {}],
    ['tool message without its call', [user, told], {}],
    ['call without its tool message', [user, calling, user], {}],
    ['call left open at the end', [user, calling], {}],
    ['image in a tool message', [user, calling, { ...told, content: [{ type: 'image_url', image_url: {} }] }], {}],
    ['content block of the other dialect', [{ role: 'user', content: [{ type: 'tool_result' }] }], {}],
    ['image block of the other dialect', [{ role: 'user', content: [{ type: 'image', source: {} }] }], {}],
    [
      'arguments as an object',
      [user, { ...calling, tool_calls: [{ ...call, function: { name: 'f', arguments: {} } }] }],
      {},
    ],
    ['user without content', [{ role: 'user', content: null }], {}],
    ['tool of the other dialect', [user], { tools: [{ name: 'f', input_schema: {} }] }],
    ['tool_choice of the other dialect', [user], { tool_choice: { type: 'any' } }],
    ['system of the other dialect', [user], { system: 'x' }],
    ['stream_options without stream', [user], { stream_options: { include_usage: true } }],
  ])('refused: %s', (_, messages, extra) => {
    expect(inChat(messages, extra)).toBeTypeOf('string')
  })
})

describe('Messages', () => {
  const use = { type: 'tool_use', id: 't1', name: 'f', input: {} }
  const using = { role: 'assistant', content: [use] }
  const result = { type: 'tool_result', tool_use_id: 't1', content: 'ok' }
  const text = { type: 'text', text: 'and?' }

  test('a whole tool loop passes, with images in a result and text behind it', () => {
    const data = { type: 'base64', media_type: 'image/png', data: 'AAAA' }
    const seen = { ...result, content: [{ type: 'image', source: data }] }
    expect(inMessages([user, using, { role: 'user', content: [seen, text] }])).toBeUndefined()
  })

  test.each<[string, readonly JsonObject[], JsonObject]>([
    ['system among the messages', [user, { role: 'system', content: 'x' }], {}],
    ['empty text block', [{ role: 'user', content: [{ type: 'text', text: ' ' }] }], {}],
    ['empty content', [{ role: 'user', content: [] }], {}],
    ['call without its result', [user, using, user], {}],
    ['result without its call', [user, { role: 'user', content: [result] }], {}],
    ['result answered twice', [user, using, { role: 'user', content: [result, result] }], {}],
    ['text before the result', [user, using, { role: 'user', content: [text, result] }], {}],
    ['image of the other dialect', [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'x' } }] }], {}],
    ['thinking without a signature', [user, { role: 'assistant', content: [{ type: 'thinking', thinking: 'x' }] }], {}],
    ['assistant first', [{ role: 'assistant', content: 'x' }], {}],
    ['no max_tokens', [user], { max_tokens: undefined }],
    ['thinking without a budget', [user], { thinking: { type: 'enabled' } }],
    ['tool of the other dialect', [user], { tools: [{ type: 'function', function: { name: 'f' } }] }],
    ['tool_choice of the other dialect', [user], { tool_choice: 'auto' }],
    ['key of the other dialect', [user], { stream_options: { include_usage: true } }],
  ])('refused: %s', (_, messages, extra) => {
    expect(inMessages(messages, extra)).toBeTypeOf('string')
  })
})

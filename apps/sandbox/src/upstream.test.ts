import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EventStream, type ServerEvent } from './event-stream.ts'
import { type JsonObject, listOf, objectOf } from './json.ts'
import { type SandboxUpstream, startUpstream } from './upstream.ts'

let upstream: SandboxUpstream
beforeAll(async () => {
  upstream = await startUpstream({ seed: 7 })
})
afterAll(() => upstream.close())

function post(path: string, body: JsonObject, init: RequestInit = {}): Promise<Response> {
  return fetch(upstream.url + path, { method: 'POST', body: JSON.stringify(body), ...init })
}

function chat(prompt: string, extra: JsonObject = {}): Promise<Response> {
  return post('/v1/chat/completions', { model: 'm', messages: [{ role: 'user', content: prompt }], ...extra })
}

function messages(prompt: string, extra: JsonObject = {}): Promise<Response> {
  return post('/v1/messages', { model: 'm', max_tokens: 999, messages: [{ role: 'user', content: prompt }], ...extra })
}

async function events(answer: Response | Promise<Response>): Promise<ServerEvent[]> {
  return new EventStream().feed(new Uint8Array(await (await answer).arrayBuffer()))
}

function chunks(list: readonly ServerEvent[]): JsonObject[] {
  return list.filter(({ data }) => data !== '[DONE]').map(({ data }) => objectOf(JSON.parse(data)))
}

function deltas(list: readonly JsonObject[]): JsonObject[] {
  return list.map((chunk) => objectOf(objectOf(listOf(chunk.choices)[0]).delta))
}

async function usage(list: readonly JsonObject[]): Promise<JsonObject> {
  const answer = await post('/v1/chat/completions', { model: 'm', messages: list })
  return objectOf(objectOf(await answer.json()).usage)
}

const streamed = { stream: true, stream_options: { include_usage: true } }
const task = 'Create a file named a.txt in the current directory with exactly this content: hällo 🎉'
const shell = { command: { type: 'string' } }

describe('Chat Completions', () => {
  test('order: role, reasoning, text, finish reason, usage only when asked for, [DONE]', async () => {
    const list = await events(chat('hello', streamed))
    const all = chunks(list)
    const keys = deltas(all).map((delta) => Object.keys(delta).join())
    expect([...new Set(keys)]).toEqual(['role,content', 'reasoning_content', 'content', ''])
    expect(objectOf(all.at(-1)?.usage)).toMatchObject({ completion_tokens: expect.any(Number) as number })
    expect(all.at(-1)?.choices).toEqual([])
    expect(list.at(-1)?.data).toBe('[DONE]')
    expect(chunks(await events(chat('hello', { stream: true }))).some((chunk) => 'usage' in chunk)).toBe(false)
  })

  test('a tool call starts with its name and goes on with bare pieces of its arguments', async () => {
    const tools = [{ type: 'function', function: { name: 'bash', parameters: { type: 'object', properties: shell } } }]
    const all = chunks(await events(chat(task, { ...streamed, tools })))
    const pieces = deltas(all).flatMap((delta) => listOf(delta.tool_calls).map(objectOf))
    expect(pieces[0]).toMatchObject({ index: 0, type: 'function', function: { name: 'bash', arguments: '' } })
    expect(pieces.length).toBeGreaterThan(4)
    expect(pieces.slice(1).every((piece) => Object.keys(piece).join() === 'index,function')).toBe(true)
    const json = pieces.map((piece) => objectOf(piece.function).arguments).join('')
    expect(JSON.parse(json)).toEqual({ command: "printf '%s' 'hällo 🎉' > 'a.txt'" })
  })

  test('thinking is left out when it is disabled', async () => {
    const quiet = objectOf(await (await chat('hello', { thinking: { type: 'disabled' } })).json())
    expect(objectOf(objectOf(listOf(quiet.choices)[0]).message)).not.toHaveProperty('reasoning_content')
  })

  test('max_tokens ends the answer with finish_reason length', async () => {
    const answer = objectOf(await (await chat('hello', { max_tokens: 3 })).json())
    expect(objectOf(listOf(answer.choices)[0]).finish_reason).toBe('length')
    expect(objectOf(answer.usage).completion_tokens).toBeLessThanOrEqual(3)
  })
})

describe('Messages', () => {
  test('order: start with usage, ping, signed thinking, text, call, delta with usage, stop', async () => {
    const tools = [{ name: 'Bash', input_schema: { type: 'object', properties: shell } }]
    const list = await events(messages(task, { stream: true, tools }))
    const order = list.map(({ event, data }) => {
      const value = objectOf(JSON.parse(data))
      return String(objectOf(value.content_block).type ?? objectOf(value.delta).type ?? event)
    })
    expect(order.filter((name, n) => name !== order[n - 1])).toEqual([
      'message_start',
      'ping',
      'thinking',
      'thinking_delta',
      'signature_delta',
      'content_block_stop',
      'text',
      'text_delta',
      'content_block_stop',
      'tool_use',
      'input_json_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ])
    expect(objectOf(objectOf(JSON.parse(list[0]?.data ?? '')).message).usage).toMatchObject({ output_tokens: 1 })
  })

  test('count_tokens counts what a call would count', async () => {
    const body = { model: 'm', messages: [{ role: 'user', content: 'count me' }] }
    const counted = objectOf(await (await post('/v1/messages/count_tokens', body)).json())
    const called = objectOf(await (await messages('count me')).json())
    expect(counted.input_tokens).toBe(objectOf(called.usage).input_tokens)
  })
})

test('the cached part grows with the conversation and never reaches the whole prompt', async () => {
  const first = { role: 'user', content: 'a long beginning '.repeat(60) }
  const cold = await usage([first])
  const warm = await usage([first, { role: 'assistant', content: 'yes' }, { role: 'user', content: 'go on' }])
  expect(objectOf(cold.prompt_tokens_details).cached_tokens).toBe(0)
  expect(objectOf(warm.prompt_tokens_details).cached_tokens).toBeGreaterThan(200)
  expect(objectOf(warm.prompt_tokens_details).cached_tokens).toBeLessThan(Number(warm.prompt_tokens))
})

test('the same calls get the same bytes under the same seed', async () => {
  const other = await startUpstream({ seed: 3 })
  const same = await startUpstream({ seed: 3 })
  const body = JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'hi' }] })
  const [a, b] = await Promise.all(
    [other, same].map(async ({ url }) => (await fetch(`${url}/chat/completions`, { method: 'POST', body })).text()),
  )
  expect(a?.replace(/"created":\d+/g, '')).toBe(b?.replace(/"created":\d+/g, ''))
  await Promise.all([other.close(), same.close()])
})

describe('refusals have the shape of the dialect', () => {
  test('Chat Completions', async () => {
    const answer = await post('/v1/chat/completions', { model: 'm', messages: [{ role: 'model', content: 'x' }] })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ error: { type: 'invalid_request_error', code: 400 } })
    expect(upstream.calls().at(-1)?.refused).toContain('unknown role')
  })

  test('Messages', async () => {
    const answer = await post('/v1/messages', { model: 'm', max_tokens: 9, messages: [] })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ type: 'error', error: { type: 'invalid_request_error' } })
  })

  test('a wrong key, an unknown model, an unknown path', async () => {
    const guarded = await startUpstream({ key: 'k', models: ['a'] })
    const ask = (path: string, model: string, key: string) =>
      fetch(guarded.url + path, {
        method: 'POST',
        headers: { 'x-api-key': key },
        body: JSON.stringify({ model, messages: [{ role: 'user', content: 'x' }] }),
      })
    const statuses = [
      (await ask('/v1/chat/completions', 'a', 'wrong')).status,
      (await ask('/v1/chat/completions', 'b', 'k')).status,
      (await ask('/v1/v1/chat/completions', 'a', 'k')).status,
      (await ask('/v1/chat/completions', 'a', 'k')).status,
    ]
    expect(statuses).toEqual([401, 404, 404, 200])
    const models = await fetch(`${guarded.url}/v1/models`, { headers: { authorization: 'Bearer k' } })
    expect(await models.json()).toMatchObject({ data: [{ id: 'a' }] })
    await guarded.close()
  })
})

test('/sandbox/calls tells another process what was called, without keys and without words', async () => {
  await chat('a secret', { model: 'seen' })
  const told = await (await fetch(`${upstream.url}/sandbox/calls`)).text()
  expect(told).toContain('"model":"seen"')
  expect(told).not.toContain('a secret')
  expect(told).not.toContain('user-agent')
})

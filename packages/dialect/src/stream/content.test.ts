import { describe, expect, test } from 'vitest'
import { anthropicStreams } from '../fixtures/anthropic-streams.ts'
import { collectAnthropic, collectOpenAI } from '../fixtures/collect.ts'
import { openaiStreams } from '../fixtures/openai-streams.ts'
import { OPTIONS, decoded, run } from '../fixtures/run.ts'
import { clientStream } from './client-stream.ts'
import type { Dialect } from '../dialect.ts'
import type { StreamOptions } from './stream.ts'

function read(upstream: Dialect, client: Dialect, name: string, options: Partial<StreamOptions> = {}) {
  const stream = (upstream === 'openai' ? openaiStreams : anthropicStreams)[name] ?? ''
  const ran = run(upstream, client, Buffer.from(stream), [], { ...OPTIONS, ...options })
  const text = decoded(ran.out)
  return { ...ran, out: text, got: client === 'openai' ? collectOpenAI(text) : collectAnthropic(text) }
}

const VLLM_USAGE = { inputTokens: 20, cacheReadTokens: 100, outputTokens: 30, reasoningTokens: 9, suspect: false }

describe.each<Dialect>(['anthropic', 'openai'])('an OpenAI upstream, to %s', (client) => {
  test('F80 reasoning, text and a fragmented call arrive whole', () => {
    const { got, usage, outputBytes, state } = read('openai', client, 'vllmFragments')
    expect(got).toMatchObject({
      thinking: 'Need a file. Now.',
      text: 'I will write "it"\n at once.',
      calls: [{ id: 'call_a', name: 'write', arguments: '{"path": "a.txt"}' }],
      stop: client === 'anthropic' ? 'tool_use' : 'tool_calls',
    })
    expect(usage).toMatchObject(VLLM_USAGE)
    expect(outputBytes).toBe('Need a file. Now.I will write "it"\n at once.{"path": "a.txt"}'.length)
    expect(state).toEqual({ finished: true, stopReason: 'tool_calls' })
  })
  test('reasoning under the key "reasoning"', () => {
    expect(read('openai', client, 'vllmReasoningKey').got).toMatchObject({ thinking: 'One two', text: 'Three four' })
  })
  test('F77 parallel calls, one after the other and interleaved', () => {
    expect(read('openai', client, 'sglangParallel').got.calls).toEqual([
      { id: 'call_0', name: 'read', arguments: '{"p":"x"}' },
      { id: 'call_1', name: 'read', arguments: '{"p":"y"}' },
    ])
    expect(read('openai', client, 'interleaved').got.calls).toEqual([
      { id: 'call_0', name: 'read', arguments: '{"p":"x"}' },
      { id: 'call_1', name: 'list', arguments: '{"d":"y"}' },
    ])
  })
  test('calls all numbered 0, or not numbered', () => {
    const calls = read('openai', client, 'sameIndexCalls').got.calls
    expect(calls.map((call) => call.arguments)).toEqual(['{"p":1}', '{"p":2}'])
    expect(read('openai', client, 'noIndexCalls').got.calls.map((call) => call.name)).toEqual(['read', 'list'])
  })
  test('GLM: multi-byte text, a whole call, usage beside choices', () => {
    const { got, usage, outputBytes } = read('openai', client, 'glmWhole')
    const said = ['想一下，好', '写文件 🙂。现在', '{"text": "héllo"}']
    expect([got.thinking, got.text, got.calls[0]?.arguments]).toEqual(said)
    expect(usage).toMatchObject({ inputTokens: 32, cacheReadTokens: 32, outputTokens: 20 })
    expect(outputBytes).toBe(Buffer.byteLength(said.join('')))
  })
  test('\\u escapes, a pair cut over two deltas included', () => {
    const { got } = read('openai', client, 'escapes')
    expect(got.text).toBe('你好a🙂b \\u0041 é')
    expect(JSON.parse(got.calls[0]?.arguments ?? '')).toEqual({ t: 'éé' })
  })
  test('F03: usage of a length stop and of a full context is read', () => {
    expect(read('openai', client, 'openaiLength')).toMatchObject({
      usage: { inputTokens: 9, outputTokens: 2 },
      state: { finished: true, stopReason: 'length' },
      got: { stop: client === 'anthropic' ? 'max_tokens' : 'length' },
    })
    expect(read('openai', client, 'glmContextFull')).toMatchObject({
      usage: { outputTokens: 20 },
      got: { stop: 'model_context_window_exceeded' },
    })
  })
  test('usage on every chunk: the last counts; none: none is invented', () => {
    expect(read('openai', client, 'usageAlways').usage).toMatchObject({ inputTokens: 5, outputTokens: 3 })
    const none = read('openai', client, 'noUsage')
    expect([none.usage, none.outputBytes]).toEqual([undefined, 6])
  })
  test('an error inside the stream is told, and the stream is not finished', () => {
    const { got, state } = read('openai', client, 'errorInside')
    expect(got.error?.message).toBe('engine gone é')
    expect(state).toMatchObject({ finished: false, error: { type: '1234', message: 'engine gone é' } })
  })
  test.each(['cutShort', 'cutInCall', 'restarted', 'restartedBetween'])(
    '%s: ended as failed, without garbage',
    (name) => {
      const { got, state, out } = read('openai', client, name)
      expect(state).toMatchObject({ finished: false, error: { type: 'api_error' } })
      expect(client === 'anthropic' ? got.error?.type : got.stop).toBe(
        client === 'anthropic' ? 'api_error' : 'network_error',
      )
      expect(out).not.toMatch(/never|Again|roledata/)
    },
  )
  test('cut after the finish reason: the answer is complete, only its usage is not known', () => {
    const { got, usage, state } = read('openai', client, 'cutInUsage')
    expect([got.text, got.error, usage, state]).toEqual([
      'Hi',
      undefined,
      undefined,
      { finished: true, stopReason: 'stop' },
    ])
  })
  test('GLM that lost its network says so', () => {
    const { got, state } = read('openai', client, 'glmNetworkError')
    expect(state).toMatchObject({ finished: true, stopReason: 'network_error', error: { type: 'api_error' } })
    expect(client === 'anthropic' ? got.error?.type : got.stop).toBe(
      client === 'anthropic' ? 'api_error' : 'network_error',
    )
  })
  test.each(['crlfComments', 'crOnly', 'noDone', 'idForEachChunk'])('%s reads like any other', (name) => {
    const { got, usage } = read('openai', client, name)
    expect([got.text, usage?.outputTokens]).toEqual([name === 'noDone' ? 'Hi' : 'Hi you', 30])
  })
})

describe('OpenAI to Anthropic', () => {
  test('the last event carries the true usage, the first an estimate', () => {
    const { out, got } = read('openai', 'anthropic', 'vllmFragments')
    expect(out).toMatch(/"message_start".*"input_tokens":77/)
    expect(got.usage).toMatchObject({ input_tokens: 20, cache_read_input_tokens: 100, output_tokens: 30 })
    expect(got.signatures).toEqual(['cp1.glm-4.7.u'])
  })
  test('F78: white space between reasoning and calls makes no block', () => {
    expect(read('openai', 'anthropic', 'sglangParallel').got.text).toBe('')
    expect(read('openai', 'anthropic', 'emptyAnswer').got).toMatchObject({ text: '', stop: 'end_turn' })
  })
  test('"stop" after a call is tool_use', () => {
    expect(read('openai', 'anthropic', 'ollamaStopAfterCall').got).toMatchObject({
      text: 'Let me see',
      stop: 'tool_use',
    })
  })
  test('what moderation cut is a refusal; an overloaded engine is called so', () => {
    expect(read('openai', 'anthropic', 'glmSensitive').got.stop).toBe('refusal')
    expect(read('openai', 'anthropic', 'errorFirst').got.error).toEqual({
      type: 'overloaded_error',
      message: 'overloaded',
    })
  })
  test('events come as soon as their chunk did', () => {
    const stream = clientStream('openai', 'anthropic', OPTIONS)
    const chunks = (openaiStreams['vllmFragments'] ?? '').split(/(?<=\n\n)/)
    const outs = chunks.map((chunk) => stream.push(Buffer.from(chunk).toString('latin1')))
    expect(outs.slice(1, 11).every((out) => out.length > 0)).toBe(true)
  })
})

describe('OpenAI passed through', () => {
  const same = { model: 'up-model' }
  test('reads of whole events pass as they came; nothing changes', () => {
    for (const [name, text] of Object.entries(openaiStreams)) {
      if (/cut|restarted|noDone|splitData/i.test(name)) continue
      const stream = clientStream('openai', 'openai', { ...OPTIONS, ...same })
      for (const part of text.split(/(?<=\n\n)/)) {
        const chunk = Buffer.from(part).toString('latin1')
        if (part.endsWith('\n\n')) expect(stream.push(chunk)).toBe(chunk)
        else stream.push(chunk)
      }
      expect(run('openai', 'openai', Buffer.from(text), [], { ...OPTIONS, ...same }).out).toBe(
        name === 'errorFirst' ? `${text}data: [DONE]\n\n` : Buffer.from(text).toString('latin1'),
      )
    }
  })
  test('F05: the usage chunk is hidden from a client that did not ask, usage beside choices stays', () => {
    const hidden = read('openai', 'openai', 'vllmFragments', { ...same, wantsUsage: false })
    expect(hidden.got.usage).toBeUndefined()
    expect(hidden.usage).toMatchObject(VLLM_USAGE)
    expect(hidden.out).not.toContain('"choices":[]')
    expect(read('openai', 'openai', 'spacedJson', { ...same, wantsUsage: false }).out).not.toContain('usage')
    expect(read('openai', 'openai', 'glmWhole', { ...same, wantsUsage: false }).got.usage).toBeDefined()
  })
  test('another name replaces the model in every chunk', () => {
    for (const name of ['vllmFragments', 'spacedJson', 'glmWhole']) {
      const { out } = read('openai', 'openai', name)
      expect(out).not.toContain('up-model')
      expect(out).toContain('glm-4.7')
    }
    // Wherever it stands, and whatever line the event begins with.
    const of = (chunk: string): string => ` odd\ndata: {${chunk}}\n\n`
    const said = '"choices":[{"index":0,"delta":{"content":"a"}}]'
    const events = [`"model":"up-model",${said}`, `"id":"c",${said},"model" : "up-model"`, `"model":"up-model",${said}`]
    const { out } = run('openai', 'openai', Buffer.from(events.map(of).join('')), [], OPTIONS)
    expect(out.replaceAll('"model":"glm-4.7"', '"model":"up-model"')).toContain(
      events.map(of).join('').replace('"model" : ', '"model":'),
    )
  })
  test('calls in one piece where the client wants them so, before the finish chunk', () => {
    for (const name of ['vllmFragments', 'interleaved', 'sglangParallel', 'sameIndexCalls', 'noIndexCalls']) {
      const whole = read('openai', 'openai', name, { wholeToolCalls: true })
      const chunks = whole.out.split('\n\n').filter((chunk) => chunk.includes('"tool_calls":['))
      expect(chunks).toHaveLength(whole.got.calls.length)
      expect(whole.got.calls).toEqual(read('openai', 'openai', name).got.calls)
      expect(whole.got.text).toBe(read('openai', 'openai', name).got.text)
      expect([whole.outputBytes, whole.usage]).toEqual([
        read('openai', 'openai', name).outputBytes,
        read('openai', 'openai', name).usage,
      ])
    }
  })
  test('a cut call is not handed out as whole', () => {
    expect(read('openai', 'openai', 'cutInCall', { wholeToolCalls: true }).got.calls).toEqual([])
  })
})

describe.each<Dialect>(['anthropic', 'openai'])('an Anthropic upstream, to %s', (client) => {
  test('F80 F15: thinking, text, parallel calls and all kinds of input', () => {
    const { got, usage, state } = read('anthropic', client, 'thinkingAndTools')
    expect(got).toMatchObject({
      thinking: 'Two files, so two calls 🙂',
      text: 'I read both "files"\n 现在',
      calls: [
        { id: 'toolu_1', name: 'read', arguments: '{"path": "a.txt"}' },
        { id: 'toolu_2', name: 'now', arguments: '{}' },
      ],
      stop: client === 'anthropic' ? 'tool_use' : 'tool_calls',
    })
    expect(usage).toEqual({
      inputTokens: 12,
      cacheReadTokens: 1000,
      cacheWrite5mTokens: 100,
      cacheWrite1hTokens: 200,
      outputTokens: 57,
      reasoningTokens: 0,
      suspect: false,
    })
    expect(state).toEqual({ finished: true, stopReason: 'tool_use' })
  })
  test.each(['crlf', 'cr'])('F13: %s ends', (name) => {
    expect(read('anthropic', client, name).got).toEqual(read('anthropic', client, 'thinkingAndTools').got)
  })
  test('\\u escapes', () => {
    expect(read('anthropic', client, 'escapes').got.text).toBe('你é🙂 \\u0041')
  })
  test('GLM: usage at the end, input in the start of its block', () => {
    const { got, usage } = read('anthropic', client, 'glm')
    expect(got).toMatchObject({
      thinking: '好的',
      calls: [{ id: 'call_1', name: 'write', arguments: '{"path":"é.txt"}' }],
    })
    expect(usage).toMatchObject({ inputTokens: 40, cacheReadTokens: 24, outputTokens: 9 })
  })
  test.each(['length', 'stopSequence', 'refusal', 'contextFull', 'noMessageStop', 'cutInStop', 'noLastBlank'])(
    'F03: usage of a stream that ends so is read: %s',
    (name) => {
      const { got, usage, state } = read('anthropic', client, name)
      expect([got.text, usage?.outputTokens, state.finished]).toEqual(['Hi you', 2, true])
    },
  )
  test('an error inside is told', () => {
    const { got, state } = read('anthropic', client, 'errorInside')
    expect(got.error?.message).toBe('busy é')
    expect(state).toMatchObject({ finished: false, error: { type: 'overloaded_error', message: 'busy é' } })
  })
  test('an error without its envelope is an error', () => {
    const { got, state } = read('anthropic', client, 'errorBare')
    expect([got.error?.message, state.error?.type]).toEqual(['token expired', '401'])
  })
  test.each(['cutShort', 'broken', 'startedAgain'])('%s: ended as failed', (name) => {
    const { got, state, out } = read('anthropic', client, name)
    expect(state).toMatchObject({ finished: false, error: { type: 'api_error' } })
    expect(client === 'anthropic' ? got.error?.type : got.stop).toBe(
      client === 'anthropic' ? 'api_error' : 'network_error',
    )
    expect(out).not.toContain('Again')
  })
})

test('F79: signatures that pass through carry the mark of their model', () => {
  expect(read('anthropic', 'anthropic', 'thinkingAndTools').got.signatures).toEqual([
    'cp1.glm-4.7.EqQBCkYIAhgCIkD+/ab==',
  ])
})

test('Anthropic to OpenAI: usage only for those who ask, calls whole where wanted', () => {
  expect(read('anthropic', 'openai', 'thinkingAndTools').got.usage).toMatchObject({
    prompt_tokens: 1312,
    completion_tokens: 57,
  })
  const quiet = read('anthropic', 'openai', 'thinkingAndTools', { wantsUsage: false, wholeToolCalls: true })
  expect(quiet.got.usage).toBeUndefined()
  expect(quiet.out.split('"tool_calls":[')).toHaveLength(3)
  expect(quiet.got.calls).toEqual(read('anthropic', 'openai', 'thinkingAndTools').got.calls)
})

test('Anthropic to OpenAI: an error without content, and a server tool, which is not a call of the client', () => {
  expect(read('anthropic', 'openai', 'errorFirst').got.error).toEqual({ message: 'busy', code: '1305' })
  expect(read('anthropic', 'openai', 'serverTool').got).toMatchObject({ calls: [], text: 'Found it' })
})

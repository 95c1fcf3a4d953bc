import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EventStream } from './event-stream.ts'
import { type JsonObject, listOf, objectOf } from './json.ts'
import { type SandboxUpstream, startUpstream } from './upstream.ts'

let upstream: SandboxUpstream
beforeAll(async () => {
  upstream = await startUpstream()
})
afterAll(() => upstream.close())

const dialects = ['/v1/chat/completions', '/v1/messages'] as const

function ask(path: string, fault: string, extra: JsonObject = {}, init: RequestInit = {}): Promise<Response> {
  const messages = [{ role: 'user', content: `hello [[fault=${fault}]]` }]
  const body = { model: 'm', max_tokens: 9999, stream: true, messages, ...extra }
  return fetch(upstream.url + path, { method: 'POST', body: JSON.stringify(body), ...init })
}

/** What arrived before the connection broke. */
async function received(answer: Response): Promise<{ text: string; broken: boolean }> {
  const decoder = new TextDecoder()
  let text = ''
  try {
    for await (const bytes of answer.body ?? []) text += decoder.decode(bytes, { stream: true })
    return { text, broken: false }
  } catch {
    return { text, broken: true }
  }
}

describe.each(dialects)('%s', (path) => {
  test('cut:5 breaks the connection after five whole events, and the record says who did it', async () => {
    const { text, broken } = await received(await ask(path, 'cut:5'))
    expect(broken).toBe(true)
    expect(text.split('\n\n')).toHaveLength(6)
    expect(upstream.calls().at(-1)).toMatchObject({ events: 5, finished: false, aborted: false, cut: true })
  })

  test('cut breaks an answer that is not streamed in its middle', async () => {
    await expect(ask(path, 'cut', { stream: false }).then((answer) => answer.json())).rejects.toThrow()
  })

  test.each(['401', '429:7', '500', '503', '529'])(
    '%s is a status with the error shape of the dialect',
    async (fault) => {
      const answer = await ask(path, fault)
      expect(answer.status).toBe(Number(fault.slice(0, 3)))
      expect(answer.headers.get('retry-after')).toBe(fault.includes(':') ? '7' : null)
      expect(objectOf(objectOf(await answer.json()).error).message).toContain('sandbox')
    },
  )

  test('garbage sends half an event and something that is not JSON, then ends', async () => {
    const { text, broken } = await received(await ask(path, 'garbage'))
    expect(broken).toBe(false)
    const bad = new EventStream().feed(Buffer.from(text)).filter(({ data }) => !isJson(data))
    expect(bad).toHaveLength(2)
    await expect(ask(path, 'garbage', { stream: false }).then((answer) => answer.json())).rejects.toThrow()
  })

  test('errorevent puts an error into the stream', async () => {
    const { text } = await received(await ask(path, 'errorevent:4'))
    const list = new EventStream().feed(Buffer.from(text))
    expect(objectOf(JSON.parse(list[4]?.data ?? '{}'))).toHaveProperty('error')
  })

  test('restart cuts a chunk in its middle and begins again under another id', async () => {
    const { text } = await received(await ask(path, 'restart'))
    const ids = new Set(text.match(/"id":"(chatcmpl-|msg_)[0-9a-f]+"/g))
    expect(ids.size).toBe(2)
    expect(new EventStream().feed(Buffer.from(text)).filter(({ data }) => !isJson(data))).toHaveLength(1)
  })

  test('nousage leaves usage out, absurd makes nonsense of it', async () => {
    expect((await received(await ask(path, 'nousage'))).text).not.toContain('"usage"')
    const absurd = objectOf(objectOf(await (await ask(path, 'absurd', { stream: false })).json()).usage)
    expect(JSON.stringify(absurd)).toContain('999999999')
  })

  test('tokens:N makes N pieces and N tokens of text', async () => {
    const { text } = await received(await ask(path, 'tokens:40', { thinking: { type: 'disabled' } }))
    expect(text.match(/"content":"[^"]|"text_delta"/g)).toHaveLength(40)
    expect(upstream.calls().at(-1)?.spent?.completion).toBe(40)
  })

  test('length ends early and says so', async () => {
    expect((await received(await ask(path, 'length'))).text).toMatch(/"(finish|stop)_reason":"(length|max_tokens)"/)
  })

  test('split:3 changes nothing but the pieces on the wire', async () => {
    const [whole, split] = [await received(await ask(path, 'none')), await received(await ask(path, 'split:3'))]
    expect(eventsIn(split.text)).toBe(eventsIn(whole.text))
  })

  test.each(['silent', 'never'])('%s says nothing until the caller gives up', async (fault) => {
    const giveUp = new AbortController()
    const waiting = ask(path, fault, {}, { signal: giveUp.signal }).then((answer) => answer.text())
    await until(() => upstream.active() === 1)
    giveUp.abort()
    await expect(waiting).rejects.toThrow()
    await until(() => upstream.active() === 0)
    expect(upstream.calls().at(-1)).toMatchObject({ aborted: true, finished: false, events: 0 })
    expect(upstream.calls().at(-1)?.status).toBe(fault === 'silent' ? 200 : 0)
  })
})

test('slow and rate keep a pace, late waits for the first byte', async () => {
  const started = performance.now()
  await received(await ask('/v1/chat/completions', 'rate:1000,tokens:20,late:5', { thinking: { type: 'disabled' } }))
  expect(performance.now() - started).toBeGreaterThan(24)
})

test('a caller who hangs up stops the generation', async () => {
  const answer = await ask('/v1/chat/completions', 'slow:2,tokens:5000')
  await answer.body?.cancel()
  await until(() => upstream.active() === 0)
  const call = upstream.calls().at(-1)
  expect(call).toMatchObject({ aborted: true, finished: false })
  expect(call?.events).toBeLessThan(500)
})

test('faults come from the prompt, then the header, then the option, and [[times=1]] lets the next try succeed', async () => {
  upstream.setFaults('500')
  const header = { headers: { 'x-sandbox-fault': '503' } }
  expect([await status('429', header), await status('', header), await status('')]).toEqual([429, 503, 500])
  upstream.setFaults(({ order }) => (order > 0 ? '' : '500'))
  expect([await status('429]] [[times=1'), await status('429]] [[times=1')]).toEqual([429, 200])
  upstream.setFaults('')
})

test('a misspelled fault is refused loudly', async () => {
  expect((await ask('/v1/messages', 'cutt')).status).toBe(400)
  expect(() => upstream.setFaults('cutt')).toThrow(/unknown fault/)
})

test('the last thousand calls are kept', async () => {
  const small = await startUpstream()
  for (let n = 0; n < 1005; n++) {
    const refused = await fetch(`${small.url}/v1/messages`, { method: 'POST', body: '{}' })
    await refused.arrayBuffer()
  }
  expect(listOf(small.calls())).toHaveLength(1000)
  expect(small.calls()[0]?.order).toBe(6)
  await small.close()
})

async function status(fault: string, init?: RequestInit): Promise<number> {
  return (await ask('/v1/messages', fault, {}, init)).status
}

function eventsIn(text: string): number {
  return new EventStream().feed(Buffer.from(text)).length
}

function isJson(text: string): boolean {
  if (text === '[DONE]') return true
  try {
    return typeof JSON.parse(text) === 'object'
  } catch {
    return false
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

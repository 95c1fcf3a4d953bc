import { connect } from 'node:net'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { ask, BASE, CALL, errorOf, send, writeQuestion, type Heard, type Wire, WIRES } from '../house/ask.ts'
import { drawn } from '../house/books.ts'
import { openHouse, type House, type Subscriber } from '../house/house.ts'

const MIB = 1_048_576
const HEADER_MS_MAX = 400
const BODY_MS_MAX = 4_000

describe('what cannot be answered', () => {
  let house: House
  let member: Subscriber
  beforeAll(async () => {
    house = await openHouse({
      runningClock: true,
      catalog: (source) => source.replace('concurrency: 30', 'concurrency: 1000'),
    })
    // All limits are the running catalog's, those of the port as well: nothing of this needs a restart.
    await house.applyCatalog((source) =>
      source
        .replace('header_ms_max: 20000 ', `header_ms_max: ${HEADER_MS_MAX} `)
        .replace('body_ms_max: 60000 ', `body_ms_max: ${BODY_MS_MAX} `),
    )
    member = await house.subscriber('max')
  })
  afterAll(() => house.close())

  const post = (wire: Wire, body: string | Buffer, headers: Record<string, string> = {}): Promise<Heard> =>
    send(house.url + CALL[wire], {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': member.key, ...headers },
      body,
    })
  /** A clear error in the dialect of the path, and the house goes on. */
  const expectError = (wire: Wire, heard: Heard, status: number, code: string): void => {
    expect([wire, heard.status, errorOf(heard).code]).toEqual([wire, status, code])
    expect(heard.headers['content-type']).toContain('application/json')
    const body = JSON.parse(heard.text)
    if (wire === 'anthropic') {
      expect(body).toMatchObject({ type: 'error', request_id: heard.id })
      expect(body.error.message).toMatch(/^\[\w+]\[[^]+]\[\d{14}[0-9a-f]{16}]$/)
    } else expect(Object.keys(body)).toEqual(['error'])
  }
  const stillAnswers = async (): Promise<void> => {
    expect((await ask(house.url, member.key, { text: 'are you there?' })).status).toBe(200)
    expect((await send(`${house.url}/healthz`, {})).status).toBe(200)
  }

  test.each(WIRES)('a body that is not JSON is refused on the %s base, however it is broken', async (wire) => {
    const broken = [
      '',
      '{',
      '[]',
      'null',
      '"text"',
      '42',
      '{"model":"glm-4.7","messages":[}',
      '{"model" "x"}',
      '\0\0\0',
      '{"a":1}x',
    ]
    for (const body of broken) {
      const heard = await post(wire, body)
      expect([body, heard.status]).toEqual([body, 400])
      expect(errorOf(heard).code).toMatch(/^12(10|13|14)$/)
      expectError(wire, heard, 400, errorOf(heard).code)
    }
    const invalid = Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])
    expect((await post(wire, invalid)).status).toBe(400)
    const deep = `{"model":"glm-4.7","messages":${'['.repeat(200_000)}${']'.repeat(200_000)}}`
    expect((await post(wire, deep)).status).toBe(400)
    await stillAnswers()
  })

  test.each(WIRES)('a field of a wrong type is named in the refusal on the %s base', async (wire) => {
    const good = { model: 'glm-4.7', max_tokens: 10, messages: [{ role: 'user', content: 'hi' }] }
    const wrong: readonly (readonly [string, object])[] = [
      ['model', { ...good, model: 7 }],
      ['model', { ...good, model: '' }],
      ['model', { ...good, model: undefined }],
      ['model', { ...good, model: null }],
      ['messages', { ...good, messages: undefined }],
      ['messages', { ...good, messages: {} }],
      ['messages', { ...good, messages: 'hi' }],
      ['messages', { ...good, messages: [] }],
      ['messages', { ...good, messages: ['hi'] }],
      ['messages', { ...good, messages: [null] }],
      ['stream', { ...good, stream: 'yes' }],
    ]
    for (const [field, body] of wrong) {
      const heard = await post(wire, JSON.stringify(body))
      expect([JSON.stringify(body), heard.status]).toEqual([JSON.stringify(body), 400])
      expectError(wire, heard, 400, errorOf(heard).code)
      expect(errorOf(heard).message).toContain(field)
    }
    await stillAnswers()
  })

  test('wrong types deeper in a body never end the process, whatever the pair of dialects', async () => {
    const odd = [
      null,
      7,
      true,
      'text',
      [],
      {},
      [null],
      [7],
      [{}],
      { type: 7 },
      [{ type: 'image' }],
      [{ type: 'tool_result' }],
    ]
    const fields = ['system', 'tools', 'tool_choice', 'metadata', 'thinking', 'stream_options', 'stop', 'temperature']
    for (const wire of WIRES) {
      for (const model of ['glm-4.7', 'glm-4.6']) {
        for (const value of odd) {
          const bodies = [
            ...fields.map((field) => ({ [field]: value })),
            { messages: [{ role: 'user', content: value }] },
            { messages: [{ role: 'assistant', content: value, tool_calls: value }] },
            { messages: [value] },
          ]
          await Promise.all(
            bodies.map(async (body) => {
              const { status, text } = await ask(house.url, member.key, { wire, model, text: 'odd', fields: body })
              expect([wire, model, body, text, [200, 400, 502].includes(status)]).toEqual([
                wire,
                model,
                body,
                text,
                true,
              ])
            }),
          )
        }
      }
    }
    await stillAnswers()
  }, 120_000)

  test.each(WIRES)('a body of 50 MB is refused with 413 on the %s base, announced or not', async (wire) => {
    const body = Buffer.alloc(50_000_000, 0x20)
    expectError(wire, await post(wire, body, { 'content-length': String(body.length) }), 413, '1210')
    expectError(wire, await post(wire, body, { 'transfer-encoding': 'chunked' }), 413, '1210')
    await stillAnswers()
  })

  test('a body of 20 MB passes', async () => {
    const heard = await ask(house.url, member.key, { text: 'x'.repeat(20 * MIB) })
    expect(heard.status).toBe(200)
  })

  test('who sends headers drop by drop is cut off within the named time', async () => {
    const started = performance.now()
    const words = await dripping(house.app.port, `POST ${CALL.anthropic} HTTP/1.1\r\nhost: x\r\nx-slow: `)
    expect(words).toMatch(/^HTTP\/1\.1 408 /)
    expect(performance.now() - started).toBeLessThan(HEADER_MS_MAX + 6_000)
    await stillAnswers()
  })

  test.each(WIRES)('who sends a body drop by drop hears so on the %s base within the named time', async (wire) => {
    const head = `POST ${CALL[wire]} HTTP/1.1\r\nhost: x\r\nx-api-key: ${member.key}\r\ncontent-length: 100000\r\n\r\n{`
    const words = await dripping(house.app.port, head)
    expect(words).toMatch(/^HTTP\/1\.1 400 /)
    expect(words).toContain('1210')
    await stillAnswers()
  })

  test('bytes that are no HTTP end their connection and nothing else', async () => {
    for (const bytes of [
      '\0\x01\x02\x03\r\n\r\n',
      'GET\r\n\r\n',
      `GET / HTTP/1.1\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`,
    ]) {
      expect(await dripping(house.app.port, bytes, 0)).toMatch(/^(HTTP\/1\.1 4\d\d |$)/)
    }
    await stillAnswers()
  })

  test.each(WIRES)('an unknown model is 1211 on the %s base, and a long name is not thrown back', async (wire) => {
    for (const model of ['gpt-4o', 'glm-99', 'x'.repeat(100_000)]) {
      const heard = await ask(house.url, member.key, { wire, model, text: 'hello' })
      expectError(wire, heard, 400, '1211')
      expect(heard.text.length).toBeLessThan(1_000)
    }
  })

  test.each(WIRES)(
    'an unknown path under the %s base is 404 in its dialect; elsewhere it is plain 404',
    async (wire) => {
      for (const path of ['', '/v2/everything', '/v1/complete', '/v1/messages/count_tokens/x']) {
        const heard = await send(house.url + BASE[wire] + path, {
          method: 'POST',
          headers: { 'x-api-key': member.key },
          body: '{}',
        })
        expectError(wire, heard, 404, '1222')
      }
      expect((await send(`${house.url}/api/nowhere`, {})).status).toBe(404)
    },
  )

  test('a trailing slash, a query and a slash in front are tolerated', async () => {
    const { body } = writeQuestion(member.key, { text: 'with a slash' })
    for (const path of [`${CALL.anthropic}/`, `${CALL.anthropic}?beta=true`, `${CALL.openai}//`]) {
      const heard = await send(house.url + path, { method: 'POST', headers: { 'x-api-key': member.key }, body })
      expect([path, heard.status]).toEqual([path, 200])
    }
  })

  test('HEAD probes without a key are no failed login', async () => {
    for (const path of [BASE.anthropic, `${BASE.anthropic}/`, CALL.anthropic, BASE.openai]) {
      const heard = await send(house.url + path, { method: 'HEAD' })
      expect([path, heard.status < 300]).toEqual([path, true])
    }
  })

  test('F81: 25 count_tokens at once are answered, for every model, counted and limited by nothing', async () => {
    const lite = await house.subscriber('lite')
    const before = house.upstream.calls().length
    const models = ['glm-4.7', 'glm-5', 'claude-3-5-haiku-latest', 'glm-4.6', 'GLM-4.6V']
    const heard = await Promise.all(
      Array.from({ length: 25 }, (_, n) =>
        send(`${house.url}${BASE.anthropic}/v1/messages/count_tokens?beta=true`, {
          method: 'POST',
          headers: { 'x-api-key': lite.key },
          body: JSON.stringify({ model: models[n % 5], messages: [{ role: 'user', content: 'word '.repeat(n + 1) }] }),
        }),
      ),
    )
    expect(heard.map(({ status }) => status)).toEqual(heard.map(() => 200))
    const counts = heard.map(({ text }) => (JSON.parse(text) as { input_tokens: number }).input_tokens)
    expect(counts.every((count, n) => count > n && count < n + 30)).toBe(true)
    expect(house.upstream.calls().length).toBe(before)
    expect((await drawn(house, lite)).week.used).toBe(0)
  })

  test('refusals speak Chinese to who prefers it, and English else', async () => {
    const cases: readonly (readonly [string | undefined, RegExp])[] = [
      ['zh-CN,zh;q=0.9', /模型/],
      ['zh', /模型/],
      ['en-US,en', /Unknown Model/],
      ['en-US,en;q=0.9,zh;q=0.8', /Unknown Model/],
      ['fr', /Unknown Model/],
      [undefined, /Unknown Model/],
    ]
    for (const [language, words] of cases) {
      for (const wire of WIRES) {
        const headers: Record<string, string> = language === undefined ? {} : { 'accept-language': language }
        const heard = await ask(house.url, member.key, { wire, model: 'nothing', text: 'hello', headers })
        expect(errorOf(heard).message).toMatch(words)
        expect(heard.headers['content-language']).toBe(words.source === '模型' ? 'zh-CN' : 'en')
      }
    }
  })
})

/** Writes a beginning and then a byte now and then; answers what comes back until the other side ends it. */
function dripping(port: number, beginning: string, everyMs = 100): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    let heard = ''
    socket.setEncoding('latin1')
    socket.write(beginning, 'latin1')
    const drip = everyMs > 0 ? setInterval(() => socket.write('x'), everyMs) : undefined
    socket.on('data', (text: string) => {
      heard += text
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearInterval(drip)
      resolve(heard)
    })
  })
}

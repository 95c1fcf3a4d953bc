import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { forgetAnswers } from '../../apps/server/src/gateway/index.ts'
import { sql } from '../../apps/server/src/platform/index.ts'
import { ask, BASE, begin, errorOf, readAll, send, type Heard } from '../house/ask.ts'
import { drawn, receiptOf } from '../house/books.ts'
import { openHouse, type House, type Subscriber } from '../house/house.ts'
import { until } from '../house/until.ts'

const DAY_MS = 86_400_000
/** A model behind each kind of upstream. */
const MODELS = ['glm-4.7', 'glm-4.6'] as const
const TASK = 'Create a file named a.txt in the current directory with exactly this content: hi'
const EXEC = {
  type: 'function',
  name: 'exec_command',
  parameters: { type: 'object', properties: { cmd: { type: 'string' } }, required: ['cmd'] },
}
const PATCH = { type: 'custom', name: 'apply_patch', description: 'Edits files.', format: { type: 'text' } }
const AGENTS = {
  type: 'namespace',
  name: 'agents',
  tools: [{ type: 'function', name: 'close', parameters: { type: 'object', properties: { id: { type: 'string' } } } }],
}
const TOOLS = [EXEC, PATCH, AGENTS, { type: 'web_search' }]

interface Item {
  readonly id: string
  readonly type: string
  readonly call_id?: string
  readonly name?: string
  readonly namespace?: string
  readonly input?: string
  readonly content?: readonly { readonly text: string }[]
}
interface Answer {
  readonly id: string
  readonly status: string
  readonly output: readonly Item[]
}

/** The response of an answer, streamed or not. */
function answerOf(heard: Heard): Answer {
  expect([heard.status, heard.text.slice(0, 300)]).toEqual([200, expect.anything()])
  if (!heard.text.startsWith('event:')) return JSON.parse(heard.text) as Answer
  const last = heard.text.trim().split('\n\n').at(-1) ?? ''
  return (JSON.parse(last.slice(last.indexOf('data: ') + 6)) as { response: Answer }).response
}
const callOf = (answer: Answer): Item => {
  const call = answer.output.find(({ type }) => type.endsWith('_call'))
  if (!call) throw new Error(`there is no call in ${JSON.stringify(answer)}`)
  return call
}
const textOf = (answer: Answer): string =>
  answer.output.find(({ type }) => type === 'message')?.content?.[0]?.text ?? ''
const resultOf = (call: Item): object => ({ type: `${call.type}_output`, call_id: call.call_id, output: 'done' })

describe('Responses', () => {
  let house: House
  beforeAll(async () => {
    house = await openHouse()
  })
  afterAll(() => house.close())

  const asked = (member: Subscriber, text: string, fields: object, stream: boolean, model: string): Promise<Heard> =>
    ask(house.url, member.key, { wire: 'responses', model, text, stream, fields: { ...fields } })
  const fetched = (member: Subscriber, path: string, method = 'GET'): Promise<Heard> =>
    send(`${house.url}${BASE.responses}/responses/${path}`, {
      method,
      headers: { authorization: `Bearer ${member.key}` },
    })

  describe.each(MODELS)('%s', (model) => {
    test.each([true, false])(
      'a freeform tool is called and its result read, in one prompt (stream: %s)',
      async (stream) => {
        const member = await house.subscriber('lite')
        const first = await asked(member, TASK, { tools: TOOLS }, stream, model)
        expect(first.headers['x-codeplan-dropped-tools']).toBe('web_search')
        const answer = answerOf(first)
        const call = callOf(answer)
        expect(call).toMatchObject({
          type: 'custom_tool_call',
          name: 'apply_patch',
          input: expect.stringMatching(/^\*\*\* Begin/),
        })
        const input = [{ role: 'user', content: TASK }, ...answer.output, resultOf(call)]
        const second = await asked(member, '', { input, tools: TOOLS }, stream, model)
        expect(textOf(answerOf(second))).toContain('Created a.txt.')
        const [one, two] = [await receiptOf(house, first.id), await receiptOf(house, second.id)]
        expect(two.prompt_id).toBe(one.prompt_id)
        expect(two.details.admission).toMatchObject({ promptReason: 'follow_up', path: '/api/v1/responses' })
        expect(await drawn(house, member)).toMatchObject({ inFlight: 0, five_hour: { used: 1, settled: 1 } })
      },
    )

    test('a tool inside a namespace is called by its own name', async () => {
      const member = await house.subscriber('lite')
      const tool_choice = { type: 'function', namespace: 'agents', name: 'close' }
      const heard = await asked(member, 'close it', { tools: TOOLS, tool_choice }, true, model)
      expect(callOf(answerOf(heard))).toMatchObject({ type: 'function_call', namespace: 'agents', name: 'close' })
    })

    test.each([true, false])(
      'previous_response_id goes on with the conversation and its prompt (stream: %s)',
      async (stream) => {
        const member = await house.subscriber('lite')
        const first = answerOf(await asked(member, TASK, { tools: TOOLS, store: true }, stream, model))
        const fields = { tools: TOOLS, store: true, previous_response_id: first.id, input: [resultOf(callOf(first))] }
        const second = answerOf(await asked(member, '', fields, stream, model))
        expect(textOf(second)).toContain('Created a.txt.')
        expect((await drawn(house, member)).five_hour).toMatchObject({ used: 1, settled: 1 })
        const third = await asked(member, 'and what did I ask?', { previous_response_id: second.id }, stream, model)
        expect(textOf(answerOf(third))).toContain('You said: "and what did I ask?"')
        expect((await drawn(house, member)).five_hour).toMatchObject({ used: 2, settled: 2 })
      },
    )
  })

  test('both bases take it, and list the models of the plan', async () => {
    const member = await house.subscriber('lite')
    for (const base of ['/api/v1', '/api/coding/paas/v4']) {
      const headers = { authorization: `Bearer ${member.key}` }
      const body = JSON.stringify({ model: 'GLM-4.7', input: `hello ${base}` })
      const heard = await send(`${house.url}${base}/responses`, { method: 'POST', headers, body })
      expect(answerOf(heard)).toMatchObject({ id: `resp_${heard.id}`, object: 'response', model: 'glm-4.7' })
      expect((await receiptOf(house, heard.id)).details.admission.path).toBe(`${base}/responses`)
      const models = await send(`${house.url}${base}/models`, { headers })
      expect((JSON.parse(models.text) as { data: { id: string }[] }).data.map(({ id }) => id)).toContain('glm-4.7')
    }
  })

  test('what is left of the windows stands in the headers that Codex reads', async () => {
    const member = await house.subscriber('lite')
    const { headers } = await asked(member, 'how much is left?', {}, true, 'glm-4.7')
    const { five_hour, week } = await drawn(house, member)
    expect(headers).toMatchObject({
      'x-codeplan-five-hour-used': '1',
      'x-codex-primary-used-percent': '1.25',
      'x-codex-primary-window-minutes': '300',
      'x-codex-primary-reset-at': String(Math.ceil((five_hour.resetsAt ?? 0) / 1000)),
      'x-codex-secondary-used-percent': '0.25',
      'x-codex-secondary-window-minutes': '10080',
      'x-codex-secondary-reset-at': String(Math.ceil((week.resetsAt ?? 0) / 1000)),
    })
  })

  test('F71: a stream that gets no answer is kept alive, and ended by the event that Codex reads', async () => {
    const member = await house.subscriber('lite')
    const text = 'no answer to this [[fault=never]]'
    const active = house.upstream.active()
    const begun = begin(house.url, member.key, { wire: 'responses', text, stream: true })
    await until('the upstream works on it', () => house.upstream.active() > active)
    house.clock.advance(16_000)
    const heard = readAll(await begun)
    house.clock.advance(2 * 3_600_000)
    expect(await heard).toMatch(
      /^: keep-alive\n\nevent: response\.failed\ndata: {"type":"response\.failed","sequence_number":0,"response":{"id":"resp_\d{14}[^]*"code":"1234"[^]*\n\n$/,
    )
    expect(await drawn(house, member)).toMatchObject({ inFlight: 0 })
  })

  describe('kept responses', () => {
    const kept = async (member: Subscriber, text: string, fields: object = {}): Promise<Answer> =>
      answerOf(await asked(member, text, { store: true, ...fields }, true, 'glm-4.7'))

    test('a response is given back as it was answered, with what it was asked, until it is deleted', async () => {
      const member = await house.subscriber('lite')
      const first = await kept(member, 'remember 你好', { metadata: { a: 'é' } })
      expect(first).toMatchObject({ store: true, previous_response_id: null, metadata: { a: 'é' } })
      const second = await kept(member, 'and this', { previous_response_id: first.id })
      expect(second).toMatchObject({ previous_response_id: first.id })
      expect(JSON.parse((await fetched(member, first.id)).text)).toEqual(first)

      const items = async (query = '') =>
        JSON.parse((await fetched(member, `${second.id}/input_items${query}`)).text) as { data: Item[] }
      const all = await items('?order=asc')
      expect(all.data.map((item) => item.content?.[0]?.text).filter((text) => text)).toEqual([
        'remember 你好',
        textOf(first),
        'and this',
      ])
      expect((await items()).data).toEqual(all.data.toReversed())
      const [newest, next] = all.data.toReversed()
      expect(await items('?limit=1')).toMatchObject({ data: [newest], has_more: true, last_id: newest?.id })
      expect(await items(`?limit=1&after=${newest?.id}`)).toMatchObject({ data: [next] })

      expect(JSON.parse((await fetched(member, first.id, 'DELETE')).text)).toMatchObject({
        id: first.id,
        deleted: true,
      })
      for (const method of ['GET', 'DELETE']) expect((await fetched(member, first.id, method)).status).toBe(404)
      // A conversation that has lost its beginning is no longer the conversation.
      const gone = await asked(member, 'go on', { previous_response_id: second.id }, true, 'glm-4.7')
      expect([gone.status, errorOf(gone)]).toEqual([400, expect.objectContaining({ param: 'previous_response_id' })])
    })

    test('nothing is kept unless it is asked for, nor of an answer that failed', async () => {
      const member = await house.subscriber('lite')
      for (const [text, store] of [
        ['not kept', undefined],
        ['not kept either', false],
        ['broken [[fault=tokens:50,cut:8]]', true],
      ] as const) {
        const heard = await asked(member, text, { store }, true, 'glm-4.7')
        expect((await fetched(member, `resp_${heard.id}`)).status).toBe(404)
      }
    })

    test('whoever has heard the last event can name the response at once', async () => {
      const member = await house.subscriber('lite')
      const fields = { store: true }
      const res = await begin(house.url, member.key, { wire: 'responses', text: 'quick', stream: true, fields })
      let heard = ''
      for await (const part of res as AsyncIterable<Buffer>) {
        heard += part.toString('utf8')
        if (!heard.includes('event: response.completed')) continue
        expect((await fetched(member, `resp_${String(res.headers['x-request-id'])}`)).status).toBe(200)
      }
      expect(heard).toContain('event: response.completed')
    })

    test("another member's response is not there", async () => {
      const [member, other] = [await house.subscriber('lite'), await house.subscriber('lite')]
      const { id } = await kept(member, 'my own')
      for (const path of [id, `${id}/input_items`]) expect((await fetched(other, path)).status).toBe(404)
      expect((await fetched(other, id, 'DELETE')).status).toBe(404)
      const foreign = await asked(other, 'go on', { previous_response_id: id }, true, 'glm-4.7')
      expect([foreign.status, errorOf(foreign).code]).toEqual([400, '1214'])
      expect((await drawn(house, other)).five_hour.used).toBe(0)
      expect((await fetched(member, id)).status).toBe(200)
    })

    test('a response is forgotten by the clock, when the days of the catalog are over', async () => {
      const member = await house.subscriber('lite', 3)
      const { id } = await kept(member, 'for thirty days')
      const rows = async () => {
        const found = await sql`select id from stored_responses where id = ${id}`.execute(house.rooms.db.queries)
        return found.rows.length
      }
      const { queries } = house.rooms.db
      house.clock.advance(30 * DAY_MS - 1)
      await forgetAnswers(queries, house.clock.now())
      expect([(await fetched(member, id)).status, await rows()]).toEqual([200, 1])
      house.clock.advance(1)
      expect((await fetched(member, id)).status).toBe(404)
      const gone = await asked(member, 'go on', { previous_response_id: id }, true, 'glm-4.7')
      expect(gone.status).toBe(400)
      await forgetAnswers(queries, house.clock.now())
      expect(await rows()).toBe(0)
    })

    test('F09: the same Idempotency-Key gives the same response, and charges it once', async () => {
      const member = await house.subscriber('lite')
      const once = { wire: 'responses', text: 'once', stream: true, headers: { 'idempotency-key': 'k' } } as const
      const [one, two] = [
        await ask(house.url, member.key, { ...once, fields: { store: true } }),
        await ask(house.url, member.key, { ...once, fields: { store: true } }),
      ]
      expect(two.text).toBe(one.text)
      expect((await fetched(member, answerOf(two).id)).status).toBe(200)
      expect((await drawn(house, member)).five_hour).toMatchObject({ used: 1, settled: 1 })
    })
  })
})

describe('F89 F90: refusals on the Responses wire have the form that Codex shows and does not repeat', () => {
  let house: House
  beforeAll(async () => {
    house = await openHouse({
      catalog: (source) =>
        source
          .replace('prompts: 80 ', 'prompts: 1 ')
          .replace('concurrency: 10', 'concurrency: 1')
          .replace('body_mib_max: 32 ', 'body_mib_max: 1 '),
    })
  })
  afterAll(() => house.close())

  const asked = (
    key: string,
    text: string,
    more: { model?: string; headers?: Record<string, string>; fields?: Record<string, unknown> } = {},
  ) => ask(house.url, key, { wire: 'responses', text, stream: true, ...more })

  test('a full window: 429 as usage_limit_reached, with the reset and our words', async () => {
    const member = await house.subscriber('lite')
    expect((await asked(member.key, 'first')).status).toBe(200)
    const { resetsAt = 0 } = (await drawn(house, member)).five_hour
    const heard = await asked(member.key, 'second', { headers: { 'accept-language': 'zh-CN' } })
    expect(heard).toMatchObject({
      status: 429,
      headers: {
        'x-should-retry': 'false',
        'x-codex-promo-message': expect.stringMatching(
          /^Usage limit reached for 5 hour\. Your limit will reset at 2026/,
        ),
      },
    })
    expect(errorOf(heard)).toMatchObject({
      type: 'usage_limit_reached',
      code: '1308',
      resets_at: resetsAt / 1000,
      message: expect.stringContaining('已达到 5 小时的使用上限'),
    })
  })

  test('no plan, a plan without the model, an unknown model, a body too large: 400', async () => {
    const [none, lite] = [await house.subscriber(), await house.subscriber('lite')]
    const heard = [
      await asked(none.key, 'hello'),
      await asked(lite.key, 'hello', { model: 'glm-5' }),
      await asked(lite.key, 'hello', { model: 'nobody' }),
      await asked(lite.key, 'x'.repeat(2_000_000)),
      await asked(lite.key, 'hello', { fields: { background: true } }),
    ]
    expect(heard.map((one) => [one.status, errorOf(one).code])).toEqual([
      [400, '1113'],
      [400, '1311'],
      [400, '1211'],
      [400, '1210'],
      [400, '1214'],
    ])
    for (const one of heard) {
      expect(errorOf(one).type).toBe('invalid_request_error')
      expect(one.headers['x-should-retry']).toBe('false')
    }
    expect((await drawn(house, lite)).five_hour).toMatchObject({ used: 0 })
  })

  test('a conversation beyond the limit of a body is refused like a body beyond it', async () => {
    const member = await house.subscriber('max')
    const fields = { store: true }
    const first = answerOf(await asked(member.key, `long ${'x'.repeat(600_000)}`, { fields }))
    const heard = await asked(member.key, 'y'.repeat(600_000), { fields: { previous_response_id: first.id } })
    expect([heard.status, errorOf(heard).code]).toEqual([400, '1210'])
  })

  test('too many calls at once: 429 with a wait; a bad key: 401; a path that is not there: 404', async () => {
    const member = await house.subscriber('pro')
    const running = await begin(house.url, member.key, {
      wire: 'responses',
      text: 'slow [[fault=slow:50]]',
      stream: true,
    })
    // As many may wait as may run (one); the other is told at once.
    const [one, other] = [1, 2].map((n) => asked(member.key, `at the same time ${n}`))
    const heard = (await Promise.race([one, other])) as Heard
    expect([heard.status, errorOf(heard).code, heard.headers['retry-after']]).toEqual([429, '1302', '2'])
    running.destroy()
    await Promise.all([one, other])
    expect((await asked('0'.repeat(49), 'hello')).status).toBe(401)
    for (const [method, path] of [
      ['POST', '/responses/compact'],
      ['PUT', '/responses'],
      ['GET', '/responses'],
    ] as const) {
      const headers = { authorization: `Bearer ${member.key}` }
      expect((await send(`${house.url}/api/v1${path}`, { method, headers })).status).toBe(404)
    }
  })

  test('a context that is too long is told in the word on which Codex compacts', async () => {
    const member = await house.subscriber('max')
    const heard = await asked(member.key, 'too long [[fault=full]]')
    expect([heard.status, errorOf(heard).code]).toEqual([400, 'context_length_exceeded'])
  })
})

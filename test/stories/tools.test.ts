import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { ask, CLIENT_WIRES, errorOf, send, type Heard } from '../house/ask.ts'
import { drawn } from '../house/books.ts'
import { openHouse, type House, type Subscriber } from '../house/house.ts'
import { metric } from '../house/metric.ts'

const SCRIPT = { 'user-agent': 'OpenAI/JS 7.57.0' }
const detailOf = (heard: Heard): Record<string, unknown> => JSON.parse(heard.text).error.detail

describe('supported tools', () => {
  let house: House
  let member: Subscriber
  beforeAll(async () => {
    house = await openHouse({
      catalog: (source) =>
        source
          .replace('tool_policy: enforce ', 'tool_policy: observe ')
          .replace('concurrency: 10\n', 'concurrency: 10\n    tool_policy: lower_priority\n'),
    })
    member = await house.subscriber('max')
  })
  afterAll(() => house.close())
  const get = (path: string, key: string, headers = {}) =>
    send(house.url + path, { headers: { authorization: `Bearer ${key}`, ...headers } })

  test('S15 F52: a supported tool on a base of the plan is served, whatever its version', async () => {
    for (const wire of CLIENT_WIRES)
      for (const agent of ['claude-cli/3.0.0 (external, cli)', 'opencode/9.9.9', 'codex_exec/1.0.0'])
        expect(
          (await ask(house.url, member.key, { wire, text: `${wire} ${agent}`, headers: { 'user-agent': agent } }))
            .status,
        ).toBe(200)
  })

  test('S15: a script is refused with 1113, told what would work and where to see why, and costs nothing', async () => {
    const before = await drawn(house, member)
    for (const wire of CLIENT_WIRES) {
      const heard = await ask(house.url, member.key, { wire, text: 'from a script', headers: SCRIPT })
      expect([heard.status, errorOf(heard).code]).toEqual([wire === 'responses' ? 400 : 429, '1113'])
      expect(errorOf(heard).message).toContain('supported coding tools')
      expect(heard.headers['x-should-retry']).toBe('false')
      expect(detailOf(heard)).toMatchObject({
        base_url: '/api/paas/v4',
        why: '/api/usage/v1/refusals',
        helps: ['use_supported_tool', 'use_base_url', 'top_up'],
        docs: '/docs/errors/1113.md',
      })
    }
    expect(await drawn(house, member)).toEqual(before)
  })

  test('a tool that looks like an SDK from outside is recognised by its system prompt', async () => {
    const messages = [
      { role: 'system', content: 'You are Cline, in words of our own.' },
      { role: 'user', content: 'hello' },
    ]
    const heard = await ask(house.url, member.key, { wire: 'openai', text: '', headers: SCRIPT, fields: { messages } })
    expect(heard.status).toBe(200)
    await house.rooms.entitlements.drain()
    expect(JSON.parse((await get(`/api/usage/v1/calls/${heard.id}`, member.key)).text)).toMatchObject({
      tool: 'cline',
      tool_rule: 'system "You are Cline"',
      tool_policy: null,
    })
  })

  test('a plan may observe, or give unknown tools half the weight; the receipt says so', async () => {
    for (const [plan, policy] of [
      ['lite', 'observe'],
      ['pro', 'lower_priority'],
    ] as const) {
      const other = await house.subscriber(plan)
      const heard = await ask(house.url, other.key, { text: 'from a script', headers: SCRIPT })
      expect(heard.status).toBe(200)
      await house.rooms.entitlements.drain()
      const receipt = JSON.parse((await get(`/api/usage/v1/calls/${heard.id}`, other.key)).text)
      expect(receipt).toMatchObject({ tool: 'unknown', tool_rule: null, tool_policy: policy })
    }
  })

  test('F76: an unlucky subscriber asks why: what was seen of the client, the reason, what helps, in their language', async () => {
    const unlucky = await house.subscriber('max')
    for (let n = 0; n < 3; n++) await ask(house.url, unlucky.key, { text: `${n}`, headers: SCRIPT })
    const { refusals } = JSON.parse(
      (await get('/api/usage/v1/refusals', unlucky.key, { 'accept-language': 'zh-CN' })).text,
    )
    expect(refusals).toEqual([
      expect.objectContaining({
        code: '1113',
        times: 3,
        path: '/api/anthropic/v1/messages',
        model: 'glm-4.7',
        message: expect.stringContaining('受支持的编码工具'),
        tool: { name: 'unknown', rule: null, user_agent: 'OpenAI/JS 7.57.0' },
        detail: expect.objectContaining({ helps: ['use_supported_tool', 'use_base_url', 'top_up'] }),
      }),
    ])
    const stranger = await house.subscriber('max')
    expect(JSON.parse((await get('/api/usage/v1/refusals', stranger.key)).text)).toEqual({ refusals: [] })
    const openapi = JSON.parse((await send(`${house.url}/api/usage/v1/openapi.json`, {})).text)
    expect(openapi.paths['/api/usage/v1/refusals'].get.summary).toContain('Why was my tool refused')
  })

  test('a name of a model that no database keeps costs nobody his reasons, and no other call its answer', async () => {
    const [odd, fair] = [await house.subscriber('max'), await house.subscriber('max')]
    const why = async ({ key }: { readonly key: string }) =>
      JSON.parse((await get('/api/usage/v1/refusals', key)).text).refusals.map((one: { model: string }) => one.model)
    await ask(house.url, fair.key, { text: 'of somebody else', model: 'no-such-model' })
    for (const [i, end] of ['\u0000', '\ud83d', '\u202e'].entries()) {
      const unknown = await ask(house.url, odd.key, { text: `unknown ${i}`, model: `nobody${i}${end}` })
      expect(errorOf(unknown).code).toBe('1211')
      // Any name that begins with claude- is served.
      const heard = await ask(house.url, odd.key, { text: `known ${i}`, model: `claude-${i}${end}` })
      expect(heard.status).toBe(200)
      await drawn(house, odd)
      const receipt = JSON.parse((await get(`/api/usage/v1/calls/${heard.id}`, odd.key)).text)
      expect(receipt.model.asked).toBe(`claude-${i}`)
    }
    expect(await why(fair)).toEqual(['no-such-model'])
    expect((await why(odd)).toSorted()).toEqual(['nobody0', 'nobody1', 'nobody2'])
  })

  test('each code has its page under the address that a refusal names', async () => {
    const heard = await ask(house.url, member.key, { text: 'from a script', headers: SCRIPT })
    const page = await send(house.url + String(detailOf(heard).docs), {})
    expect([page.status, page.text]).toEqual([200, expect.stringContaining('# 1113')])
    expect((await send(`${house.url}/docs/errors/..%2f..%2fpackage.json`, {})).status).toBe(404)
  })

  test('F75: when a rule goes wrong for everybody, nobody goes on being refused, and the operator sees it', async () => {
    const many = await Promise.all(Array.from({ length: 12 }, () => house.subscriber('max')))
    for (const [n, { key }] of many.entries()) await ask(house.url, key, { text: `${n}` })
    await house.applyCatalog((source) => source.replace('"claude-cli/*"', '"claude-klii/*"'))
    const heard = []
    for (const [n, { key }] of many.entries()) heard.push((await ask(house.url, key, { text: `again ${n}` })).status)
    const served = heard.indexOf(200)
    expect(served).toBeGreaterThan(0)
    expect(heard.slice(served)).toEqual(heard.slice(served).map(() => 200))
    expect(await metric(house, 'codeplan_tool_policy_suspended')).toBe(1)
    const refused = many[0] as Subscriber
    expect((await ask(house.url, refused.key, { text: 'and now' })).status).toBe(200)
  })
})

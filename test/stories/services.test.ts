import { deflateSync } from 'node:zlib'

import { micros, type MemberId } from '@codeplan/core'
import { startWeb, type SandboxWeb } from '@codeplan/sandbox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { balanceAccount, movementsOf } from '../../apps/server/src/ledger/index.ts'
import { createKey, memberByEmail } from '../../apps/server/src/identity/index.ts'
import { ask, errorOf, send } from '../house/ask.ts'
import { drawn, faultsOfBooks } from '../house/books.ts'
import { runCommandIn } from '../house/command.ts'
import { callTool, rpc } from '../house/mcp.ts'
import { newPerson } from '../house/visitor.ts'
import { openHouse, type House, type Subscriber } from '../house/house.ts'

/** A PNG of one colour, by its rules: signature, size, data, end. */
function png(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(data.length)
    return Buffer.concat([length, Buffer.from(type), data, Buffer.alloc(4)])
  }
  const size = Buffer.alloc(13)
  size.writeUInt32BE(width, 0)
  size.writeUInt32BE(height, 4)
  size.set([8, 2], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  const data = deflateSync(Buffer.alloc(64))
  return Buffer.concat([signature, chunk('IHDR', size), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))])
}
const dataUrl = (bytes: Buffer): string => `data:image/png;base64,${bytes.toString('base64')}`
const IMAGE = dataUrl(png(40, 30))
const PRICE_MICROS = 1_000_000

describe('S12: vision, and the services at the addresses of the balance', () => {
  let house: House
  let web: SandboxWeb
  beforeAll(async () => {
    web = await startWeb()
    house = await openHouse({
      catalog: (source) =>
        source
          .replace(
            'vision: { included: true, calls: 100, per: once }',
            'vision: { included: true, calls: 2, per: once }',
          )
          .replace('image_mib_max: 5', 'image_mib_max: 1')
          .replace('sign_up: closed', 'sign_up: open'),
      outside: { openOrigins: new Set([web.origin]) },
    })
  })
  afterAll(async () => {
    await house.close()
    await web.close()
  })

  const left = async ({ memberId }: Subscriber, name: string) => {
    await house.rooms.entitlements.drain()
    const standing = await house.rooms.entitlements.standing(memberId, house.clock.now())
    return standing?.services.find(({ service }) => service === name)
  }
  const look = (key: string, name: string, args: object) => callTool(house, '/api/mcp/vision/mcp', key, name, args)
  const rich = async (plan?: string): Promise<Subscriber> => {
    const member = await house.subscriber(plan)
    const gift = { memberId: member.memberId, amount: micros(100_000_000), note: '', idempotencyKey: member.memberId }
    await house.rooms.entitlements.addBalance(gift, house.clock.now())
    return member
  }
  const post = (path: string, key: string, body: object) =>
    send(`${house.url}/api/paas/v4/${path}`, {
      method: 'POST',
      headers: { authorization: key, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  /** As the published vision server asks (wire contract §3.5). */
  const published = (key: string, more: object = {}, model = 'glm-5.3-flash') =>
    ask(house.url, key, {
      wire: 'openai',
      path: '/api/paas/v4/chat/completions',
      model,
      text: 'unused',
      headers: { 'user-agent': 'node', 'x-title': '4.5V MCP Local' },
      fields: {
        thinking: { type: 'enabled' },
        messages: [
          {
            role: 'user',
            content: [
              { type: 'image_url', image_url: { url: IMAGE } },
              { type: 'text', text: 'What is it?' },
            ],
          },
        ],
        ...more,
      },
    })

  test('each tool looks at its image by the vision model, a call each, and draws no prompt', async () => {
    const member = await house.subscriber('pro')
    const { result } = JSON.parse(
      (await rpc(house, '/api/mcp/vision/mcp', member.key, { jsonrpc: '2.0', id: 1, method: 'tools/list' })).text,
    )
    const names = result.tools.map(({ name }: { name: string }) => name)
    expect(names).toEqual([
      'ui_to_artifact',
      'extract_text_from_screenshot',
      'diagnose_error_screenshot',
      'understand_technical_diagram',
      'analyze_data_visualization',
      'ui_diff_check',
      'analyze_image',
    ])
    for (const name of names) {
      const images =
        name === 'ui_diff_check'
          ? { expected_image_source: IMAGE, actual_image_source: IMAGE }
          : { image_source: IMAGE }
      const { isError, text } = await look(member.key, name, { ...images, output_type: 'code', prompt: 'What is it?' })
      expect([name, isError]).toEqual([name, false])
      expect(text).not.toBe('')
    }
    const { path, model } = house.upstream.calls().at(-1) ?? {}
    expect([path, model]).toEqual(['/v1/chat/completions', 'glm-4.6v'])
    expect(await left(member, 'vision')).toMatchObject({ used: 7 })
    expect((await drawn(house, member)).five_hour.used).toBe(0)
    expect(await faultsOfBooks(house)).toEqual([])
  })

  test('an image may be base64 or an address, which is guarded; what is no image, too large or a path is refused in words, uncounted', async () => {
    const member = await house.subscriber('pro')
    web.pages.set('/shot.png', { headers: { 'content-type': 'image/png' }, body: png(8, 8) })
    for (const image_source of [png(60, 60).toString('base64'), `${web.origin}/shot.png`])
      expect((await look(member.key, 'analyze_image', { image_source, prompt: 'x' })).isError).toBe(false)
    for (const [image_source, why] of [
      ['/home/me/shot.png', 'cannot read files'],
      [`data:image/png;base64,${Buffer.from('x'.repeat(100)).toString('base64')}`, 'neither a PNG nor a JPEG'],
      [dataUrl(Buffer.concat([png(9, 9), Buffer.alloc(1_100_000)])), 'larger than 1 MiB'],
      [dataUrl(png(100_000, 100_000)), 'pixels'],
      ['http://169.254.169.254/latest/meta-data', 'public internet'],
      [`http://127.0.0.1:${web.port + 1}/x.png`, 'is not opened'],
    ] as const) {
      const { isError, text } = await look(member.key, 'analyze_image', { image_source, prompt: 'x' })
      expect([why, isError, text]).toEqual([why, true, expect.stringContaining(why)])
    }
    expect(await left(member, 'vision')).toMatchObject({ used: 2 })
  })

  test('the published vision server works with a plan’s key on the general base: on the plan’s calls of vision, then the balance', async () => {
    const lite = await house.subscriber('lite')
    const first = await published(lite.key)
    expect(first.status).toBe(200)
    expect(first.headers).toMatchObject({
      'x-codeplan-purse': 'vision',
      'x-codeplan-vision-limit': '2',
      'x-codeplan-vision-remaining': '1',
    })
    expect((await published(lite.key, { stream: true })).status).toBe(200)
    expect(await left(lite, 'vision')).toMatchObject({ used: 2 })
    const refused = await published(lite.key)
    expect([refused.status, errorOf(refused)]).toMatchObject([
      429,
      { code: '1310', message: expect.stringContaining('vision') },
    ])
    // Any other model of that base is for the balance, whatever is left of vision.
    expect(errorOf(await published((await house.subscriber('pro')).key, {}, 'glm-4.7')).code).toBe('1113')
    const paying = await rich('lite')
    for (let i = 0; i < 2; i++) await published(paying.key)
    const paid = await published(paying.key)
    expect([paid.status, paid.headers['x-codeplan-purse']]).toEqual([200, 'balance'])
    expect((await drawn(house, lite)).five_hour.used).toBe(0)
    expect(await faultsOfBooks(house)).toEqual([])
  })

  test('a call of vision that fails is given back', async () => {
    const member = await house.subscriber('pro')
    house.upstream.setFaults('500')
    const failed = await look(member.key, 'analyze_image', { image_source: IMAGE, prompt: 'x' })
    house.upstream.setFaults('')
    expect(failed.error).toMatchObject({ code: -500, message: expect.stringContaining('"code":"1234"') })
    expect(await left(member, 'vision')).toMatchObject({ used: 0 })
  })

  test('vision that is used up says so of itself, not of the balance', async () => {
    const lite = await rich('lite')
    for (let i = 0; i < 2; i++) await look(lite.key, 'analyze_image', { image_source: IMAGE, prompt: 'x' })
    const { error } = await look(lite.key, 'analyze_image', { image_source: IMAGE, prompt: 'x' })
    expect(error).toMatchObject({
      code: -429,
      message: expect.stringContaining('"code":"1310"'),
      data: { service: 'vision', resets_at: null },
    })
  })

  test('REST: a search and a page cost the balance their price, a call that fails nothing, and no balance is 1113', async () => {
    const member = await rich()
    const found = await post('web_search', member.key, {
      search_engine: 'search_std',
      search_query: 'row locks',
      count: 2,
      request_id: 'mine-123',
    })
    expect(JSON.parse(found.text)).toMatchObject({
      id: found.id,
      request_id: 'mine-123',
      search_intent: [{ query: 'row locks' }],
      search_result: [
        { refer: 'ref_1', title: expect.any(String), link: expect.any(String), images: [] },
        { refer: 'ref_2' },
      ],
    })
    web.pages.set('/page', { body: '<title>A page</title><p>Some words of it.</p>' })
    const page = await post('reader', member.key, { url: `${web.origin}/page`, return_format: 'text' })
    expect(JSON.parse(page.text).reader_result).toMatchObject({
      title: 'A page',
      content: 'Some words of it.',
      url: `${web.origin}/page`,
    })
    const gone = await post('reader', member.key, { url: `${web.origin}/nothing` })
    expect([gone.status, errorOf(gone).code]).toEqual([400, '1214'])
    const { balance } = await house.rooms.entitlements.wallet(member.memberId, house.clock.now())
    expect(balance).toBe(100_000_000 - 2 * PRICE_MICROS)
    const account = balanceAccount(member.memberId)
    const moved = await movementsOf(house.rooms.db.queries, account, { limit: 50 })
    const ofServices = moved.filter(({ kind }) => kind === 'service').map(({ amount }) => amount)
    expect(ofServices.toSorted((a, b) => a - b)).toEqual([-PRICE_MICROS, -PRICE_MICROS, -PRICE_MICROS, PRICE_MICROS])
    const poor = await house.subscriber('max')
    const refused = await post('web_search', poor.key, { search_query: 'x' })
    expect([refused.status, errorOf(refused).code, refused.headers['x-should-retry']]).toEqual([429, '1113', 'false'])
    expect(errorOf(await post('web_search', member.key, {}))).toMatchObject({ code: '1213' })
    expect(
      errorOf(await post('web_search', member.key, { search_query: 'x', search_recency_filter: 'ever' })),
    ).toMatchObject({ code: '1214' })
    expect((await post('web_search', 'nonsense', { search_query: 'x' })).status).toBe(401)
    expect(await faultsOfBooks(house)).toEqual([])
  })

  test('what was used is told alike by the standing, meters, the usage API, the export, the console and the doctor', async () => {
    const browser = await newPerson(house, 'tools@example.org')
    const memberId = (await memberByEmail(house.rooms.db.queries, 'tools@example.org'))?.id as MemberId
    await house.rooms.entitlements.grant({ memberId, plan: 'pro', months: 1, source: 'grant' }, house.clock.now())
    const made = await createKey(
      house.rooms.db,
      house.rooms.seal,
      { email: 'tools@example.org', name: '' },
      house.clock.now(),
    )
    const key = made.ok ? made.value.key : ''
    const search = '/api/mcp/web-search/mcp'
    for (let i = 0; i < 3; i++) await callTool(house, search, key, 'webSearchPrime', { search_query: `locks ${i}` })
    await look(key, 'analyze_image', { image_source: IMAGE, prompt: 'x' })
    await callTool(house, '/api/mcp/web-reader/mcp', key, 'webReader', { url: `${web.origin}/nothing` })
    await house.rooms.entitlements.drain()
    const get = async (path: string) =>
      JSON.parse((await send(house.url + path, { headers: { authorization: key } })).text)

    const standing = await get('/api/usage/v1/standing')
    const { services } = standing.subscriptions[0]
    expect(services.map((one: { service: string; used: number }) => [one.service, one.used])).toEqual([
      ['web_search', 3],
      ['web_reader', 0],
      ['vision', 1],
    ])
    const limits = (await get('/api/monitor/usage/quota/limit')).data.limits
    expect(limits.find(({ type }: { type: string }) => type === 'TIME_LIMIT')).toEqual({
      type: 'TIME_LIMIT',
      unit: 5,
      number: 1,
      usage: 3000,
      currentValue: 4,
      remaining: 2996,
      percentage: 0,
      nextResetTime: Date.parse(services[0].resets_at),
      usageDetails: [
        { modelCode: 'search-prime', usage: 3 },
        { modelCode: 'web-reader', usage: 0 },
        { modelCode: 'vision', usage: 1 },
      ],
    })
    const { data } = await get('/api/monitor/usage/tool-usage')
    expect(data.totalUsage).toMatchObject({ totalNetworkSearchCount: 3, totalWebReadMcpCount: 0 })
    expect(data.networkSearchCount.filter(Boolean)).toEqual([3])
    const { calls } = await get('/api/usage/v1/service-calls')
    expect(calls.map((one: { service: string; counted: boolean }) => [one.service, one.counted]).toSorted()).toEqual([
      ['vision', true],
      ['web_reader', false],
      ['web_search', true],
      ['web_search', true],
      ['web_search', true],
    ])
    expect(await get(`/api/usage/v1/service-calls/${calls[0].id}`)).toEqual(calls[0])
    const exported = (await send(`${house.url}/api/usage/v1/export`, { headers: { authorization: key } })).text
    expect(exported.split('\n').filter((line) => line.includes('"service_call"'))).toHaveLength(5)
    const page = (await browser.get('/tools')).json
    expect(page).toMatchObject({ plan: 'pro', per_minute: 60, concurrency: 5 })
    expect(page.services[0]).toMatchObject({
      id: 'web_search',
      left: services[0],
      price: { amount: '0.01', currency: 'CNY' },
      tools: ['webSearchPrime'],
    })
    expect(page.services[0].mcp_url).toMatch(/\/api\/mcp\/web_search_prime\/mcp$/)
    const doctor = await runCommandIn(house, 'doctor')
    expect(doctor.ok && doctor.text).toContain('ok    web search: sandbox')
    const told = await runCommandIn(house, 'explain', calls[0].id)
    expect(told.ok && told.text).toContain('plan pro, one of its calls')
    const refusals = await get('/api/usage/v1/refusals')
    expect(refusals.refusals[0]).toMatchObject({ code: '1214' })
  })
})

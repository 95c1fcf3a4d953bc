import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { faultsOfBooks } from '../house/books.ts'
import { send } from '../house/ask.ts'
import { calling, rpc } from '../house/mcp.ts'
import { openHouse, type House, type Subscriber } from '../house/house.ts'

const TRIAL = 2

async function connect(house: House, key: string, path = '/api/mcp/web_search_prime/mcp'): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' })
  const transport = new StreamableHTTPClientTransport(new URL(house.url + path), {
    requestInit: { headers: { authorization: `Bearer ${key}` } },
  })
  await client.connect(transport as Parameters<Client['connect']>[0])
  return client
}

interface Result {
  readonly isError?: boolean
  readonly content: readonly { readonly text: string }[]
}
const call = async (client: Client, name: string, args: Record<string, unknown>): Promise<Result> =>
  (await client.callTool({ name, arguments: args })) as unknown as Result
const textOf = (result: Result): string => result.content[0]?.text ?? ''
const SEARCH = { search_query: 'row locks in postgresql' }

const listing = { jsonrpc: '2.0', id: 1, method: 'tools/list' }
describe('S12: web search by MCP', () => {
  let house: House
  let pro: Subscriber
  beforeAll(async () => {
    house = await openHouse({
      catalog: (source) =>
        source
          .replace(
            'web_search: { included: true, calls: 100, per: once }',
            `web_search: { included: true, calls: ${TRIAL}, per: once }`,
          )
          .replace(
            'web_search: { included: true, calls: 1000, per: month }',
            'web_search: { included: true, calls: 3, per: month }',
          ),
    })
    pro = await house.subscriber('pro')
  })
  afterAll(() => house.close())

  test('the official client lists the published tool and is answered as the published service answers', async () => {
    const max = await house.subscriber('max')
    const client = await connect(house, max.key)
    expect(client.getServerVersion()?.name).toBe('mcp-web-search-prime')
    const { tools } = await client.listTools()
    expect(tools.map(({ name }) => name)).toEqual(['webSearchPrime'])
    const found = JSON.parse(textOf(await call(client, 'webSearchPrime', { ...SEARCH, count: '3' })))
    expect(found).toHaveLength(3)
    expect(found[0]).toMatchObject({
      refer: 'ref_1',
      title: '[sandbox] Row locks in PostgreSQL',
      publish_date: '2025-12-20',
    })
    expect(Object.keys(found[0])).toEqual(['refer', 'title', 'link', 'media', 'content', 'icon', 'publish_date'])
  })

  test('plain addresses and names, the broker of the balance, and the older form with the key in its address', async () => {
    const max = await house.subscriber('max')
    const plain = await connect(house, max.key, '/api/mcp/web-search/mcp')
    expect(JSON.parse(textOf(await call(plain, 'web_search', SEARCH)))).toHaveLength(10)
    const older = new Client({ name: 'older', version: '1' })
    await older.connect(
      new SSEClientTransport(new URL(`${house.url}/api/mcp/web_search_prime/sse?Authorization=${max.key}`)),
    )
    expect((await older.listTools()).tools).toHaveLength(1)
    expect(JSON.parse(textOf(await call(older, 'webSearchPrime', SEARCH)))).toHaveLength(10)
    await older.close()
    const broker = await rpc(house, '/api/mcp-broker/proxy/web-search/mcp', max.key, calling('webSearchPrime', SEARCH))
    expect(JSON.parse(JSON.parse(broker.text).error.message).error.code).toBe('1113')
  })

  test('F85 F87: the trial of Lite ends after its calls, in all sessions, with a reason of its own that is not the models’', async () => {
    const lite = await house.subscriber('lite')
    for (let i = 0; i < TRIAL; i++) {
      const client = await connect(house, lite.key)
      expect((await call(client, 'webSearchPrime', SEARCH)).isError).toBeUndefined()
      await client.close()
    }
    const client = await connect(house, lite.key)
    const refused = await client
      .callTool({ name: 'webSearchPrime', arguments: SEARCH })
      .catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: -429, data: { service: 'web_search', limit_calls: TRIAL, resets_at: null } })
    expect((refused as Error).message).toContain('"code":"1310"')
    expect((refused as Error).message).toContain('Trial Limit Exhausted for web search')
    // A month later the trial is as it was.
    house.clock.advance(29 * 86_400_000)
    const later = await rpc(house, '/api/mcp/web_search_prime/mcp', lite.key, calling('webSearchPrime', SEARCH))
    expect(JSON.parse(later.text).error.code).toBe(-429)
    expect(await faultsOfBooks(house)).toEqual([])
  })

  test('F87: a month’s calls that are used up say when they come back, and come back then', async () => {
    const member = await house.subscriber('pro', 3)
    const ask = async () =>
      JSON.parse(
        (await rpc(house, '/api/mcp/web_search_prime/mcp', member.key, calling('webSearchPrime', SEARCH))).text,
      )
    for (let i = 0; i < 3; i++) expect((await ask()).result).toBeDefined()
    const { error } = await ask()
    expect(error.data).toMatchObject({ limit_calls: 3, used_calls: 3 })
    expect(error.message).toContain('Your limit will reset at')
    const resetsAt = Date.parse(error.data.resets_at)
    house.clock.advance(resetsAt - house.clock.now() - 1000)
    expect((await ask()).error).toBeDefined()
    house.clock.advance(1001)
    expect((await ask()).result).toBeDefined()
  })

  test('F86: a name in the body draws on nothing but the service of its address', async () => {
    const before = await house.rooms.entitlements.standing(pro.memberId, house.clock.now())
    for (const name of ['webReader', 'analyze_image', '__proto__', 'web_reader', '']) {
      const heard = await rpc(
        house,
        '/api/mcp/web_search_prime/mcp',
        pro.key,
        calling(name, { ...SEARCH, url: 'x', service: 'web_reader' }),
      )
      expect(JSON.parse(heard.text).result.isError).toBe(true)
    }
    const after = await house.rooms.entitlements.standing(pro.memberId, house.clock.now())
    expect(after?.services).toEqual(before?.services)
  })

  test('what does not come to an answer is given back: an argument that is missing, an engine that fails', async () => {
    const member = await house.subscriber('max')
    const used = async () => {
      const standing = await house.rooms.entitlements.standing(member.memberId, house.clock.now())
      return standing?.services.find(({ service }) => service === 'web_search')?.used
    }
    const path = '/api/mcp/web_search_prime/mcp'
    const wrong = JSON.parse((await rpc(house, path, member.key, calling('webSearchPrime', {}))).text)
    expect(wrong.result).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('search_query') }] })
    await house.applyCatalog((source) =>
      source.replace(
        '- { id: sandbox, kind: sandbox }\n      # - { id: sear',
        '- { id: gone, kind: searxng, base_url: "http://127.0.0.1:9" }\n      # - { id: sear',
      ),
    )
    const failed = JSON.parse(
      (await rpc(house, path, member.key, calling('webSearchPrime', { search_query: 'nobody knows' }))).text,
    )
    expect(failed.error).toMatchObject({ code: -500, message: expect.stringContaining('"code":"1234"') })
    expect(await used()).toBe(0)
    await house.applyCatalog((source) => source)
    expect(
      JSON.parse((await rpc(house, path, member.key, calling('webSearchPrime', SEARCH))).text).result,
    ).toBeDefined()
    expect(await used()).toBe(1)
    expect(await faultsOfBooks(house)).toEqual([])
  })

  test('the services have a rate of their own (1302), which a minute ends', async () => {
    const member = await house.subscriber('max')
    const ask = async () =>
      JSON.parse(
        (await rpc(house, '/api/mcp/web_search_prime/mcp', member.key, calling('webSearchPrime', SEARCH))).text,
      )
    await house.applyCatalog((source) => source.replace('per_minute: 60 ', 'per_minute: 1 '))
    expect((await ask()).result).toBeDefined()
    const { error } = await ask()
    expect(error).toMatchObject({
      code: -429,
      message: expect.stringContaining('"code":"1302"'),
      data: { limit: 'per_minute' },
    })
    house.clock.advance(60_000)
    expect((await ask()).result).toBeDefined()
    await house.applyCatalog((source) => source)
  })

  test('a wrong key is told so in the envelope that clients of these addresses know, and no key is shown', async () => {
    const path = '/api/mcp/web_search_prime/mcp'
    const wrong = await rpc(house, path, 'nonsense', listing)
    expect([wrong.status, JSON.parse(wrong.text)]).toMatchObject([401, { code: 1000, success: false }])
    const none = await send(house.url + path, { method: 'POST', body: '{}' })
    expect([none.status, JSON.parse(none.text).code]).toEqual([401, 1001])
  })

  test('what real clients send is understood: any content type, a narrow Accept, probes, batches, other names of methods', async () => {
    const path = '/api/mcp/web_search_prime/mcp'
    const max = await house.subscriber('max')
    const plain = await rpc(house, path, max.key, listing, { 'content-type': 'text/plain', accept: 'application/json' })
    expect(JSON.parse(plain.text).result.tools).toHaveLength(1)
    const stream = await rpc(house, path, max.key, listing, { accept: 'text/event-stream' })
    expect(stream.headers['content-type']).toContain('text/event-stream')
    expect(stream.text).toMatch(/^event: message\ndata: \{.*\}\n\n$/)
    const probe = await rpc(house, path, max.key, { jsonrpc: '2.0', id: 'a', method: 'server/discover' })
    expect(JSON.parse(probe.text)).toMatchObject({ id: 'a', error: { code: -32_601 } })
    const batch = await rpc(house, path, max.key, [
      listing,
      { ...listing, id: 2 },
      { jsonrpc: '2.0', method: 'notifications/initialized' },
    ])
    expect(JSON.parse(batch.text)).toHaveLength(2)
    const cancelling = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } }
    const search = calling('webSearchPrime', SEARCH)
    // What its own batch cancels is not answered, and the rest does not wait for it.
    expect((await rpc(house, path, max.key, [search, cancelling])).status).toBe(202)
    expect((await rpc(house, path, max.key, [cancelling, listing])).status).toBe(202)
    const rest = JSON.parse((await rpc(house, path, max.key, [search, cancelling, { ...listing, id: 2 }])).text)
    expect(rest.map(({ id }: { id: number }) => id)).toEqual([2])
    const told = await rpc(house, path, max.key, { jsonrpc: '2.0', method: 'notifications/initialized' })
    expect([told.status, told.text]).toEqual([202, ''])
    const broken = await rpc(house, path, max.key, '{nonsense')
    expect([broken.status, JSON.parse(broken.text).error.code]).toEqual([400, -32_700])
    expect((await rpc(house, `${path}/`, max.key, listing)).status).toBe(200)
    expect((await send(house.url + path, { headers: { authorization: max.key } })).status).toBe(405)
  })
})

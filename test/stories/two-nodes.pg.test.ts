import { readFileSync, writeFileSync } from 'node:fs'
import { Agent } from 'node:http'
import { join } from 'node:path'

import { startUpstream, type SandboxUpstream } from '@codeplan/sandbox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { checkBooks } from '../../apps/server/src/entitlements/index.ts'
import { ask, errorOf, WIRES, type Heard, type Wire } from '../house/ask.ts'
import { testDatabaseUrl } from '../house/house.ts'
import { openPlace, type Place } from '../house/place.ts'
import { runCommand, startServer, type ServerProcess } from '../house/process.ts'
import { addSubscriber, withRoomsOf } from '../house/rooms-of.ts'
import { until } from '../house/until.ts'

const LITE = 80
const PRO_AT_ONCE = 10
const CALLS = 200
const CONNECTIONS = 50
const ROUNDS = 3

describe('two servers on one PostgreSQL', () => {
  let place: Place
  let upstream: SandboxUpstream
  let nodes: ServerProcess[]
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS / 2 })
  const catalog = (source: string): string =>
    source
      .replace('kind: openai, base_url: sandbox', `kind: openai, base_url: "${upstream.url}/v1"`)
      .replace('kind: anthropic, base_url: sandbox', `kind: anthropic, base_url: "${upstream.url}"`)

  beforeAll(async () => {
    upstream = await startUpstream()
    place = await openPlace({
      serverUrl: testDatabaseUrl ?? '',
      // Lite without its concurrency, so that the window alone decides; Pro keeps its own.
      catalog: (source) => catalog(source).replace('concurrency: 5 ', 'concurrency: 500 '),
    })
    await addSubscriber(place.env, { email: 'first@example.org', plan: 'lite' })
    nodes = await Promise.all([startServer(place.env), startServer(place.env)])
  })
  afterAll(async () => {
    agent.destroy()
    for (const node of nodes) node.kill('SIGTERM')
    expect(await Promise.all(nodes.map((node) => node.exited))).toEqual([0, 0])
    await place.close()
    await upstream.close()
  })

  const rush = (key: string, name: string): Promise<Heard[]> =>
    Promise.all(
      Array.from({ length: CALLS }, (_, n) =>
        ask(nodes[n % 2]?.url ?? '', key, { text: `${name} ${n}`, wire: WIRES[(n >> 1) % 2] as Wire, agent }),
      ),
    )
  const orderOfLast = (): number => upstream.calls().at(-1)?.order ?? 0

  test('F26 F28: 200 questions at once over both nodes: exactly 80 are admitted, the overshoot is zero', async () => {
    for (let round = 1; round <= ROUNDS; round++) {
      const { key } = await addSubscriber(place.env, { email: `rush${round}@example.org`, plan: 'lite' })
      const before = orderOfLast()
      const heard = await rush(key, `round ${round} question`)
      const admitted = heard.filter(({ status }) => status === 200)
      const refused = heard.filter(({ status }) => status !== 200).map((one) => errorOf(one).code)
      expect([admitted.length, [...new Set(refused)], orderOfLast() - before]).toEqual([LITE, ['1308'], LITE])
      expect(new Set(admitted.map(({ id }) => id)).size).toBe(LITE)
    }
  })

  test('F28 F71: the concurrency of a plan holds over both nodes together', async () => {
    const { key } = await addSubscriber(place.env, { email: 'wide@example.org', plan: 'pro' })
    let peak = 0
    const watch = setInterval(() => (peak = Math.max(peak, upstream.active())), 5)
    const heard = await rush(key, '[[fault=late:300]] at the same time')
    clearInterval(watch)
    const codes = new Set(heard.filter(({ status }) => status !== 200).map((one) => errorOf(one).code))
    expect(codes).toEqual(new Set(['1302']))
    expect(peak).toBe(PRO_AT_ONCE)
  })

  test('F43: what is used grows on every node alike, call by call', async () => {
    const { key } = await addSubscriber(place.env, { email: 'monotone@example.org', plan: 'pro' })
    for (let n = 1; n <= 20; n++) {
      const { headers } = await ask(nodes[n % 2]?.url ?? '', key, { text: `call ${n}` })
      expect(headers['x-codeplan-five-hour-used']).toBe(String(n))
    }
  })

  test('F82: a loop whose calls go to both nodes is one prompt', async () => {
    const { key } = await addSubscriber(place.env, { email: 'loop@example.org', plan: 'pro' })
    for (let n = 1; n <= 10; n++) {
      const { headers } = await ask(nodes[n % 2]?.url ?? '', key, { text: 'the same question' })
      expect(headers['x-codeplan-five-hour-used']).toBe('1')
    }
  })

  test('F32: who is full is refused by every node at once, and let in by every node at once after a credit', async () => {
    const email = 'full@example.org'
    const { key } = await addSubscriber(place.env, { email, plan: 'lite' })
    const [first, second] = nodes as [ServerProcess, ServerProcess]
    for (let n = 1; n <= LITE; n++) expect((await ask(first.url, key, { text: `question ${n}` })).status).toBe(200)
    for (const { url } of [second, first]) {
      const heard = await ask(url, key, { text: `too much for ${url}` })
      expect([heard.status, errorOf(heard).code]).toEqual([429, '1308'])
    }
    expect((await runCommand(place.env, 'credit', email, 'five_hour', '2', '--reason', 'an outage')).code).toBe(0)
    for (const { url } of [second, first]) expect((await ask(url, key, { text: `more for ${url}` })).status).toBe(200)
    expect((await ask(second.url, key, { text: 'and no more' })).status).toBe(429)
  })

  test('a revoked key is refused by every node within a second', async () => {
    const { key, keyId } = await addSubscriber(place.env, { email: 'revoked@example.org', plan: 'pro' })
    for (const node of nodes) expect((await ask(node.url, key, { text: 'good' })).status).toBe(200)
    expect((await runCommand(place.env, 'key', 'revoke', keyId)).code).toBe(0)
    const refused = async ({ url }: ServerProcess): Promise<boolean> =>
      (await ask(url, key, { text: 'still good?' })).status === 401
    await Promise.all(nodes.map((node) => until('the key is refused', () => refused(node), 1_000)))
  })

  test('S1: an applied catalog reaches every node within a second', async () => {
    const { key } = await addSubscriber(place.env, { email: 'opened@example.org', plan: 'lite' })
    const opened = join(place.folder, 'opened.yaml')
    writeFileSync(
      opened,
      readFileSync(place.catalogFile, 'utf8').replace('models: [glm-4.7', 'models: [glm-5, glm-4.7'),
    )
    for (const node of nodes) expect((await ask(node.url, key, { model: 'glm-5', text: 'no' })).status).toBe(429)
    expect((await runCommand(place.env, 'catalog', 'apply', opened)).code).toBe(0)
    const works = async ({ url }: ServerProcess): Promise<boolean> =>
      (await ask(url, key, { model: 'glm-5', text: `yes ${url}` })).status === 200
    await Promise.all(nodes.map((node) => until('the model is open', () => works(node), 1_000)))
  })

  test('after all of this the books agree', async () => {
    await withRoomsOf(place.env, async (rooms) => {
      const clean = async () => (await checkBooks(rooms, rooms.clock.now())).openHolds === 0
      await until('every call is settled', clean)
      expect((await checkBooks(rooms, rooms.clock.now())).faults).toEqual([])
    })
  })
})

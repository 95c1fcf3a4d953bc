import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { memberRestore, memberSuspend } from '../../apps/server/src/commands/suspension.ts'
import { keyList } from '../../apps/server/src/commands/people.ts'
import type { Args, Command } from '../../apps/server/src/commands/command.ts'
import { createKey, readAllowList } from '../../apps/server/src/identity/index.ts'
import { ask, errorOf, type Heard } from '../house/ask.ts'
import { openHouse, type House, type Subscriber } from '../house/house.ts'
import { metric } from '../house/metric.ts'
import { until } from '../house/until.ts'

const MINUTE_MS = 60_000

describe('abuse', () => {
  let house: House
  let member: Subscriber
  beforeAll(async () => {
    house = await openHouse({ proxyHops: 1 })
    member = await house.subscriber('max')
  })
  afterAll(() => house.close())

  let asked = 0
  const from = (address: string, key: string, headers = {}): Promise<Heard> =>
    ask(house.url, key, { text: `${++asked}`, headers: { 'x-forwarded-for': address, ...headers } })
  /** A key of the right form that nobody has. */
  const wrongKey = (n: number): string => `${n.toString(16).padStart(8, '0').padEnd(32, 'c')}.abcdefgh12345678`
  const run = (command: Command, words: string[], options: Args['options'] = {}) =>
    command.run(house.rooms, { words, options, input: undefined })
  const made = async (owner: Subscriber, allowed?: string): Promise<string> => {
    const list = allowed === undefined ? undefined : readAllowList(allowed)
    const key = { email: owner.email, name: 'more', ...(list?.ok ? { allowed: list.value } : {}) }
    const answer = await createKey(house.rooms.db, house.rooms.seal, key, house.clock.now())
    if (!answer.ok) throw new Error(answer.no)
    return answer.value.key
  }

  test('after 30 wrong keys within a minute an address waits, in words with retry-after; a good key goes on', async () => {
    const address = '203.0.113.1'
    expect((await from(address, member.key)).status).toBe(200)
    const unseen = await made(member)
    const heard = []
    for (let n = 0; n < 32; n++) heard.push((await from(address, wrongKey(n * 7919))).status)
    expect(heard).toEqual([...Array.from({ length: 30 }, () => 401), 429, 429])
    const refused = await from(address, wrongKey(1), { 'accept-language': 'zh' })
    expect(errorOf(refused)).toMatchObject({ code: '1302', message: expect.stringContaining('错误 API Key 过多') })
    expect(Number(refused.headers['retry-after'])).toBe(60)
    // Known to this node: never slowed, also when the memory of keys was just emptied.
    expect((await from(address, member.key)).status).toBe(200)
    await made(member)
    expect((await from(address, member.key)).status).toBe(200)
    // Not seen before: a minute at most; at once from elsewhere.
    expect((await from(address, unseen)).status).toBe(429)
    expect((await from('203.0.113.2', wrongKey(2))).status).toBe(401)
    house.clock.advance(MINUTE_MS)
    expect((await from(address, unseen)).status).toBe(200)
  })

  test('a tool that was left with an old key hears 401 however often it asks, and slows nobody', async () => {
    const old = wrongKey(424_242)
    for (let n = 0; n < 40; n++) expect((await from('203.0.113.9', old)).status).toBe(401)
    expect((await from('203.0.113.9', wrongKey(434_343))).status).toBe(401)
  })

  test('after 10 wrong keys that begin alike that beginning waits, from wherever they come', async () => {
    const heard = []
    for (let n = 0; n < 12; n++)
      heard.push((await from(`198.51.100.${n}`, `0123456789abcdef0123456789abcdef.${'a'.repeat(14)}${n + 10}`)).status)
    expect(heard).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429])
  })

  test('the forwarded address is believed for as many proxies as there are, and no further', async () => {
    const key = await made(member, '10.0.0.0/8')
    expect((await from('10.1.2.3', key)).status).toBe(200)
    // The client wrote the first one itself; the proxy added the second.
    const forged = await from('10.1.2.3, 192.0.2.7', key)
    expect([forged.status, errorOf(forged).code]).toEqual([403, '1220'])
    expect(errorOf(forged).message).toContain('192.0.2.7')
  })

  test('a key with a list of addresses is good from there only; the list is checked when it is made', async () => {
    const key = await made(member, '192.0.2.1, 2001:db8::/32')
    expect((await from('192.0.2.1', key)).status).toBe(200)
    expect((await from('2001:db8::5', key)).status).toBe(200)
    expect((await from('192.0.2.2', key)).status).toBe(403)
    for (const wrong of ['10.0.0.0/33', 'host', '10.0.0.0/8,', '1.2.3.4/8/9'])
      expect([wrong, readAllowList(wrong).ok]).toEqual([wrong, false])
  })

  test('a key used from more than 10 addresses within an hour is marked, not refused', async () => {
    const other = await house.subscriber('max')
    for (let n = 0; n < 11; n++) expect((await from(`192.0.2.${n}`, other.key)).status).toBe(200)
    expect(await metric(house, 'codeplan_keys_many_addresses_total')).toBe(1)
    await house.rooms.identify.flushLastUsed()
    const list = await run(keyList, [other.email])
    expect(list).toMatchObject({ ok: true, text: expect.stringContaining('MARK: many addresses') })
    expect(await run(keyList, [member.email])).not.toMatchObject({ text: expect.stringContaining('MARK') })
  })

  test('a suspended member hears 1313 with the appeal text of the catalog, until restored', async () => {
    const appeal = 'appeal: { en: "Write to the desk.", zh: "请联系客服台。" }'
    await house.applyCatalog((source) => source.replace(/appeal: \{.*\}/, appeal))
    const other = await house.subscriber('max')
    expect((await from('192.0.2.9', other.key)).status).toBe(200)
    expect(await run(memberSuspend, [other.email])).toMatchObject({ ok: false })
    expect(await run(memberSuspend, [other.email], { reason: 'shared' })).toMatchObject({ ok: true })
    expect(await run(memberSuspend, [other.email], { reason: 'shared' })).toMatchObject({ ok: false })
    let refused = await from('192.0.2.9', other.key)
    await until('every part of the node has heard it', async () => {
      refused = await from('192.0.2.9', other.key)
      return refused.status === 429
    })
    expect(errorOf(refused)).toMatchObject({ code: '1313', message: expect.stringContaining('Write to the desk.') })
    const zh = await from('192.0.2.9', other.key, { 'accept-language': 'zh', 'user-agent': 'opencode/1.0' })
    expect([zh.status, errorOf(zh).message]).toEqual([400, expect.stringContaining('请联系客服台。')])
    expect(await run(memberRestore, [other.email], { reason: 'talked' })).toMatchObject({ ok: true })
    await until('restored', async () => (await from('192.0.2.9', other.key)).status === 200)
  })
})

import { readFileSync } from 'node:fs'

import { countsOf, DAY_MS, HOUR_MS, MINUTE_MS, promptCharge } from '@codeplan/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { sql } from '../../apps/server/src/platform/index.ts'
import { ask, begin, errorOf, send, CLIENT_WIRES } from '../house/ask.ts'
import { drawn, receiptOf } from '../house/books.ts'
import { openHouse, type House } from '../house/house.ts'
import { until } from '../house/until.ts'

/** Two routes to the same model: the first is tried first. */
const twoRoutes = (source: string): string =>
  source.replace(
    'routes: [{ upstream: sandbox-openai, model: glm-4.7 }]',
    'routes: [{ upstream: sandbox-openai, model: glm-4.7, priority: 0 }, { upstream: sandbox-anthropic, model: glm-4.7, priority: 1 }]',
  )

describe('counting', () => {
  let house: House
  beforeAll(async () => {
    house = await openHouse({ catalog: twoRoutes })
  })
  afterAll(() => house.close())

  const get = async (key: string, path: string) =>
    JSON.parse((await send(house.url + path, { headers: { authorization: `Bearer ${key}` } })).text)

  test('F02: a client that leaves frees its place at once and the upstream is told', async () => {
    const member = await house.subscriber('lite')
    const res = await begin(house.url, member.key, { text: 'long [[fault=tokens:500,rate:50]]', stream: true })
    await new Promise((heard) => res.once('data', heard))
    res.destroy()
    await until('the upstream is stopped', () => house.upstream.calls().at(-1)?.aborted)
    await until('the place is free', async () => (await drawn(house, member)).inFlight === 0)
    expect(house.upstream.active()).toBe(0)
  })

  test.each(CLIENT_WIRES)(
    'F07: %s: a call that failed over to another upstream is charged once, and the receipt names both tries',
    async (wire) => {
      const member = await house.subscriber('lite')
      const before = house.upstream.calls().length
      const heard = await ask(house.url, member.key, { wire, text: `one fails ${wire} [[fault=500]] [[times=1]]` })
      expect(heard.status).toBe(200)
      expect(house.upstream.calls().length - before).toBe(2)
      const receipt = await receiptOf(house, heard.id)
      expect(receipt.details.tried.map((tried) => [tried.upstream, tried.end])).toEqual([
        ['sandbox-openai', 'refused'],
        ['sandbox-anthropic', 'answered'],
      ])
      expect(await drawn(house, member)).toMatchObject({ five_hour: { used: 1, settled: 1 } })
    },
  )

  test('F08: the same request again within ten minutes, without any id, is not charged again', async () => {
    const member = await house.subscriber('lite')
    for (let i = 0; i < 3; i++) {
      expect((await ask(house.url, member.key, { text: 'the same request' })).status).toBe(200)
      house.clock.advance(3 * MINUTE_MS)
    }
    await house.rooms.entitlements.drain()
    expect(await drawn(house, member)).toMatchObject({ five_hour: { used: 1, settled: 1 } })
  })

  test('F17: what the usage API sums up is what the receipts say, row by row', async () => {
    const member = await house.subscriber('pro')
    for (const [model, text] of [
      ['glm-5', 'a'],
      ['glm-4.7', 'b'],
      ['glm-4.7', 'c [[fault=500]]'],
      ['glm-4.6', 'd'],
    ] as const) {
      await ask(house.url, member.key, { model, text })
    }
    await house.rooms.entitlements.drain()
    const { calls } = await get(member.key, '/api/usage/v1/calls')
    const { hours } = await get(member.key, '/api/usage/v1/hours')
    type Call = {
      model: { served: string }
      charge: number
      tokens: { input: number; cache_read: number; output: number }
      list_price: { amount: number }
    }
    for (const model of ['glm-5', 'glm-4.7', 'glm-4.6']) {
      const mine = (calls as Call[]).filter((call) => call.model.served === model)
      const sum = (value: (call: Call) => number): number => mine.reduce((total, call) => total + value(call), 0)
      const hour = hours.find((row: { name: string }) => row.name === model)
      expect(hour).toMatchObject({
        calls: mine.length,
        charge: sum((call) => call.charge),
        input_tokens: sum((call) => call.tokens.input),
        cache_read_tokens: sum((call) => call.tokens.cache_read),
        output_tokens: sum((call) => call.tokens.output),
      })
      expect(hour.list_price).toBeCloseTo(
        sum((call) => call.list_price.amount),
        9,
      )
    }
    const monitor = await get(member.key, '/api/monitor/usage/model-usage')
    expect(monitor.data.totalUsage.totalModelCallCount).toBe(calls.length)
  })

  test('F25: the public price page tells the multiplier that admission applies, at every hour of a day', async () => {
    const member = await house.subscriber('max', 12)
    for (let hour = 0; hour < 24; hour++) {
      const page = JSON.parse((await send(`${house.url}/api/usage/v1/prices`, {})).text)
      const told = page.models.find((model: { id: string }) => model.id === 'glm-5').multiplier.factor
      const heard = await ask(house.url, member.key, { model: 'glm-5', text: `what does it cost now, ${hour}` })
      expect(Number(heard.headers['x-codeplan-multiplier'])).toBe(told)
      house.clock.advance(HOUR_MS)
    }
  })

  test('F38: calls that arrive together after a reset reset the window once', async () => {
    const member = await house.subscriber('pro')
    await ask(house.url, member.key, { text: 'before the reset' })
    await house.rooms.entitlements.drain()
    house.clock.advance(5 * HOUR_MS)
    const heard = await Promise.all(
      Array.from({ length: 8 }, (_, i) => ask(house.url, member.key, { text: `together ${i}` })),
    )
    expect(heard.map((h) => h.status)).toEqual(Array.from({ length: 8 }, () => 200))
    expect(new Set(heard.map((h) => h.headers['x-codeplan-five-hour-reset'])).size).toBe(1)
    await house.rooms.entitlements.drain()
    expect(await drawn(house, member)).toMatchObject({ five_hour: { used: 8, settled: 8 } })
  })

  test('F40: a credit gives allowance without moving the reset or rewriting usage, and is on record', async () => {
    const member = await house.subscriber('lite')
    await ask(house.url, member.key, { text: 'first' })
    await house.rooms.entitlements.drain()
    const before = (await house.rooms.entitlements.standing(member.memberId, house.clock.now()))?.windows[0]
    const wish = { memberId: member.memberId, window: 'five_hour', micro: 5_000_000, reason: 'an outage', by: 'test' }
    expect(await house.rooms.entitlements.credit(wish, house.clock.now())).toMatchObject({ ok: true })
    const after = (await house.rooms.entitlements.standing(member.memberId, house.clock.now()))?.windows[0]
    expect(after).toMatchObject({ used: before?.used, resetsAt: before?.resetsAt, allowance: 85_000_000 })
    const { rows } = await sql`select c.micro, c.reason, c.given_by, c.given_at from quota_credits c
      join subscriptions s on s.id = c.subscription_id where s.member_id = ${member.memberId}`.execute(
      house.rooms.db.queries,
    )
    expect(rows).toEqual([{ micro: 5_000_000, reason: 'an outage', given_by: 'test', given_at: house.clock.now() }])
    house.clock.advance(5 * HOUR_MS)
    const next = (await house.rooms.entitlements.standing(member.memberId, house.clock.now()))?.windows[0]
    expect(next?.allowance).toBe(80_000_000)
  })

  test('F42: a better plan applies at once, begins its own windows, and adds no old usage', async () => {
    const member = await house.subscriber('lite')
    await ask(house.url, member.key, { text: 'on lite' })
    await house.rooms.entitlements.drain()
    await house.rooms.entitlements.grant(
      { memberId: member.memberId, plan: 'max', months: 1, source: 'test' },
      house.clock.now(),
    )
    const heard = await ask(house.url, member.key, { text: 'on max' })
    expect(heard.headers).toMatchObject({
      'x-codeplan-plan': 'max',
      'x-codeplan-five-hour-used': '1',
      'x-codeplan-five-hour-limit': '1600',
    })
  })

  test('F48: the examples in docs/metering.md are what the code computes', () => {
    const text = readFileSync(new URL('../../docs/metering.md', import.meta.url), 'utf8')
    const rows = [...text.matchAll(/^\| ([^|]*\bcalls?\b[^|]*) \| ([\d.]+) \| ([\d.]+) \|$/gm)]
    expect(rows.length).toBeGreaterThan(6)
    for (const [, calls = '', sum, charge] of rows) {
      const factors: number[] = []
      let factor = 1000
      for (const part of calls.split(',')) {
        const count = Number(/\d+/.exec(part)?.[0])
        if (/GLM-5/.test(part)) factor = /outside/.test(part) ? 2000 : 3000
        else factor = 1000
        factors.push(...Array.from({ length: count }, () => factor))
      }
      expect(promptCharge({ kind: 'prompt', callsPerPrompt: 20 }, countsOf(factors)) / 1e6, calls).toBe(Number(charge))
      expect(promptCharge({ kind: 'call', callsPerPrompt: 20 }, countsOf(factors)) / 1e6, calls).toBe(Number(sum))
    }
  })
})

describe('F24: a plan that sells credits by the token', () => {
  let house: House
  const credits = (source: string): string =>
    source
      .replace(
        /( {4}meter: )\{ kind: prompt, calls_per_prompt: 20 \}/,
        '$1{ kind: token, call_max: 50, rates: { glm-4.7: { input: "4.6", cached_input: "1.2", output: "16" }, glm-4.6: { input: "1", cached_input: "1", output: "1" }, glm-4.5: { input: "1", cached_input: "1", output: "1" }, glm-4.5-air: { input: "1", cached_input: "1", output: "1" }, glm-4.6v: { input: "1", cached_input: "1", output: "1" } } }',
      )
      .replace('hours: 5, prompts: 80 }', 'hours: 5, credits: 200 }')
      .replace('days: 7, prompts: 400 }', 'days: 7, credits: 1000 }')
  beforeAll(async () => {
    house = await openHouse({ catalog: credits })
  })
  afterAll(() => house.close())

  test('a call costs its tokens at the rates of its model, and what was set aside comes back', async () => {
    const member = await house.subscriber('lite')
    const heard = await ask(house.url, member.key, { text: 'count my tokens' })
    expect(heard.status).toBe(200)
    const receipt = await receiptOf(house, heard.id)
    const due = receipt.input_tokens * 460 + receipt.cache_read_tokens * 120 + receipt.output_tokens * 1600
    expect(receipt.charge).toBe(due)
    const quota = JSON.parse(
      (await send(`${house.url}/api/monitor/usage/quota/limit`, { headers: { authorization: member.key } })).text,
    )
    expect(quota.data.limits[0]).toMatchObject({
      type: 'CREDIT_LIMIT',
      unit: 3,
      number: 5,
      usage: 200,
      currentValue: 0,
      remaining: 199,
      percentage: 0,
    })
  })

  test('F24: a call above the ceiling is charged the ceiling, the rest is held for a person', async () => {
    const member = await house.subscriber('lite')
    const heard = await ask(house.url, member.key, {
      text: 'endless [[fault=tokens:40000]]',
      fields: { max_tokens: 100_000 },
    })
    const receipt = await receiptOf(house, heard.id)
    expect(receipt.charge).toBe(50_000_000)
    expect(receipt.details.heldBack).toBeGreaterThan(0)
  })

  test('F47: what a call used beyond what was set aside is subtracted once', async () => {
    const member = await house.subscriber('lite')
    const fields = { max_tokens: 30_000 }
    const heard = await ask(house.url, member.key, { text: 'longer than asked [[fault=tokens:20000]]', fields })
    const receipt = await receiptOf(house, heard.id)
    expect(receipt.charge).toBeGreaterThan(receipt.details.admission.cost)
    const { windows } = (await house.rooms.entitlements.standing(member.memberId, house.clock.now())) ?? { windows: [] }
    expect(windows.map((w) => [w.used, w.settled])).toEqual([
      [receipt.charge, receipt.charge],
      [receipt.charge, receipt.charge],
    ])
  })
})

test('F29: when the counting cannot be reached nothing runs uncounted: 503 with a wait, no upstream call, on every wire', async () => {
  const house = await openHouse()
  const member = await house.subscriber('lite')
  for (const wire of CLIENT_WIRES) expect((await ask(house.url, member.key, { wire, text: 'before' })).status).toBe(200)
  await house.rooms.entitlements.drain()
  const before = house.upstream.calls().length
  await house.rooms.db.close()
  for (const wire of CLIENT_WIRES) {
    const heard = await ask(house.url, member.key, { wire, text: 'now' })
    expect([wire, heard.status, errorOf(heard).code]).toEqual([wire, 503, '1234'])
    expect(heard.headers['retry-after']).toBeDefined()
  }
  expect(house.upstream.calls().length).toBe(before)
  await house.close().catch(() => undefined)
})

test('F43: usage read after each call of a window never goes back', async () => {
  const house = await openHouse()
  const member = await house.subscriber('pro')
  let last = 0
  for (let i = 0; i < 6; i++) {
    await ask(house.url, member.key, { text: `question ${i}` })
    await house.rooms.entitlements.drain()
    const { used } = (await drawn(house, member)).five_hour
    expect(used).toBeGreaterThanOrEqual(last)
    last = used
    house.clock.advance(MINUTE_MS)
  }
  house.clock.advance(DAY_MS)
  await house.close()
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import type { Micros } from '@codeplan/core'

import { ask, begin, errorOf, send, type Heard } from '../house/ask.ts'
import { drawn, faultsOfBooks, receiptOf } from '../house/books.ts'
import { openHouse, type House, type Subscriber } from '../house/house.ts'

const PAYG = '/api/paas/v4'
const YUAN = 1e8

describe('who pays', () => {
  let house: House
  beforeAll(async () => {
    house = await openHouse({ catalog: (source) => source.replace('prompts: 80 }', 'prompts: 2 }') })
  })
  afterAll(async () => {
    expect(await faultsOfBooks(house)).toEqual([])
    await house.close()
  })

  const pay = (key: string, text: string, more: Record<string, unknown> = {}): Promise<Heard> =>
    send(`${house.url}${PAYG}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'glm-4.7', messages: [{ role: 'user', content: text }], ...more }),
    })
  const topUp = async ({ memberId }: Subscriber, yuan: number): Promise<void> => {
    const gift = { memberId, amount: (yuan * YUAN) as Micros, note: '', idempotencyKey: `test:${memberId}:${yuan}` }
    expect((await house.rooms.entitlements.addBalance(gift, house.clock.now())).ok).toBe(true)
  }
  const balance = async ({ memberId }: Subscriber) => {
    await house.rooms.entitlements.drain()
    return house.rooms.entitlements.wallet(memberId, house.clock.now())
  }

  test('S15 F89 F90: without balance it is 1113, final, in both languages, streamed or not, and a plan is told its address', async () => {
    const member = await house.subscriber('pro')
    for (const stream of [false, true]) {
      const heard = await pay(member.key, 'hello', { stream })
      expect([heard.status, errorOf(heard).code, heard.headers['x-should-retry']]).toEqual([429, '1113', 'false'])
      expect(errorOf(heard).message).toContain('/api/coding/paas/v4')
    }
    const without = await house.subscriber()
    const heard = await send(`${house.url}${PAYG}/chat/completions`, {
      method: 'POST',
      headers: { authorization: without.key, 'accept-language': 'zh-CN' },
      body: JSON.stringify({ model: 'glm-4.7', messages: [{ role: 'user', content: '你好' }] }),
    })
    expect(errorOf(heard)).toMatchObject({ code: '1113', message: '余额不足或无可用资源包，请充值。' })
    expect(house.upstream.calls()).toHaveLength(0)
  })

  test('S15 F17: the balance pays the list price of what was used, to the micro, and the plan is not drawn', async () => {
    const member = await house.subscriber('pro')
    await topUp(member, 10)
    let paid = 0
    for (const stream of [false, true, false]) {
      const heard = await pay(member.key, `what does it cost ${stream} ${paid}`, { stream })
      expect([heard.status, heard.headers['x-codeplan-purse']]).toEqual([200, 'balance'])
      const receipt = await receiptOf(house, heard.id)
      expect(receipt).toMatchObject({
        billable: true,
        charge: 0,
        details: { admission: { purse: { kind: 'balance' } } },
      })
      expect(receipt.list_price).toBeGreaterThan(0)
      paid += receipt.list_price
    }
    expect(await balance(member)).toMatchObject({ balance: 10 * YUAN - paid, reserved: 0 })
    expect((await drawn(house, member)).five_hour.used).toBe(0)
  })

  test('F03 F10: a call that fails, or whose client leaves before the answer, costs nothing and frees what was set aside', async () => {
    const member = await house.subscriber()
    await topUp(member, 5)
    expect((await pay(member.key, 'fails [[fault=500]]')).status).toBe(502)
    expect(await balance(member)).toMatchObject({ balance: 5 * YUAN, reserved: 0 })
  })

  test('F26: many calls at once never spend more than there is; who finds nothing free is told 1113', async () => {
    const member = await house.subscriber()
    await topUp(member, 1)
    const heard = await Promise.all(
      // Eight are all that the balance bears, and none of them ends before the last has begun.
      Array.from({ length: 40 }, (_, n) => pay(member.key, `at once ${n} [[fault=late:1500]]`, { max_tokens: 60_000 })),
    )
    const codes = heard.map(({ status }) => status)
    expect(codes).toContain(200)
    expect(codes).toContain(429)
    const left = await balance(member)
    expect(left.balance).toBeGreaterThanOrEqual(0)
    expect(left.reserved).toBe(0)
  })

  test('F50: an expired plan does not block a funded balance, and a balance does not open a plan’s address', async () => {
    const member = await house.subscriber('lite')
    await topUp(member, 3)
    const other = await house.subscriber()
    await topUp(other, 3)
    house.clock.advance(32 * 86_400_000)
    expect((await pay(member.key, 'after the plan')).status).toBe(200)
    expect(errorOf(await ask(house.url, member.key, { text: 'the plan', wire: 'openai' })).code).toBe('1309')
    expect(errorOf(await ask(house.url, other.key, { text: 'the plan', wire: 'openai' })).code).toBe('1113')
  })

  test('F52: a valid plan on its own address is never answered with 1113, with or without a balance', async () => {
    const member = await house.subscriber('lite')
    for (const wire of ['openai', 'anthropic'] as const)
      expect((await ask(house.url, member.key, { text: `mine ${wire}`, wire })).status).toBe(200)
    expect(errorOf(await ask(house.url, member.key, { text: 'a third', wire: 'openai' })).code).toBe('1308')
  })

  test('F49: with overflow on, what the plan has no room for goes to the balance once, up to the month’s cap; off, it is refused', async () => {
    const member = await house.subscriber('lite')
    await topUp(member, 20)
    const question = (n: number): Promise<Heard> =>
      ask(house.url, member.key, { text: `overflow ${n}`, wire: 'openai' })
    expect([(await question(1)).status, (await question(2)).status]).toEqual([200, 200])
    expect(errorOf(await question(3)).code).toBe('1308')

    const put = (body: unknown): Promise<Heard> =>
      send(`${house.url}/api/usage/v1/balance/overflow`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${member.key}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    expect((await put({ on: true, monthly_cap: 1 })).status).toBe(200)
    const over = await question(4)
    expect([over.status, over.headers['x-codeplan-purse']]).toEqual([200, 'balance (overflow)'])
    const receipt = await receiptOf(house, over.id)
    expect(await balance(member)).toMatchObject({ balance: 20 * YUAN - receipt.list_price })
    expect(await drawn(house, member)).toMatchObject({ five_hour: { used: 2, settled: 2 } })

    expect((await put({ on: true, monthly_cap: receipt.list_price / YUAN })).status).toBe(200)
    const capped = await question(5)
    expect([capped.status, errorOf(capped).code, capped.headers['x-should-retry']]).toEqual([429, '1318', 'false'])
    expect((await put({ on: false })).status).toBe(200)
    expect(errorOf(await question(6)).code).toBe('1308')
  })

  test('F49: overflow without enough balance is told as that, with the reset', async () => {
    const member = await house.subscriber('lite')
    await house.rooms.entitlements.setOverflow(member.memberId, { on: true, cap: null })
    for (const n of [1, 2]) await ask(house.url, member.key, { text: `poor ${n}`, wire: 'openai' })
    const heard = await ask(house.url, member.key, { text: 'poor 3', wire: 'openai' })
    expect(errorOf(heard)).toMatchObject({ code: '1316', detail: { window: 'five_hour' } })
  })

  test('an operator takes from a balance only what no running call has set aside', async () => {
    const member = await house.subscriber()
    await topUp(member, 2)
    const running = await begin(house.url, member.key, {
      path: `${PAYG}/chat/completions`,
      wire: 'openai',
      text: 'runs [[fault=slow:100]]',
      stream: true,
    })
    const take = { memberId: member.memberId, amount: (-2 * YUAN) as Micros, note: '', idempotencyKey: 'take' }
    expect((await house.rooms.entitlements.addBalance(take, house.clock.now())).ok).toBe(false)
    running.destroy()
  })

  test('the models of the pay-as-you-go address are all of the catalog; its tokenizer is free', async () => {
    const member = await house.subscriber()
    const headers = { authorization: `Bearer ${member.key}` }
    const models = JSON.parse((await send(`${house.url}${PAYG}/models`, { method: 'GET', headers })).text)
    expect((models as { data: { id: string }[] }).data.map(({ id }) => id)).toContain('glm-5')
    const body = JSON.stringify({ model: 'glm-4.7', messages: [{ role: 'user', content: 'how many' }] })
    const counted = await send(`${house.url}${PAYG}/tokenizer`, { method: 'POST', headers, body })
    expect(JSON.parse(counted.text)).toMatchObject({ usage: { prompt_tokens: expect.any(Number) } })
  })
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import type { Micros } from '@codeplan/core'

import { ask, errorOf, send, type Heard } from '../house/ask.ts'
import { faultsOfBooks, receiptOf } from '../house/books.ts'
import { openHouse, type House, type Subscriber } from '../house/house.ts'

const YUAN = 1e8
const MICROS_A_TOKEN = 50
const TEXT = 'a text of forty bytes, ten tokens of it.'

interface Vectors {
  readonly model: string
  readonly data: readonly { readonly index: number; readonly embedding: readonly number[] | string }[]
  readonly usage?: { readonly prompt_tokens: number; readonly total_tokens: number }
}

describe('embeddings', () => {
  let house: House
  beforeAll(async () => {
    house = await openHouse()
  })
  afterAll(async () => {
    expect(await faultsOfBooks(house)).toEqual([])
    await house.close()
  })

  const embed = (key: string, fields: Record<string, unknown>, headers = {}, base = '/api/paas/v4'): Promise<Heard> =>
    send(`${house.url}${base}/embeddings`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model: 'embedding-3', ...fields }),
    })
  const read = (heard: Heard): Vectors => JSON.parse(heard.text) as Vectors
  const topUp = async ({ memberId }: Subscriber, yuan: number): Promise<void> => {
    const gift = { memberId, amount: (yuan * YUAN) as Micros, note: '', idempotencyKey: `test:${memberId}:${yuan}` }
    expect((await house.rooms.entitlements.addBalance(gift, house.clock.now())).ok).toBe(true)
  }
  const balance = async ({ memberId }: Subscriber) => {
    await house.rooms.entitlements.drain()
    return house.rooms.entitlements.wallet(memberId, house.clock.now())
  }

  test('S15 F17: a text, texts and tokens are embedded, and the balance pays what the upstream has read, to the micro', async () => {
    const member = await house.subscriber('lite')
    await topUp(member, 1)
    let tokens = 0
    for (const [input, count, read10] of [
      [TEXT, 1, 10],
      [[TEXT, TEXT, 'another'], 3, 22],
      [[11, 12, 13], 1, 3],
      [[[11, 12], [13]], 2, 3],
    ] as const) {
      const heard = await embed(member.key, { input })
      const { data, usage, model } = read(heard)
      expect([heard.status, model, data.length, usage?.prompt_tokens]).toEqual([200, 'embedding-3', count, read10])
      expect(data.map(({ index }) => index)).toEqual(Array.from({ length: count }, (_, at) => at))
      const receipt = await receiptOf(house, heard.id)
      expect(receipt).toMatchObject({
        ending: 'completed',
        billable: true,
        charge: 0,
        list_price: read10 * MICROS_A_TOKEN,
        details: { tokensFrom: 'upstream', admission: { purse: { kind: 'balance' }, path: '/api/paas/v4/embeddings' } },
      })
      tokens += read10
    }
    expect(await balance(member)).toMatchObject({ balance: YUAN - tokens * MICROS_A_TOKEN, reserved: 0 })
  })

  test('vectors have the length and the form that were asked for, and the same text has the same vector', async () => {
    const member = await house.subscriber()
    await topUp(member, 1)
    const floats = read(await embed(member.key, { input: TEXT, dimensions: 16 })).data[0]?.embedding as number[]
    const packed = read(await embed(member.key, { input: [TEXT], dimensions: 16, encoding_format: 'base64' }))
    const bytes = Uint8Array.from(Buffer.from(packed.data[0]?.embedding as string, 'base64'))
    expect(floats).toHaveLength(16)
    expect([...new Float32Array(bytes.buffer)]).toEqual(floats)
    expect(Math.hypot(...floats)).toBeCloseTo(1)
  })

  test('F01 F04: an upstream that counts nothing is estimated by what it was sent, never by the size of its vectors', async () => {
    const member = await house.subscriber()
    await topUp(member, 1)
    const heard = await embed(member.key, { input: TEXT }, { 'accept-language': 'en' })
    const uncounted = await embed(member.key, { input: `${TEXT} [[fault=nousage]]` })
    const receipt = await receiptOf(house, uncounted.id)
    expect(receipt).toMatchObject({ output_tokens: 0, details: { tokensFrom: 'estimate' } })
    expect(receipt.list_price).toBeGreaterThan(0)
    expect(receipt.list_price).toBeLessThan(4 * (await receiptOf(house, heard.id)).list_price)
  })

  test('F03 F10: what fails costs nothing; sent again with its Idempotency-Key, what was answered is charged once', async () => {
    const member = await house.subscriber()
    await topUp(member, 1)
    expect((await embed(member.key, { input: 'fails [[fault=500]]' })).status).toBe(502)
    expect(errorOf(await embed(member.key, { input: 'too long [[fault=full]]' })).code).toBe('1261')
    expect(await balance(member)).toMatchObject({ balance: YUAN, reserved: 0 })
    const once = { 'idempotency-key': 'the same' }
    const [first, again] = [
      await embed(member.key, { input: TEXT }, once),
      await embed(member.key, { input: TEXT }, once),
    ]
    expect(again?.text).toBe(first?.text)
    expect(await balance(member)).toMatchObject({ balance: YUAN - 10 * MICROS_A_TOKEN })
  })

  test('S15: without balance it is 1113; a plan does not pay for it, is told so, and its own base has no embeddings', async () => {
    const member = await house.subscriber('pro')
    const heard = await embed(member.key, { input: TEXT })
    expect([heard.status, errorOf(heard).code, heard.headers['x-should-retry']]).toEqual([429, '1113', 'false'])
    expect(errorOf(heard)).toMatchObject({
      message: expect.stringContaining('Embeddings are not part of your GLM Coding Pro plan'),
      detail: { plan: 'GLM Coding Pro', helps: ['top_up'] },
    })
    expect(errorOf(heard)).not.toHaveProperty('detail.plan_bases')
    const chinese = await embed(member.key, { input: TEXT }, { 'accept-language': 'zh-CN' })
    expect(errorOf(chinese).message).toContain('套餐不含向量')
    const onPlan = await embed(member.key, { input: TEXT }, {}, '/api/coding/paas/v4')
    expect([onPlan.status, errorOf(onPlan).code]).toEqual([404, '1222'])
    expect((await embed('wrong', { input: TEXT })).status).toBe(401)
  })

  test('1212: a model that embeds does not talk, another does not embed, and both are told who does', async () => {
    const member = await house.subscriber('max')
    await topUp(member, 1)
    const embedding = await embed(member.key, { model: 'glm-4.7', input: TEXT })
    expect([embedding.status, errorOf(embedding).code]).toEqual([400, '1212'])
    expect(errorOf(embedding)).toMatchObject({ detail: { method: 'embeddings', models: ['embedding-3'] } })
    for (const wire of ['anthropic', 'openai', 'responses'] as const) {
      const talk = await ask(house.url, member.key, { wire, text: 'hello', model: 'Embedding-3' })
      expect([talk.status, errorOf(talk).code]).toEqual([400, '1212'])
    }
    expect(errorOf(await embed(member.key, { model: 'embedding-9', input: TEXT })).code).toBe('1211')
    expect(errorOf(await embed(member.key, {}))).toMatchObject({ code: '1213', detail: { field: 'input' } })
    expect(errorOf(await embed(member.key, { input: [] }))).toMatchObject({ code: '1214', detail: { field: 'input' } })
  })

  test('the balance’s list of models has it, the plan’s has not', async () => {
    const member = await house.subscriber('max')
    const models = async (base: string): Promise<readonly string[]> => {
      const heard = await send(`${house.url}${base}/models`, { headers: { authorization: member.key } })
      return (JSON.parse(heard.text) as { data: { id: string }[] }).data.map(({ id }) => id)
    }
    expect(await models('/api/paas/v4')).toContain('embedding-3')
    expect(await models('/api/coding/paas/v4')).not.toContain('embedding-3')
  })
})

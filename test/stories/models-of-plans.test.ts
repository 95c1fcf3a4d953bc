import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { ask, BASE, errorOf, send, WIRES, type Wire } from '../house/ask.ts'
import { drawn, receiptOf } from '../house/books.ts'
import { openHouse, type House } from '../house/house.ts'

const LITE_MODELS = ['glm-4.7', 'glm-4.6', 'glm-4.5', 'glm-4.5-air', 'glm-4.6v']
const litePart = /(id: lite[\s\S]*?models: \[)/

describe('the models of a plan', () => {
  let house: House
  beforeAll(async () => {
    house = await openHouse()
  })
  afterAll(() => house.close())

  test('S1: Lite that asks for GLM-5 hears 1311 in the shape of the base, and nothing is drawn', async () => {
    const member = await house.subscriber('lite')
    const anthropic = await ask(house.url, member.key, { model: 'glm-5', text: 'hello' })
    expect(anthropic.status).toBe(429)
    expect(anthropic.headers['x-should-retry']).toBe('false')
    const words = 'Your current subscription plan does not yet include access to glm-5'
    const body = JSON.parse(anthropic.text)
    expect(body).toMatchObject({ type: 'error', error: { type: 'rate_limit_error', code: '1311' } })
    expect(body.error.message.startsWith(`[1311][${words}`)).toBe(true)
    expect(body.error.message.endsWith(`][${anthropic.id}]`)).toBe(true)
    expect(body.request_id).toBe(anthropic.id)

    const openai = await ask(house.url, member.key, { model: 'glm-5', text: 'hello', wire: 'openai' })
    expect(openai.status).toBe(429)
    expect(errorOf(openai).code).toBe('1311')
    expect(errorOf(openai).message.startsWith(words)).toBe(true)
    expect(JSON.parse(openai.text).type).toBeUndefined()

    const streamed = await ask(house.url, member.key, { model: 'glm-5', text: 'hello', stream: true })
    expect([streamed.status, errorOf(streamed).code]).toEqual([429, '1311'])
    expect((await drawn(house, member)).week.used).toBe(0)
    expect(house.upstream.calls()).toHaveLength(0)
  })

  test('S1: granted Pro, the same call of the same person works on both wires', async () => {
    const member = await house.subscriber('lite')
    expect((await ask(house.url, member.key, { model: 'glm-5', text: 'hello' })).status).toBe(429)
    await house.rooms.entitlements.grant(
      { memberId: member.memberId, plan: 'pro', months: 1, source: 'grant' },
      house.clock.now(),
    )
    for (const wire of WIRES) {
      const heard = await ask(house.url, member.key, { model: 'glm-5', text: `hello ${wire}`, wire })
      expect([wire, heard.status, heard.headers['x-codeplan-plan']]).toEqual([wire, 200, 'pro'])
    }
  })

  test('S1: GLM-5 opened to Lite by an applied catalog works for running subscribers at once', async () => {
    const lite = await house.subscriber('lite')
    expect((await ask(house.url, lite.key, { model: 'glm-5', text: 'hello' })).status).toBe(429)
    await house.applyCatalog((source) => source.replace(litePart, '$1glm-5, '))
    try {
      const heard = await ask(house.url, lite.key, { model: 'glm-5', text: 'hello' })
      expect([heard.status, heard.headers['x-codeplan-multiplier']]).toEqual([200, '2'])
      expect(await listed(house, lite.key, 'openai')).toEqual(['glm-5', ...LITE_MODELS])
      await house.applyCatalog((source) => source)
      expect((await ask(house.url, lite.key, { model: 'glm-5', text: 'hello again' })).status).toBe(429)
    } finally {
      await house.applyCatalog((source) => source)
    }
  })

  test('S1: a plan whose models are not live keeps the models that were bought', async () => {
    const frozen = (source: string) => source.replace('    models_live: true', '    models_live: false')
    await house.applyCatalog(frozen)
    try {
      const lite = await house.subscriber('lite')
      await house.applyCatalog((source) => frozen(source).replace(litePart, '$1glm-5, '))
      expect((await ask(house.url, lite.key, { model: 'glm-5', text: 'hello' })).status).toBe(429)
      const later = await house.subscriber('lite')
      expect((await ask(house.url, later.key, { model: 'glm-5', text: 'hello' })).status).toBe(200)
    } finally {
      await house.applyCatalog((source) => source)
    }
  })

  test('F30: a running subscription keeps price, windows and concurrency of its plan version; a new one buys the new', async () => {
    const before = await house.subscriber('lite')
    await house.applyCatalog((source) =>
      source
        .replace('hours: 5, prompts: 80 ', 'hours: 5, prompts: 3 ')
        .replace('month: "49.00"', 'month: "59.00"')
        .replace('concurrency: 5 ', 'concurrency: 2 '),
    )
    try {
      const after = await house.subscriber('lite')
      const limits = []
      for (const { key } of [before, after]) {
        const heard = await ask(house.url, key, { text: 'which plan is mine?' })
        limits.push(heard.headers['x-codeplan-five-hour-limit'])
      }
      expect(limits).toEqual(['80', '3'])
      const bought = []
      for (const { memberId } of [before, after]) {
        const [standing] = await house.rooms.entitlements.standings(memberId, house.clock.now())
        bought.push([standing?.terms.prices.month, standing?.terms.concurrencyMax])
      }
      expect(bought).toEqual([
        ['49.00', 5],
        ['59.00', 2],
      ])
    } finally {
      await house.applyCatalog((source) => source)
    }
  })

  test('S2: names that begin with claude- are served by the slot’s default, whatever their case', async () => {
    const { key } = await house.subscriber('lite')
    const slots: readonly (readonly [string, string])[] = [
      ['claude-opus-4-20250514', 'glm-4.7'],
      ['claude-sonnet-4-5', 'glm-4.7'],
      ['claude-3-5-haiku-20241022', 'glm-4.5-air'],
      ['claude-something-new', 'glm-4.7'],
      ['Claude-3-5-Haiku-Latest', 'glm-4.5-air'],
      ['GLM-4.7', 'glm-4.7'],
      ['GLM-4.5-Air', 'glm-4.5-air'],
    ]
    for (const [asked, served] of slots) {
      for (const wire of WIRES) {
        const heard = await ask(house.url, key, { model: asked, text: `${asked} ${wire}`, wire })
        expect([asked, heard.status]).toEqual([asked, 200])
        expect(house.upstream.calls().at(-1)?.model).toBe(served)
        const receipt = await receiptOf(house, heard.id)
        expect(receipt.model).toBe(served)
      }
    }
  })

  test('S2: GLM-5 set in settings.json is GLM-5', async () => {
    const { key } = await house.subscriber('pro')
    for (const model of ['glm-5', 'GLM-5']) {
      expect((await ask(house.url, key, { model, text: `for ${model}` })).status).toBe(200)
      expect(house.upstream.calls().at(-1)?.model).toBe('glm-5')
    }
  })

  test('S1: the list of models on each base is what the caller’s plan may use', async () => {
    const lite = await house.subscriber('lite')
    const pro = await house.subscriber('pro')
    for (const wire of WIRES) {
      expect(await listed(house, lite.key, wire)).toEqual(LITE_MODELS)
      expect(await listed(house, pro.key, wire)).toEqual(['glm-5', ...LITE_MODELS])
    }
    const nobody = await house.subscriber()
    expect(await listed(house, nobody.key, 'openai')).toEqual([])
  })

  test('F33: of two running plans the list of models speaks of the one that calls draw on', async () => {
    const member = await house.subscriber('lite', 12)
    await house.rooms.entitlements.grant(
      { memberId: member.memberId, plan: 'pro', months: 1, source: 'grant' },
      house.clock.now(),
    )
    expect((await ask(house.url, member.key, { model: 'glm-5', text: 'hello' })).headers['x-codeplan-plan']).toBe('pro')
    expect(await listed(house, member.key, 'anthropic')).toContain('glm-5')
  })
})

async function listed(house: House, key: string, wire: Wire): Promise<readonly string[]> {
  const path = wire === 'anthropic' ? '/v1/models?limit=100' : '/models/'
  const heard = await send(house.url + BASE[wire] + path, { headers: { 'x-api-key': key } })
  expect(heard.status).toBe(200)
  return (JSON.parse(heard.text) as { data: { id: string }[] }).data.map(({ id }) => id)
}

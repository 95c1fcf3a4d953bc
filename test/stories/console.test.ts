import { plansSchema, startSchema } from '@codeplan/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { ask } from '../house/ask.ts'
import { openHouse, type House } from '../house/house.ts'
import { newPerson, visitor } from '../house/visitor.ts'

describe('what the console asks first', () => {
  let house: House
  beforeAll(async () => {
    house = await openHouse({ at: '2026-03-02T15:00:00+08:00' })
  })
  afterAll(() => house.close())
  const plans = async () => plansSchema.parse((await visitor(house).get('/plans')).json)

  test('a visitor hears whose console it is, who is signed in hears of himself alone', async () => {
    const nobody = startSchema.parse((await visitor(house).get('/start')).json)
    expect(nobody).toMatchObject({ me: null, teams: false, sign_up: true, operator: { zone: 'Asia/Shanghai' } })
    const browser = await newPerson(house, 'yi@example.org')
    const own = startSchema.parse((await browser.get('/start')).json)
    expect(own.me?.email).toBe('yi@example.org')
  })

  test('F25: plans are shown as they are sold, multipliers as they are charged, now and next', async () => {
    const { plans: sold, models } = await plans()
    expect(sold.map(({ id }) => id)).toEqual(['lite', 'pro', 'max'])
    expect(sold[0]).toMatchObject({
      windows: [
        { hours: 5, allowance: 80 },
        { hours: 168, allowance: 400 },
      ],
      prices: [{ cycle: 'month', months: 1, price: { amount: '49.00', currency: 'CNY' } }, {}, {}],
    })
    const glm5 = models.find(({ id }) => id === 'glm-5')
    expect(glm5).toMatchObject({ multiplier: 3, next_multiplier: { factor: 2, at: '2026-03-02T10:00:00.000Z' } })
  })

  test('S1: a model that the operator opens to a plan is shown in it at once', async () => {
    const has = async () => (await plans()).plans[0]?.models.includes('glm-5')
    expect(await has()).toBe(false)
    await house.applyCatalog((source) => source.replace('models: [glm-4.7,', 'models: [glm-5, glm-4.7,'))
    expect(await has()).toBe(true)
  })

  test('S11: what a month is worth is told from what units were worth here, and not from a handful of them', async () => {
    const { key } = await house.subscriber('max')
    const text = 'a question of some length '.repeat(200)
    await ask(house.url, key, { text, model: 'glm-5' })
    await house.rooms.entitlements.drain()
    house.clock.advance(3_600_001)
    expect((await plans()).plans[2]?.value).toBeNull()
    for (let i = 0; i < 40; i++) await ask(house.url, key, { text: `${i} ${text}`, model: 'glm-5' })
    await house.rooms.entitlements.drain()
    house.clock.advance(3_600_001)
    const value = (await plans()).plans[2]?.value
    expect(value?.times_fee).toBeGreaterThan(0)
  })
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { ask, begin, readAll, type Heard } from '../house/ask.ts'
import { drawn, receiptOf } from '../house/books.ts'
import { openHouse, type House } from '../house/house.ts'

const SECOND_MS = 1_000
const HOUR_MS = 3_600_000

describe('the multiplier of GLM-5', () => {
  let house: House
  beforeAll(async () => {
    house = await openHouse({ at: '2026-03-02T13:59:59+08:00' })
  })
  afterAll(() => house.close())

  const factor = async (key: string, text: string, model = 'glm-5'): Promise<string | undefined> => {
    const heard: Heard = await ask(house.url, key, { model, text })
    expect(heard.status).toBe(200)
    return heard.headers['x-codeplan-multiplier'] as string
  }

  test('S3 F21 F22: 2× until 13:59:59, 3× from 14:00:00 to 17:59:59 in UTC+8, 2× from 18:00:00', async () => {
    const member = await house.subscriber('pro')
    expect(await factor(member.key, 'at 13:59:59')).toBe('2')
    house.clock.advance(SECOND_MS)
    expect(await factor(member.key, 'at 14:00:00')).toBe('3')
    expect(await factor(member.key, 'another model at 14:00:00', 'glm-4.7')).toBe('1')
    expect((await drawn(house, member)).five_hour.settled).toBe(2 + 3 + 1)
    house.clock.advance(4 * HOUR_MS - SECOND_MS)
    expect(await factor(member.key, 'at 17:59:59')).toBe('3')
    house.clock.advance(SECOND_MS)
    expect(await factor(member.key, 'at 18:00:00')).toBe('2')
    expect((await drawn(house, member)).five_hour.settled).toBe(2 + 3 + 1 + 3 + 2)
    house.clock.advance(20 * HOUR_MS - SECOND_MS)
    // The next day, and not only on working days: 2026-03-07 is a Saturday.
    for (let day = 3; day <= 7; day++) {
      expect([day, await factor(member.key, `day ${day} at 13:59:59`)]).toEqual([day, '2'])
      house.clock.advance(SECOND_MS)
      expect([day, await factor(member.key, `day ${day} at 14:00:00`)]).toEqual([day, '3'])
      house.clock.advance(24 * HOUR_MS - SECOND_MS)
    }
  })

  test('F21 F20: a call admitted at 13:59:59 that ends in peak hours is settled at 2×', async () => {
    house.clock.advance(-((house.clock.now() + 8 * HOUR_MS) % (24 * HOUR_MS)) + 38 * HOUR_MS - SECOND_MS)
    const member = await house.subscriber('pro')
    const text = 'a long answer [[fault=rate:30]]'
    const call = await begin(house.url, member.key, { model: 'glm-5', text, stream: true })
    expect(call.headers['x-codeplan-multiplier']).toBe('2')
    house.clock.advance(2 * SECOND_MS)
    await readAll(call)
    const receipt = await receiptOf(house, String(call.headers['x-request-id']))
    expect([receipt.multiplier, receipt.charge, receipt.ending]).toEqual([2000, 2_000_000, 'completed'])
    expect((await drawn(house, member)).five_hour).toMatchObject({ used: 2, settled: 2 })
    // A call of the same question after the change: the prompt costs its dearest call, not the sum.
    expect(await factor(member.key, text)).toBe('3')
    expect((await drawn(house, member)).five_hour).toMatchObject({ used: 3, settled: 3 })
  })
})

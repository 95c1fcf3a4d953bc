import { afterAll, beforeAll, expect, test } from 'vitest'

import { DAY_MS, HOUR_MS } from '@codeplan/core'

import { ask } from '../../../../test/house/ask.ts'
import { drawn } from '../../../../test/house/books.ts'
import { openHouse, type House } from '../../../../test/house/house.ts'
import { sql } from '../platform/index.ts'
import { makePlanHours } from './plan-hours.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

test('hours of the last day are asked for anew each time, older ones once', async () => {
  const member = await house.subscriber('lite')
  const { queries } = house.rooms.db
  const planHours = makePlanHours(queries)
  const from = Math.floor(house.clock.now() / HOUR_MS) * HOUR_MS
  const calls = async (): Promise<number[]> => {
    const rows = await planHours({ from: from - DAY_MS, to: from + 4 * DAY_MS }, house.clock.now())
    return rows.map((row) => row.calls)
  }
  const call = async (text: string): Promise<void> => {
    expect((await ask(house.url, member.key, { text })).status).toBe(200)
    await drawn(house, member)
  }
  await call('first')
  expect(await calls()).toEqual([1])
  await call('second')
  expect(await calls()).toEqual([2])
  house.clock.advance(2 * DAY_MS)
  expect(await calls()).toEqual([2])
  await sql`update usage_hours set calls = 9`.execute(queries)
  await call('third')
  expect(await calls()).toEqual([2, 1])
})

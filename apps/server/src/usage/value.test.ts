import { afterAll, beforeAll, expect, test } from 'vitest'

import { DAY_MS } from '@codeplan/core'

import { ask, send } from '../../../../test/house/ask.ts'
import { drawn, receiptOf } from '../../../../test/house/books.ts'
import { openHouse, type House } from '../../../../test/house/house.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

test('S11: the value of each period that a span touches is what its receipts cost at list prices', async () => {
  const member = await house.subscriber('lite', 3)
  const bought = house.clock.now()
  const prices: number[] = []
  for (let month = 0; month < 3; month++) {
    for (let n = 0; n <= month; n++) {
      const { id } = await ask(house.url, member.key, { text: `month ${month} question ${n}` })
      prices[month] = (prices[month] ?? 0) + (await receiptOf(house, id)).list_price / 1e8
    }
    if (month < 2) house.clock.advance(31 * DAY_MS)
  }
  await drawn(house, member)
  const value = async (query: string): Promise<number[]> => {
    const { text } = await send(`${house.url}/api/usage/v1/value${query}`, {
      headers: { authorization: `Bearer ${member.key}` },
    })
    const { subscriptions } = JSON.parse(text) as { subscriptions: [{ periods: { list_price: number }[] }] }
    return subscriptions[0].periods.map((period) => period.list_price)
  }
  const at = (days: number): string => new Date(bought + days * DAY_MS).toISOString()
  const [first = 0, second = 0, third = 0] = prices
  expect(await value(`?from=${at(-1)}`)).toEqual([first, second, third].map((price) => expect.closeTo(price, 8)))
  expect(await value(`?from=${at(32)}&to=${at(40)}`)).toEqual([expect.closeTo(second, 8)])
  // Without a span: the last 30 days.
  expect(await value('')).toEqual([second, third].map((price) => expect.closeTo(price, 8)))
  expect(Math.min(first, second, third)).toBeGreaterThan(0)
})

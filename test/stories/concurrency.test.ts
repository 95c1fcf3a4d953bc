import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { ask, begin, errorOf, readAll } from '../house/ask.ts'
import { drawn } from '../house/books.ts'
import { openHouse, type House } from '../house/house.ts'

describe('calls at the same time', () => {
  let house: House
  beforeAll(async () => {
    house = await openHouse({ catalog: (source) => source.replace('concurrency: 5 ', 'concurrency: 1 ') })
  })
  afterAll(() => house.close())

  test('F71: a call that has ended takes no place any more, so who asks one after the other is never refused', async () => {
    const member = await house.subscriber('lite')
    const heard = []
    for (let n = 0; n < 10; n++)
      heard.push((await ask(house.url, member.key, { text: `one after the other ${n}` })).status)
    expect(heard).toEqual(heard.map(() => 200))
    expect((await drawn(house, member)).inFlight).toBe(0)
  })

  test('F90: beyond the concurrency of the plan it is 1302 with a wait that tools obey; the running call goes on', async () => {
    const member = await house.subscriber('lite')
    const running = await begin(house.url, member.key, { text: 'long [[fault=tokens:40,rate:80]]', stream: true })
    const refused = await ask(house.url, member.key, { text: 'at the same time', wire: 'openai' })
    expect([refused.status, errorOf(refused).code]).toEqual([429, '1302'])
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    expect(refused.headers['x-should-retry']).toBeUndefined()
    expect(await readAll(running)).toContain('message_stop')
    expect((await drawn(house, member)).five_hour.used).toBe(1)
  })
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { ask, begin, beginUnheard, errorOf, readAll } from '../house/ask.ts'
import { drawn } from '../house/books.ts'
import { openHouse, type House } from '../house/house.ts'
import { metric } from '../house/metric.ts'
import { until } from '../house/until.ts'

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

  test('beyond the concurrency of the plan a call waits for one of its own to end, and then runs', async () => {
    const member = await house.subscriber('lite')
    const running = await begin(house.url, member.key, { text: 'long [[fault=tokens:40,rate:80]]', stream: true })
    const second = ask(house.url, member.key, { text: 'at the same time', wire: 'openai' })
    expect(await readAll(running)).toContain('message_stop')
    expect((await second).status).toBe(200)
    expect(house.upstream.peak()).toBe(1)
    expect((await drawn(house, member)).five_hour.used).toBe(2)
  })

  test('F72 F90: as many may wait as may run; the next one is 1302 at once, with a wait that tools obey', async () => {
    const member = await house.subscriber('lite')
    const running = await begin(house.url, member.key, { text: 'long [[fault=tokens:40,rate:40]]', stream: true })
    const [one, other] = [1, 2].map((n) => ask(house.url, member.key, { text: `waits ${n}`, wire: 'openai' }))
    const refused = await Promise.race([one, other])
    expect([refused?.status, refused && errorOf(refused).code]).toEqual([429, '1302'])
    expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0)
    expect(refused?.headers['x-should-retry']).toBeUndefined()
    await readAll(running)
    expect((await Promise.all([one, other])).map((heard) => heard?.status).toSorted()).toEqual([200, 429])
  })

  test('F72: who leaves while waiting frees the place in the line, and is neither admitted nor counted', async () => {
    const member = await house.subscriber('lite')
    const running = await begin(house.url, member.key, { text: 'long [[fault=tokens:60,rate:30]]', stream: true })
    const gone = beginUnheard(house.url, member.key, { text: 'leaves' })
    await until('it waits', async () => (await metric(house, 'codeplan_calls_waiting_own')) === 1)
    gone.hangUp()
    await until('it has left', async () => (await metric(house, 'codeplan_calls_waiting_own')) === 0)
    const waits = ask(house.url, member.key, { text: 'stays' })
    await readAll(running)
    expect((await waits).status).toBe(200)
    expect((await drawn(house, member)).five_hour.used).toBe(2)
    expect(house.upstream.calls().some((call) => call.prompt === 'leaves')).toBe(false)
  })

  test('F90: who has waited as long as the catalog allows hears 1302; the running call goes on', async () => {
    const member = await house.subscriber('lite')
    const running = await begin(house.url, member.key, { text: 'long [[fault=tokens:90,rate:30]]', stream: true })
    const late = ask(house.url, member.key, { text: 'in vain' })
    await until('it waits', async () => (await metric(house, 'codeplan_calls_waiting_own')) === 1)
    house.clock.advance(20_000)
    const refused = await late
    expect([refused.status, errorOf(refused).code]).toEqual([429, '1302'])
    expect(await readAll(running)).toContain('message_stop')
    expect((await drawn(house, member)).five_hour.used).toBe(1)
  })

  test('at the hours that a plan names, its other number of calls may run', async () => {
    const peak =
      'concurrency: 1 \n    concurrency_hours: [{ zone: Asia/Shanghai, from: "09:00", to: "10:00", calls: 2 }]'
    await house.applyCatalog((source) =>
      source.replace('concurrency: 1 ', peak).replace('wait_ms_max: 20000', 'wait_ms_max: 0'),
    )
    const member = await house.subscriber('lite')
    const running = await begin(house.url, member.key, { text: 'long [[fault=tokens:60,rate:30]]', stream: true })
    expect((await ask(house.url, member.key, { text: 'peak' })).status).toBe(200)
    house.clock.set(3_600_000)
    const refused = await ask(house.url, member.key, { text: 'after the peak' })
    expect([refused.status, errorOf(refused).code, errorOf(refused)]).toMatchObject([
      429,
      '1302',
      { detail: { limit: 1 } },
    ])
    await readAll(running)
  })
})

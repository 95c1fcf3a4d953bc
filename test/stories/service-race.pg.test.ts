import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { ask } from '../house/ask.ts'
import { drawn, faultsOfBooks } from '../house/books.ts'
import { callTool } from '../house/mcp.ts'
import { openHouse, type House } from '../house/house.ts'

const ALLOWANCE = 25
const RACERS = 60

describe('F88: calls of services and of models at the same moment', () => {
  let house: House
  beforeAll(async () => {
    house = await openHouse({
      catalog: (source) =>
        source
          .replaceAll(/calls: 4000, per: month/g, `calls: ${ALLOWANCE}, per: month`)
          .replace('per_minute: 60 ', 'per_minute: 100000 ')
          .replace('concurrency: 5               # of a', 'concurrency: 1000            # of a')
          .replaceAll(/concurrency: 30\b/g, 'concurrency: 1000'),
    })
  })
  afterAll(() => house.close())

  const search = (key: string, i: number) =>
    callTool(house, '/api/mcp/web_search_prime/mcp', key, 'webSearchPrime', { search_query: `locks ${i % 3}` })

  test('exactly the allowance is let in, every model call counts, and neither moves the other', async () => {
    const member = await house.subscriber('max')
    const [services, models] = await Promise.all([
      Promise.all(Array.from({ length: RACERS }, (_, i) => search(member.key, i))),
      Promise.all(Array.from({ length: RACERS }, (_, i) => ask(house.url, member.key, { text: `question ${i}` }))),
    ])
    expect(services.filter(({ error }) => !error)).toHaveLength(ALLOWANCE)
    expect(new Set(services.flatMap(({ error }) => (error ? [error.message.slice(0, 24)] : [])))).toEqual(
      new Set(['{"error":{"code":"1310",']),
    )
    expect(models.filter(({ status }) => status === 200)).toHaveLength(RACERS)
    expect((await drawn(house, member)).five_hour.used).toBe(RACERS)
    const standing = await house.rooms.entitlements.standing(member.memberId, house.clock.now())
    expect(standing?.services.find(({ service }) => service === 'web_search')?.used).toBe(ALLOWANCE)
    expect(await faultsOfBooks(house)).toEqual([])
  })

  test('what fails in a race is given back, once each: the last call is still there', async () => {
    const member = await house.subscriber('max')
    const take = (id: string) =>
      house.rooms.entitlements.takeService({
        id,
        memberId: member.memberId,
        keyId: 'key_none',
        service: 'web_reader',
        path: '/',
        pays: 'plan',
        msMax: 60_000,
      })
    const taken = await Promise.all(Array.from({ length: RACERS }, (_, i) => take(`race-${i}`)))
    const ids = taken.flatMap((one) => (one.ok ? [one.value.id] : []))
    expect(ids).toHaveLength(ALLOWANCE)
    // Each end is said three times, at once, and not always the same.
    await Promise.all(
      ids.flatMap((id, i) =>
        [false, i % 2 === 0, false].map((counted) => house.rooms.entitlements.endService(id, { counted, details: {} })),
      ),
    )
    expect(await faultsOfBooks(house)).toEqual([])
    const standing = await house.rooms.entitlements.standing(member.memberId, house.clock.now())
    const used = standing?.services.find(({ service }) => service === 'web_reader')?.used ?? 0
    const more = await Promise.all(Array.from({ length: RACERS }, (_, i) => take(`more-${i}`)))
    expect(more.filter(({ ok }) => ok)).toHaveLength(ALLOWANCE - used)
  })

  test('the concurrency of the services is exact, and not that of the models', async () => {
    const member = await house.subscriber('pro')
    await house.applyCatalog((source) =>
      source.replace('concurrency: 1000            # of a', 'concurrency: 5               # of a'),
    )
    const wish = (id: string) =>
      house.rooms.entitlements.takeService({
        id,
        memberId: member.memberId,
        keyId: 'key_none',
        service: 'web_search',
        path: '/',
        pays: 'plan',
        msMax: 60_000,
      })
    const taken = await Promise.all(Array.from({ length: 30 }, (_, i) => wish(`side-${i}`)))
    expect(taken.filter(({ ok }) => ok)).toHaveLength(5)
    expect(taken.find((one) => !one.ok)).toMatchObject({ no: { code: 'too_many_service_calls', limit: 'concurrency' } })
    expect((await ask(house.url, member.key, { text: 'and a model call' })).status).toBe(200)
    // A node that dies leaves them open: another one gives them back.
    house.clock.advance(120_000)
    await house.rooms.entitlements.recover()
    expect((await wish('after')).ok).toBe(true)
    expect(await faultsOfBooks(house)).toEqual([])
  })
})

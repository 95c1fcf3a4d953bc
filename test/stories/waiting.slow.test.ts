import { setImmediate } from 'node:timers/promises'

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'

import { capacityCommand } from '../../apps/server/src/commands/capacity.ts'
import { ask, beginUnheard, errorOf, WIRES, type Heard, type Wire } from '../house/ask.ts'
import { drawn, faultsOfBooks, lastReceipt, receiptOf } from '../house/books.ts'
import { makeDice, newSeed } from '../house/dice.ts'
import { openHouse, type House, type HouseOptions, type Subscriber } from '../house/house.ts'
import { metric } from '../house/metric.ts'
import { until } from '../house/until.ts'

let house: House
afterAll(() => house.close())

/** A house whose GLM-4.7 has so many places and room to wait, and people who may have as many calls as they like. */
async function open(places: number, waitingMax: number, options: HouseOptions = {}): Promise<void> {
  house = await openHouse({
    ...options,
    catalog: (source) =>
      source
        .replace('waiting_max: 200 ', `waiting_max: ${waitingMax} `)
        .replaceAll(/concurrency: (5|10|30)\b/g, 'concurrency: 1000')
        .replace('queue_weight: 2\n', 'queue_weight: 2\n    tool_policy: lower_priority\n')
        .replace('sandbox-openai, model: glm-4.7 }', `sandbox-openai, model: glm-4.7, concurrency: ${places} }`),
  })
}
const waiting = (): Promise<number> => metric(house, 'codeplan_calls_waiting', 'model="glm-4.7"')
const inUse = (): Promise<number> => metric(house, 'codeplan_places_in_use', 'model="glm-4.7"')
/** Occupies the places until it hangs up. */
async function occupy(key: string, places: number) {
  const calls = Array.from({ length: places }, (_, n) => beginUnheard(house.url, key, { text: `${n} [[fault=never]]` }))
  await until('all places are taken', async () => (await inUse()) === places)
  return calls
}

describe('ten places', () => {
  test('100 callers of three tiers: as places become free they go to Max, Pro and Lite by their weights', async () => {
    await open(10, 200)
    const blocker = await house.subscriber('max')
    const blockers = await occupy(blocker.key, 10)
    const tiers = ['lite', 'pro', 'max'] as const
    const callers = await Promise.all(Array.from({ length: 99 }, (_, n) => house.subscriber(tiers[n % 3])))
    const answers: Promise<Heard>[] = []
    for (const [n, { key }] of callers.entries())
      answers.push(
        ask(house.url, key, { wire: WIRES[(n >> 2) % 2] as Wire, text: `tier ${tiers[n % 3]} [[fault=late:20]]` }),
      )
    await until('all wait', async () => (await waiting()) === 99, 20_000)
    for (const call of blockers) call.hangUp()
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(callers.map(() => 200))
    const order = house.upstream.calls().flatMap(({ prompt }) => /tier (\w+)/.exec(prompt)?.[1] ?? [])
    expect(order).toHaveLength(99)
    // While all three wait (Max runs out first) the shares are 4 : 2 : 1; calls reach the engine nearly in their order.
    const share = (tier: string): number => order.slice(0, 56).filter((one) => one === tier).length
    for (const [tier, due] of Object.entries({ max: 32, pro: 16, lite: 8 }))
      expect([tier, Math.abs(share(tier) - due) <= 1]).toEqual([tier, true])
    expect([await waiting(), await inUse(), house.upstream.peak()]).toEqual([0, 0, 10])
    expect(await faultsOfBooks(house)).toEqual([])
  }, 120_000)

  test('lower_priority: while tools that are known wait too, one of three places of their plan goes to unknown ones; alone they wait no longer than others', async () => {
    const before = house.upstream.calls().length
    const blocker = await house.subscriber('max')
    const blockers = await occupy(blocker.key, 10)
    const callers = await Promise.all(Array.from({ length: 60 }, () => house.subscriber('pro')))
    const answers = callers.map(({ key }, n) => {
      const known = n % 2 === 0
      const headers = known ? {} : { 'user-agent': 'OpenAI/JS 7.57.0' }
      return ask(house.url, key, { headers, text: `by ${known ? 'known' : 'unknown'} [[fault=late:20]]` })
    })
    await until('all wait', async () => (await waiting()) === 60, 20_000)
    for (const call of blockers) call.hangUp()
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(callers.map(() => 200))
    const order = house.upstream
      .calls()
      .slice(before)
      .flatMap(({ prompt }) => /by (\w+)/.exec(prompt)?.[1] ?? [])
    expect(order).toHaveLength(60)
    const unknown = order.slice(0, 42).filter((one) => one === 'unknown').length
    expect(Math.abs(unknown - 14)).toBeLessThanOrEqual(1)
    // The known ones are through: what is left is theirs, with no pause.
    expect(order.slice(48)).toEqual(Array.from({ length: 12 }, () => 'unknown'))
  }, 120_000)
})

describe('one place and room for one to wait', () => {
  let blockers: readonly { hangUp(): void }[] = []
  let blocker: Subscriber
  beforeAll(async () => {
    await house.close()
    await open(1, 1)
    blocker = await house.subscriber('max')
  })
  const take = async (): Promise<void> => {
    blockers = await occupy(blocker.key, 1)
  }
  const leave = (): void => {
    for (const call of blockers) call.hangUp()
  }
  afterEach(async () => {
    leave()
    await until('nothing runs', () => house.app.gateway.inFlight() === 0)
  })

  test('places in use, waits and refusals are kept by model and hour, summed in memory and written whole', async () => {
    await take()
    const waits = ask(house.url, blocker.key, { text: 'waits' })
    await until('it waits', async () => (await waiting()) === 1)
    expect((await ask(house.url, blocker.key, { text: 'full' })).status).toBe(429)
    house.clock.advance(3_000)
    const hours = async () => {
      await house.app.gateway.writeCapacity()
      const shown = await capacityCommand.run(house.rooms, { words: [], options: {}, input: undefined })
      if (!shown.ok) throw new Error(shown.why)
      return (shown.data as { hours: Record<string, unknown>[] }).hours
    }
    await until('the time is measured', async () => (await hours())[0]?.in_use !== 0)
    leave()
    expect((await waits).status).toBe(200)
    const expected = {
      hour_at: '2026-03-02T01:00:00.000Z',
      model: 'glm-4.7',
      places: 1,
      in_use: 1,
      in_use_peak: 1,
      calls: 2,
      retries: 0,
      waiting: 1,
      waiting_peak: 1,
      waited: 1,
      wait_ms: 3_000,
      wait_ms_max: 3_000,
      left: 0,
      refused: { full: 1, late: 0, own: 0 },
    }
    expect(await hours()).toEqual([expected])
    // Written again and again it is the same; the next hour is a row of its own.
    expect(await hours()).toEqual([expected])
    house.clock.advance(3_600_000)
    let n = 0
    await until('the next hour has begun', async () => {
      expect((await ask(house.url, blocker.key, { text: `later ${++n}` })).status).toBe(200)
      return (await hours()).length === 2
    })
    const shown = await hours()
    expect(shown.map(({ hour_at }) => hour_at)).toEqual([expected.hour_at, '2026-03-02T02:00:00.000Z'])
    expect(shown.reduce((sum, { calls }) => sum + Number(calls), 0)).toBe(2 + n)
  })

  test('F72: who leaves while waiting frees his place in the line, and nothing is counted', async () => {
    await take()
    const member = await house.subscriber('lite')
    const gone = beginUnheard(house.url, member.key, { text: 'leaves', stream: true })
    await until('it waits', async () => (await waiting()) === 1)
    gone.hangUp()
    await until('it has left', async () => (await waiting()) === 0)
    expect(await lastReceipt(house, member)).toMatchObject({ ending: 'client_left_early', billable: false, charge: 0 })
    leave()
    expect((await ask(house.url, member.key, { text: 'stays' })).status).toBe(200)
    expect(house.upstream.calls().map(({ prompt }) => prompt)).not.toContain('leaves')
    expect((await drawn(house, member)).five_hour).toMatchObject({ used: 1, settled: 1 })
  })

  test.each(WIRES)(
    'F72 F90: a full line refuses at once, a long wait at its end: 1305 with a small wait, uncounted (%s)',
    async (wire) => {
      await take()
      const member = await house.subscriber('lite')
      const late = ask(house.url, member.key, { wire, text: 'waits in vain', stream: true })
      await until('it waits', async () => (await waiting()) === 1)
      const full = await ask(house.url, member.key, { wire, text: 'finds the line full', stream: true })
      house.clock.advance(20_000)
      for (const refused of [full, await late]) {
        expect([refused.status, errorOf(refused).code]).toEqual([429, '1305'])
        expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(5)
        expect(refused.headers['x-should-retry']).toBeUndefined()
        expect(await receiptOf(house, refused.id)).toMatchObject({ ending: 'no_capacity', billable: false, charge: 0 })
      }
      expect((await drawn(house, member)).five_hour).toMatchObject({ used: 0, settled: 0 })
    },
  )

  test('a catalog that gives more places lets those who wait begin, without a restart', async () => {
    await take()
    const call = ask(house.url, blocker.key, { text: 'waits' })
    await until('it waits', async () => (await waiting()) === 1)
    await house.applyCatalog((source) => source.replace('glm-4.7, concurrency: 1 }', 'glm-4.7, concurrency: 2 }'))
    expect((await call).status).toBe(200)
  })
})

test('F71: after 400 calls that are answered, fail, break, leave in the line and at the engine, no place is taken', async () => {
  await house.close()
  await open(6, 12, { runningClock: true })
  const dice = makeDice(newSeed())
  const members = await Promise.all(['lite', 'pro', 'max'].map((plan) => house.subscriber(plan)))
  const faults = ['none', '500', '429', 'cut:0', 'cut:4', 'errorevent:2', 'restart', 'nousage', 'tokens:30,rate:400']
  const one = async (n: number): Promise<void> => {
    const { key } = dice.pick(members)
    const question = {
      wire: dice.pick(WIRES),
      text: `mixed ${n} [[fault=${dice.pick(faults)}]]`,
      stream: dice.chance(0.7),
    }
    if (dice.chance(0.7)) return void (await ask(house.url, key, question).catch(() => undefined))
    const call = beginUnheard(house.url, key, question)
    for (let turns = dice.roll(80); turns > 0; turns--) await setImmediate()
    call.hangUp()
  }
  for (let from = 0; from < 400; from += 40) await Promise.all(Array.from({ length: 40 }, (_, n) => one(from + n)))
  await until('nothing runs', () => house.app.gateway.inFlight() === 0 && house.upstream.active() === 0)
  expect([await waiting(), await inUse()], `seed ${dice.seed}`).toEqual([0, 0])
  for (const member of members) expect((await drawn(house, member)).inFlight).toBe(0)
  expect(house.upstream.peak()).toBeLessThanOrEqual(6)
  expect(await faultsOfBooks(house)).toEqual([])
}, 120_000)

import { instant } from '@codeplan/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { wholeSecond } from '../../apps/server/src/platform/whole-second.ts'
import { ask, begin, errorOf, readAll } from '../house/ask.ts'
import { drawn, faultsOfBooks, receiptOf } from '../house/books.ts'
import { openHouse, type House, type Subscriber } from '../house/house.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

describe('the windows of a plan', () => {
  let house: House
  beforeAll(async () => {
    // A small Lite, so that its windows can be filled without hundreds of calls.
    house = await openHouse({
      catalog: (source) => source.replace('prompts: 80 ', 'prompts: 3 ').replace('prompts: 400 ', 'prompts: 7 '),
    })
  })
  afterAll(() => house.close())

  let asked = 0
  const question = async (member: Subscriber): Promise<string> => {
    const heard = await ask(house.url, member.key, { text: `question ${++asked}` })
    await house.rooms.entitlements.drain()
    return heard.status === 200 ? 'ok' : errorOf(heard).code
  }

  test('F35 F36: the 5-hour window opens at the first call and its reset stands still, whatever is asked until then', async () => {
    const member = await house.subscriber('lite')
    house.clock.advance(90 * MINUTE_MS)
    const before = await drawn(house, member)
    expect(before.five_hour.resetsAt).toBeUndefined()
    const opened = house.clock.now()
    expect(await question(member)).toBe('ok')
    for (const answer of ['ok', 'ok', '1308', '1308']) {
      house.clock.advance(70 * MINUTE_MS)
      expect(await question(member)).toBe(answer)
      expect((await drawn(house, member)).five_hour.resetsAt).toBe(opened + 5 * HOUR_MS)
    }
  })

  test('F37: at the reset instant the window is empty and the next call opens the next one; a millisecond before it is full', async () => {
    const member = await house.subscriber('lite')
    for (let n = 0; n < 3; n++) expect(await question(member)).toBe('ok')
    house.clock.advance(5 * HOUR_MS - 1)
    expect(await question(member)).toBe('1308')
    house.clock.advance(1)
    const empty = await drawn(house, member)
    expect(empty.five_hour).toEqual({ used: 0, settled: 0, resetsAt: undefined })
    expect(empty.week.used).toBe(3)
    house.clock.advance(20 * MINUTE_MS)
    expect(await question(member)).toBe('ok')
    expect((await drawn(house, member)).five_hour).toEqual({
      used: 1,
      settled: 1,
      resetsAt: house.clock.now() + 5 * HOUR_MS,
    })
  })

  test('F35 F39: weeks are 7 × 24 hours from the instant of purchase; the full week says 1310 and when it ends', async () => {
    const member = await house.subscriber('lite')
    const bought = house.clock.now()
    for (const count of [3, 3, 1]) {
      for (let n = 0; n < count; n++) expect(await question(member)).toBe('ok')
      expect(await question(member)).toBe(count === 3 ? '1308' : '1310')
      house.clock.advance(5 * HOUR_MS)
    }
    expect((await drawn(house, member)).week).toMatchObject({ used: 7, resetsAt: bought + 7 * DAY_MS })
    const refused = await ask(house.url, member.key, { text: 'in the full week' })
    expect(refused.text).toContain(wholeSecond(instant(bought + 7 * DAY_MS)))
    house.clock.advance(bought + 7 * DAY_MS - 1 - house.clock.now())
    expect(await question(member)).toBe('1310')
    house.clock.advance(1)
    expect(await question(member)).toBe('ok')
    expect((await drawn(house, member)).week).toMatchObject({ used: 1, resetsAt: bought + 14 * DAY_MS })
  })

  test('F45: a call that ends after the reset is counted in the window in which it was admitted', async () => {
    const member = await house.subscriber('lite')
    expect(await question(member)).toBe('ok')
    const opened = house.clock.now()
    // No call may last longer than an hour, so this one begins late in its window.
    house.clock.advance(5 * HOUR_MS - 20 * MINUTE_MS)
    const call = await begin(house.url, member.key, { text: 'over the border [[fault=rate:30]]', stream: true })
    // Set, and no time passes: a stream that is silent for twenty minutes would be cut.
    house.clock.set(20 * MINUTE_MS)
    expect(await question(member)).toBe('ok')
    await readAll(call)
    const receipt = await receiptOf(house, String(call.headers['x-request-id']))
    const charged = receipt.charges.find(({ window }) => window === 'five_hour')
    expect(charged).toEqual({ window: 'five_hour', startsAt: opened, micro: 1_000_000 })
    expect((await drawn(house, member)).five_hour).toMatchObject({ used: 1, settled: 1 })
    expect((await drawn(house, member)).week).toMatchObject({ used: 3, settled: 3 })
    expect(await faultsOfBooks(house)).toEqual([])
  })

  test('F39: a month bought at 15:00 ends at 15:00 of the same day; after it 1309 says when it ended', async () => {
    const member = await house.subscriber('lite')
    const [standing] = await house.rooms.entitlements.standings(member.memberId, house.clock.now())
    const endsAt = standing?.endsAt ?? 0
    house.clock.advance(endsAt - house.clock.now() - 1)
    expect(await question(member)).toBe('ok')
    house.clock.advance(1)
    for (const wire of ['anthropic', 'openai'] as const) {
      const heard = await ask(house.url, member.key, { text: 'too late', wire })
      expect([heard.status, errorOf(heard).code]).toEqual([429, '1309'])
      expect(heard.text).toContain(wholeSecond(instant(endsAt)))
    }
  })

  test('F52: who has a plan never hears 1113 on its bases; who has none hears it only where a balance could pay', async () => {
    const member = await house.subscriber('lite')
    for (let n = 0; n < 3; n++) expect(await question(member)).toBe('ok')
    expect(await question(member)).toBe('1308')
    const nobody = await house.subscriber()
    const codes = []
    for (const wire of ['anthropic', 'openai'] as const) {
      codes.push(errorOf(await ask(house.url, nobody.key, { text: 'without a plan', wire })).code)
    }
    expect(codes).toEqual(['1309', '1113'])
  })
})

describe('the figures of the plans', () => {
  test('S10: 80, 400 and 1,600 prompts in five hours; 400, 2,000 and 8,000 in a week', async () => {
    const house = await openHouse()
    try {
      const figures: Record<string, unknown> = {}
      for (const plan of ['lite', 'pro', 'max']) {
        const { headers } = await ask(house.url, (await house.subscriber(plan)).key, { text: 'what have I got?' })
        figures[plan] = [headers['x-codeplan-five-hour-limit'], headers['x-codeplan-week-limit']]
      }
      expect(figures).toEqual({ lite: ['80', '400'], pro: ['400', '2000'], max: ['1600', '8000'] })
    } finally {
      await house.close()
    }
  })
})

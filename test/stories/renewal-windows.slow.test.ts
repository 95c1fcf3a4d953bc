import { DAY_MS, HOUR_MS, type MemberId } from '@codeplan/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { ask, send } from '../house/ask.ts'
import { openHouse, type House } from '../house/house.ts'
import { live, shopper } from '../house/shopper.ts'

describe.each(['keep', 'fresh'] as const)('renewal_windows: %s', (setting) => {
  let house: House
  beforeAll(async () => {
    // 31 days from here: the period's end lies in the middle of a week.
    const fresh = (source: string) =>
      source.replaceAll('models_live: true\n', 'models_live: true\n    renewal_windows: fresh\n')
    house = await openHouse({ at: '2026-03-10T10:00:00+08:00', ...(setting === 'fresh' ? { catalog: fresh } : {}) })
  })
  afterAll(() => house.close())

  test('F41 F92: a renewal keeps the week with what was used in it, or begins a fresh one, as the plan says', async () => {
    const person = await house.subscriber()
    const shop = shopper(house, person.memberId as MemberId)
    await shop.buy('lite')
    const end = (await shop.contract())?.terms.period.endsAt as number
    await live(house, end - house.clock.now() - 2 * HOUR_MS)
    expect((await ask(house.url, person.key, { text: 'shortly before the end' })).status).toBe(200)
    await house.rooms.entitlements.drain()
    const week = async () => (await shop.standing())?.windows.find((w) => w.rule.id === 'week')
    const before = await week()
    // Charged an hour before the end: nothing has changed yet.
    await live(house, 1.5 * HOUR_MS)
    expect((await shop.contract())?.terms.periodNo).toBe(1)
    expect(await week()).toEqual(before)
    expect(before).toMatchObject({ used: 1_000_000 })
    await live(house, HOUR_MS)
    const after = await week()
    const read = await send(`${house.url}/api/usage/v1/standing`, {
      headers: { authorization: `Bearer ${person.key}` },
    })
    const [shown] = (JSON.parse(read.text) as { subscriptions: { windows: Record<string, number>[] }[] }).subscriptions
    expect(shown?.windows.map(({ id }) => id)).toEqual(['five_hour', 'week'])
    for (const w of shown?.windows ?? [])
      expect([w.used_share! >= 0 && w.used_share! <= 1, w.remaining! >= 0]).toEqual([true, true])
    if (setting === 'keep') expect(after).toEqual(before)
    else expect(after).toMatchObject({ used: 0, startsAt: end, resetsAt: end + 7 * DAY_MS })
    expect((await ask(house.url, person.key, { text: 'shortly after' })).status).toBe(200)
  })
})

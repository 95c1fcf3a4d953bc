import { HOUR_MS } from '@codeplan/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { sql } from '../../apps/server/src/platform/index.ts'
import { runCommandIn } from '../house/command.ts'
import { openHouse, type House } from '../house/house.ts'

let house: House
beforeAll(async () => {
  house = await openHouse({ at: '2026-03-02T18:30:00+08:00', noApp: true })
})
afterAll(() => house.close())

const at = (text: string): number => Date.parse(text)
const BUSY = at('2026-03-02T15:00:00+08:00')
const QUIET = at('2026-03-02T11:00:00+08:00')

/** A model had so many places in use, on average, for an hour. */
const measured = (hour: number, inUse: number) =>
  sql`insert into capacity_hours values (${hour}, 'glm-4.7', 'node_1', 40, 100, 0, 3, 900, 500, 0, 0, 0, 0,
    ${inUse * HOUR_MS}, 40, 0, 0)`.execute(house.rooms.db.queries)

/** All subscriptions of a member occupied so many places, on average, for an hour. */
const drew = (memberId: string, hour: number, places: number) =>
  sql`insert into usage_hours select id, ${hour}, 'glm-4.7', 'claude-code', 'key_1', 10, 0, 0, 0, 0, 0, 0, 0, 10,
    ${(places * HOUR_MS) / 4}::int8, ${(places * HOUR_MS * 3) / 4}::int8 from subscriptions where member_id = ${memberId}`.execute(
    house.rooms.db.queries,
  )

describe('how many of each plan can be sold today', () => {
  test('without measurements nothing is reckoned', async () => {
    expect(await runCommandIn(house, 'sale', 'suggest')).toMatchObject({
      ok: true,
      data: { models: [], of_each: null },
    })
  })

  test('S7: from the busiest hour, and what the subscriptions of each plan drew in it, with the numbers', async () => {
    // Granted before the hours that are looked at.
    house.clock.advance(BUSY - 24 * HOUR_MS - house.clock.now())
    const [lite, pro, other] = [
      await house.subscriber('lite'),
      await house.subscriber('pro'),
      await house.subscriber('pro'),
    ]
    house.clock.advance(at('2026-03-02T18:30:00+08:00') - house.clock.now())
    await measured(QUIET, 4)
    await measured(BUSY, 12)
    for (const { memberId } of [lite, pro, other]) await drew(memberId, QUIET, 1)
    await drew(lite.memberId, BUSY, 1)
    await drew(pro.memberId, BUSY, 7)
    await drew(other.memberId, BUSY, 3)
    const told = await runCommandIn(house, 'sale', 'suggest')
    // 80 % of 40 places are 32, 12 are in use: 20 are free. A Lite draws 1, a Pro 5.
    expect(told).toMatchObject({
      ok: true,
      data: {
        models: [{ model: 'glm-4.7', places: 40, in_use: 12, usable: 32, free: 20, waited: 3 }],
        plans: [
          { plan: 'lite', subscriptions: 1, places_each: { 'glm-4.7': 1 }, pieces: 20, limited_by: 'glm-4.7' },
          { plan: 'pro', subscriptions: 2, places_each: { 'glm-4.7': 5 }, pieces: 4 },
          { plan: 'max', subscriptions: 0, places_each: {}, pieces: null },
        ],
        of_each: 3,
        limited_by: 'glm-4.7',
        not_measured: ['max'],
      },
    })
    expect(told.ok && told.text).toContain('2026-03-02 15h: 40 places, 80 % of them 32; 12 were in use, so 20 are free')
    expect(await runCommandIn(house, 'sale', 'suggest', '--fill', '50')).toMatchObject({ data: { of_each: 1 } })
    expect(await runCommandIn(house, 'sale', 'suggest', '--fill', '101')).toMatchObject({ ok: false })
  })
})

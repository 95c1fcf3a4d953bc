import { afterAll, beforeAll, expect, test } from 'vitest'

import { examine } from '../../apps/server/src/admin/index.ts'
import { sql } from '../../apps/server/src/platform/index.ts'
import { runCommandIn } from '../house/command.ts'
import { openHouse, type House } from '../house/house.ts'

let house: House
beforeAll(async () => {
  house = await openHouse({ noApp: true })
})
afterAll(() => house.close())

test('a made-up year leaves the books right, and is never put into a database that has members', async () => {
  const seed = ['--members', '60', '--seed', '7'] as const
  expect(await runCommandIn(house, 'seed', ...seed)).toMatchObject({ ok: true, data: { members: 60, seed: 7 } })
  expect((await examine(house.rooms)).filter(({ ok }) => !ok)).toEqual([])
  const { rows } = await sql<{ calls: number; orders: number; full: number }>`select
    (select count(*)::int from meter_events) as calls, (select count(*)::int from orders where state = 'paid') as orders,
    (select count(*)::int from quotas where windows <> '{}') as full`.execute(house.rooms.db.queries)
  const [found] = rows
  for (const count of Object.values(found ?? {})) expect(count).toBeGreaterThan(0)
  expect(await runCommandIn(house, 'seed', ...seed)).toMatchObject({ ok: false })
})

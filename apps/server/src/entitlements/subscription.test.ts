import { instant, type SubscriptionId } from '@codeplan/core'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { ask } from '../../../../test/house/ask.ts'
import { faultsOfBooks } from '../../../../test/house/books.ts'
import { openHouse, type House } from '../../../../test/house/house.ts'
import { endSubscription, openSubscription } from './index.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(async () => {
  expect(await faultsOfBooks(house)).toEqual([])
  await house.close()
})

test('F65: what was used is taken over again and again, along a chain of plans, and gifts stay', async () => {
  const { db, catalog, entitlements } = house.rooms
  const { memberId, key } = await house.subscriber('lite')
  const used = async () => {
    await entitlements.drain()
    const standing = await entitlements.standing(memberId, house.clock.now())
    const window = standing?.windows[0]
    return {
      id: standing?.subscriptionId as SubscriptionId,
      left: ((window?.allowance ?? 0) - (window?.used ?? 0)) / 1e6,
    }
  }
  const change = async (plan: string): Promise<void> => {
    const { id } = await used()
    const now = house.clock.now()
    await db.tx(async (tx) => {
      const version = await catalog.newestPlanVersion(tx, plan)
      const endsAt = instant(now + 20 * 86_400_000)
      const wish = { memberId, planVersionId: version?.id ?? '', source: 'test', startsAt: now, endsAt, carries: id }
      await openSubscription(tx, catalog, wish, now)
      await endSubscription(tx, id, now)
    })
    house.clock.advance(1)
  }
  for (const text of ['one', 'two']) await ask(house.url, key, { text })
  expect((await used()).left).toBe(78)
  await change('pro')
  expect((await used()).left).toBe(398)
  await ask(house.url, key, { text: 'three' })
  await change('max')
  expect((await used()).left).toBe(1597)
  const gift = { memberId, window: 'five_hour', micro: 10e6, reason: 'test', by: 'test' }
  await entitlements.credit(gift, house.clock.now())
  await change('lite')
  expect((await used()).left).toBe(87)
})

import { instant, type MemberId, type SubscriptionId } from '@codeplan/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { endSubscription } from '../../apps/server/src/entitlements/index.ts'
import { ask, errorOf } from '../house/ask.ts'
import { faultsOfBooks, receiptOf } from '../house/books.ts'
import { openHouse, type House } from '../house/house.ts'

describe('a conversation that goes on', () => {
  let house: House
  beforeAll(async () => {
    house = await openHouse()
  })
  afterAll(async () => {
    expect(await faultsOfBooks(house)).toEqual([])
    await house.close()
  })
  /** Calls of one conversation, as a coding tool makes them: from the second on they are decided on remembered books. */
  const goOn = async (key: string) => {
    const heard = await ask(house.url, key, {
      text: 'the same question',
      headers: { 'x-claude-code-session-id': 'one' },
    })
    await house.rooms.entitlements.drain()
    return heard
  }
  const plans = async (memberId: MemberId) => house.rooms.entitlements.standings(memberId, house.clock.now())

  test('draws a better plan from the moment it begins', async () => {
    const { key, memberId } = await house.subscriber('lite')
    for (let i = 0; i < 3; i++) await goOn(key)
    await house.rooms.entitlements.grant({ memberId, plan: 'pro', months: 1, source: 'grant' }, house.clock.now())
    const receipt = await receiptOf(house, (await goOn(key)).id)
    expect(receipt.details.admission.plan).toBe('pro')
  })

  test('is refused from the moment at which its subscription is ended', async () => {
    const { key, memberId } = await house.subscriber('lite')
    for (let i = 0; i < 3; i++) expect((await goOn(key)).status).toBe(200)
    house.clock.advance(1_000)
    const [standing] = await plans(memberId)
    const now = instant(house.clock.now())
    await house.rooms.db.tx((tx) => endSubscription(tx, standing?.subscriptionId as SubscriptionId, now))
    expect(errorOf(await goOn(key)).code).toBe('1309')
  })
})

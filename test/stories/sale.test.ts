import { DAY_MS } from '@codeplan/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { sql } from '../../apps/server/src/platform/index.ts'
import { openHouse, type House } from '../house/house.ts'
import {
  codeOf,
  customer,
  customers,
  heardAll,
  isOrder,
  limitedSale,
  NO_ROOM,
  nextMorning,
  operate,
  stockOf,
  until,
  type Customer,
  type Order,
} from '../house/shop.ts'
import { CARD, live, shopper } from '../house/shopper.ts'

let house: House
beforeAll(async () => {
  house = await openHouse({ at: '2026-01-20T12:00:00+08:00' })
})
afterAll(() => house.close())
let catalog = limitedSale(1)
/** The catalog of this day: nine in the morning. */
const open = (...sale: Parameters<typeof limitedSale>): Promise<string> => {
  catalog = limitedSale(...sale)
  return nextMorning(house, catalog)
}
const change = (from: string, to: string) => house.applyCatalog((source) => catalog(source).replace(from, to))
const dayAfter = (day: string): string => new Date(Date.parse(`${day}T02:00:00Z`) + DAY_MS).toISOString()
const left = async (plan = 'pro') => (await stockOf(house.url, plan)).left
const sellOne = async () => {
  const one = await customer(house)
  expect(await one.pay(await one.buy())).toBe(true)
}
const buyAll = (people: Awaited<ReturnType<typeof customers>>, plan = 'pro') =>
  Promise.all(people.map((one) => one.buy(plan)))

describe('the shop opens at ten', () => {
  test('S5: from 23 January at ten, and not a moment before, the same number of each plan', async () => {
    await open(3, NO_ROOM)
    const one = await customer(house)
    until(house, '12:00:00')
    expect(await one.buy()).toBe('not_open_yet')
    expect((await stockOf(house.url)).next_release?.opens_at).toBe('2026-01-23T02:00:00.000Z')
    await open(3, NO_ROOM)
    expect(await open(3, NO_ROOM)).toBe('2026-01-23')
    until(house, '09:59:59.999')
    expect(await one.buy()).toBe('not_open_yet')
    expect(await left()).toBe(0)
    until(house, '10:00:00')
    expect(await Promise.all(['lite', 'pro', 'max'].map(left))).toEqual([3, 3, 3])
    expect(await one.buy()).toMatchObject({ plan: 'pro', state: 'open' })
    expect(await Promise.all(['lite', 'pro', 'max'].map(left))).toEqual([3, 2, 3])
  })

  test('F34: thirty customers at once for three pieces: three orders, the others hear that it is sold out and when to come again', async () => {
    const day = await open(3, NO_ROOM)
    until(house, '10:00:00')
    const answers = await buyAll(await customers(house, 30))
    expect(answers.filter(isOrder)).toHaveLength(3)
    expect(new Set(answers.filter((answer) => !isOrder(answer)))).toEqual(new Set(['sold_out']))
    const late = await customer(house)
    const heard = await late.post('/orders', { plan: 'pro', cycle: 'month' }, { 'idempotency-key': 'late-wish' })
    expect(JSON.parse(heard.text).error.detail).toEqual({ next_release_at: dayAfter(day) })
    expect([await left('lite'), await left(), await left('max')]).toEqual([3, 0, 3])
  })

  test('what is left over is gone at the next ten, or is carried on, as set', async () => {
    for (const leftover of ['drop', 'carry']) {
      await open(3, NO_ROOM, ['leftover: drop', `leftover: ${leftover}`])
      until(house, '10:00:00')
      const morning = (await left()) ?? 0
      const [sold, unpaid] = await customers(house, 2)
      expect(await sold?.pay(await sold.buy())).toBe(true)
      expect(await unpaid?.buy()).toMatchObject({ state: 'open' })
      expect(await left()).toBe(morning - 2)
      until(house, '10:16:00')
      expect(await left()).toBe(morning - 1)
      until(house, '10:00:00')
      expect(await left()).toBe(leftover === 'drop' ? 3 : morning - 1 + 3)
    }
  })
})

describe('an order holds its piece', () => {
  test('a hold that is over returns its piece at that moment, to whoever asks first', async () => {
    const day = await open(1, NO_ROOM)
    until(house, '10:00:00')
    const [first, second] = await customers(house, 2)
    const order = (await first?.buy()) as Order
    expect(order.expires_at).toBe(`${day}T02:15:00.000Z`)
    expect(await second?.buy()).toBe('sold_out')
    until(house, '10:14:59.999')
    expect(await second?.buy()).toBe('sold_out')
    until(house, '10:15:00')
    expect(await second?.buy()).toMatchObject({ state: 'open' })
    expect(await left()).toBe(0)
  })

  test('what is paid for is sold for good', async () => {
    await open(1, NO_ROOM)
    until(house, '10:00:00')
    const [first, second] = await customers(house, 2)
    expect(await first?.pay(await first.buy())).toBe(true)
    until(house, '11:00:00')
    expect(await second?.buy()).toBe('sold_out')
    expect(await left()).toBe(0)
  })

  test('F61: money that comes after the hold takes a free piece again, or goes back when there is none', async () => {
    await open(2, NO_ROOM)
    until(house, '10:00:00')
    const [slow, slower, quick] = (await customers(house, 3)) as [Customer, Customer, Customer]
    const chooseLate = await slow.goToBank(await slow.buy())
    const chooseLater = await slower.goToBank(await slower.buy())
    until(house, '10:20:00')
    expect(await quick.buy()).toMatchObject({ state: 'open' })
    expect(await left()).toBe(1)
    expect(await chooseLate()).toBe(true)
    expect(await left()).toBe(0)
    expect(await chooseLater(CARD.confirms)).toBe(false)
    expect(await left()).toBe(0)
  })

  test('an order that is let go returns its piece, once', async () => {
    await open(1, NO_ROOM)
    until(house, '10:00:00')
    const one = await customer(house)
    const { id } = (await one.buy()) as Order
    const { billing } = house.rooms
    await Promise.all([1, 2].map(() => billing.cancelOrder(one.memberId, id, house.clock.now())))
    await heardAll(house)
    expect(await left()).toBe(1)
    await one.buy()
    until(house, '10:15:00')
    await billing.workDue(house.clock.now())
    await heardAll(house)
    expect(await left()).toBe(1)
  })

  test('F68: the same wish sent again is the same order; another wish for the same plan hears of it', async () => {
    await open(3, NO_ROOM)
    until(house, '10:00:00')
    const one = await customer(house)
    const answers = await Promise.all([1, 2, 3, 4].map(() => one.buy('pro', { key: 'the-same-wish' })))
    expect(new Set(answers.map((answer) => (isOrder(answer) ? answer.id : answer))).size).toBe(1)
    expect(await one.buy('pro', { key: 'another-wish' })).toBe('order_open')
    expect(await left()).toBe(2)
  })

  test('one piece a person until the next ten, over all plans', async () => {
    await open(3, NO_ROOM)
    until(house, '10:00:00')
    const one = await customer(house)
    const answers = await Promise.all(['lite', 'pro', 'max'].map((plan) => one.buy(plan)))
    expect(answers.filter(isOrder)).toHaveLength(1)
    expect(new Set(answers.filter((answer) => !isOrder(answer)))).toEqual(new Set(['enough_for_you']))
    until(house, '10:00:00')
    expect(await one.buy('max')).toMatchObject({ plan: 'max' })
  })

  test('one piece a card, whoever pays with it: the money of the second goes back', async () => {
    await open(3, NO_ROOM)
    until(house, '10:00:00')
    const [one, other, third] = (await customers(house, 3)) as [Customer, Customer, Customer]
    expect(await one.pay(await one.buy(), CARD.pays)).toBe(true)
    expect(await other.pay(await other.buy(), CARD.pays)).toBe(false)
    expect(await third.pay(await third.buy(), CARD.confirms)).toBe(true)
  })
})

describe('the operator decides', () => {
  test('S7: the limit is ended at once, without a restart, and brought back', async () => {
    await open(1, NO_ROOM)
    until(house, '10:00:00')
    expect((await buyAll(await customers(house, 3))).filter(isOrder)).toHaveLength(1)
    await change('limited: true', 'limited: false')
    expect(await stockOf(house.url)).toMatchObject({ limited: false, left: null })
    const free = await customer(house)
    const order = await free.buy()
    expect((await buyAll(await customers(house, 3))).filter(isOrder)).toHaveLength(3)
    await change('pieces: 1 ', 'pieces: 2 ')
    expect(await (await customer(house)).buy()).toBe('sold_out')
    // What was ordered without limit needs no piece.
    expect(await free.pay(order)).toBe(true)
    expect(await left()).toBe(0)
  })

  test('a special release by command: now, or at an instant', async () => {
    const day = await open(1, NO_ROOM)
    until(house, '10:00:00')
    await sellOne()
    expect(await operate(house, 'sale', 'release', 'pro', '2')).toMatchObject({ ok: true })
    expect([await left(), await left('lite')]).toEqual([2, 1])
    const evening = `${day}T20:00:00+08:00`
    expect(await operate(house, 'sale', 'release', 'pro', '5', '--at', evening)).toMatchObject({ ok: true })
    expect(await left()).toBe(2)
    until(house, '20:00:00')
    expect(await left()).toBe(7)
    until(house, '10:00:00')
    expect(await left()).toBe(1)
  })

  test('a special release of the catalog', async () => {
    const day = await open(1, NO_ROOM)
    const special = `special: [{ plan: pro, pieces: 4, at: "${day}T20:00:00+08:00" }]`
    await change('# special: [{ plan: pro, pieces: 50, at: "2026-01-25T20:00:00+08:00" }]', special)
    until(house, '10:00:00')
    expect(await left()).toBe(1)
    until(house, '20:00:00')
    expect([await left(), await left('lite')]).toEqual([5, 1])
  })

  test('a plan is paused at once, by command or catalog, limited or not; the others are sold on', async () => {
    await open(2, NO_ROOM)
    until(house, '10:00:00')
    const one = await customer(house)
    expect(await operate(house, 'sale', 'pause', 'pro')).toMatchObject({ ok: true })
    expect(await one.buy()).toBe('plan_paused')
    expect((await stockOf(house.url)).paused).toBe(true)
    await change('limited: true', 'limited: false')
    expect(await one.buy()).toBe('plan_paused')
    expect(await operate(house, 'sale', 'resume', 'pro')).toMatchObject({ ok: true })
    await change('# paused: [pro]', 'paused: [pro]')
    expect(await one.buy()).toBe('plan_paused')
    expect(await operate(house, 'sale', 'resume', 'pro')).toMatchObject({ ok: false })
    expect(await one.buy('lite')).toMatchObject({ plan: 'lite' })
  })

  test('a number that is changed holds for the next release', async () => {
    await open(2, NO_ROOM)
    until(house, '10:00:00')
    await sellOne()
    await change('pieces: 2 ', 'pieces: 9 ')
    expect(await left()).toBe(1)
    until(house, '10:00:00')
    expect(await left()).toBe(9)
  })
})

describe('who may ask', () => {
  test('strangers may look; ordering and waiting need a session, and a name for the wish', async () => {
    await open(2, NO_ROOM)
    until(house, '10:00:00')
    const one = await customer(house)
    const asked = async (
      headers: Readonly<Record<string, string>>,
      body: unknown = { plan: 'pro', cycle: 'month' },
    ) => {
      const heard = await one.post('/orders', body, headers)
      return [heard.status, codeOf(heard)]
    }
    const key = { 'idempotency-key': 'my-wish-1' }
    expect(await asked({ ...key, cookie: '' })).toEqual([401, 'signed_out'])
    expect(await asked({ ...key, 'x-codeplan-csrf': '' })).toEqual([403, 'no_csrf_header'])
    expect(await asked({})).toEqual([400, 'bad_request'])
    expect(await asked(key, { plan: 'pro' })).toEqual([400, 'bad_request'])
    expect(await asked(key, { plan: 'gold', cycle: 'month' })).toEqual([404, 'no_such_plan'])
    const stranger = await customer(house)
    await sql`update members set verified_at = null where id = ${stranger.memberId}`.execute(house.rooms.db.queries)
    expect(await stranger.buy()).toBe('not_verified')
    await expect(stranger.join()).rejects.toThrow('not_verified')
    expect(await left()).toBe(2)
  })
})

test('S6 F34: a renewal and an upgrade take no piece, also when everything is sold out', async () => {
  await open(1, NO_ROOM)
  until(house, '10:00:00')
  const [one, other] = await customers(house, 2)
  expect(await one!.pay(await one!.buy('lite'))).toBe(true)
  // One piece a card.
  expect(await other!.pay(await other!.buy('pro'), CARD.twice)).toBe(true)
  const taken = async () => {
    const { rows } = await sql<{ taken: number; held: number }>`select
      (select sum(taken) from sale_releases)::int as taken,
      (select count(*) from sale_reservations where state <> 'returned')::int as held`.execute(house.rooms.db.queries)
    return rows[0]
  }
  const before = await taken()
  const shop = shopper(house, one!.memberId)
  expect(await Promise.all(['lite', 'pro'].map(left))).toEqual([0, 0])
  // Orders of one instant have no order.
  house.clock.advance(1_000)
  await shop.payBound((await shop.upgrade('pro')).id)
  expect((await shop.standing())?.terms.plan).toBe('pro')
  await live(house, 40 * DAY_MS)
  const orders = await house.rooms.billing.orders(one!.memberId, 10)
  expect(orders.map(({ kind, state }) => `${kind} ${state}`)).toEqual(['renewal paid', 'upgrade paid', 'purchase paid'])
  expect(await taken()).toEqual(before)
})

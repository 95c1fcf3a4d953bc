import { DAY_MS, HOUR_MS, MINUTE_MS, plusMonths, type MemberId, type OrderId } from '@codeplan/core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'

import { checkMoney, insertCoupon } from '../../apps/server/src/billing/index.ts'
import { keepEvent } from '../../apps/server/src/billing/payments-store.ts'
import { accountSums, balanceAccount, unbalancedPostings } from '../../apps/server/src/ledger/index.ts'
import { openHouse, type House } from '../house/house.ts'
import { CARD, chooseCard, deliver, deliverOne, live, shopper, yuan } from '../house/shopper.ts'

describe('payments', () => {
  let house: House
  let shop: ReturnType<typeof shopper>
  beforeAll(async () => {
    house = await openHouse()
  })
  beforeEach(async () => {
    shop = shopper(house, (await house.subscriber()).memberId as MemberId)
  })
  afterAll(async () => {
    expect(await checkMoney(house.rooms)).toEqual([])
    expect(await unbalancedPostings(house.rooms.db.queries)).toEqual([])
    await house.close()
  })
  const page = async (orderId: OrderId, keep = true) => {
    const wish = {
      memberId: shop.memberId,
      orderId,
      with: { provider: 'sandbox', keep },
      returnPath: '/',
      language: 'en',
    } as const
    const asked = await house.rooms.billing.pay(wish, house.clock.now())
    if (!asked.ok || asked.value === 'paid') throw new Error(JSON.stringify(asked))
    return asked.value
  }
  const lastEvent = () => house.bank.events.at(-1)!
  const sums = () => accountSums(house.rooms.db.queries, '')
  const refunds = () => [...house.bank.books.refunds.values()]

  test('F56: the same notification, many times and at the same time, pays once', async () => {
    const order = await shop.order('lite')
    await chooseCard((await page(order.id)).action!.redirectUrl, CARD.pays)
    const before = (await sums()).get('revenue:plans') ?? 0
    const statuses = await Promise.all(Array.from({ length: 8 }, () => deliverOne(house, lastEvent().body)))
    expect(statuses).toEqual(Array(8).fill(200))
    expect(await shop.state(order.id)).toBe('paid')
    expect(((await sums()).get('revenue:plans') ?? 0) - before).toBe(yuan(49) * 1e6)
    expect(await house.rooms.billing.contracts(shop.memberId)).toHaveLength(1)
  })

  test('F56: a bank that tells of one payment in two notifications is heard once', async () => {
    const order = await shop.order('lite')
    await shop.payWithCard(order.id, CARD.twice)
    expect(await shop.state(order.id)).toBe('paid')
    expect(await house.rooms.billing.contracts(shop.memberId)).toHaveLength(1)
  })

  test('F57: a notification that was stored and then met a crash is worked off, once', async () => {
    const order = await shop.order('lite')
    const payment = await page(order.id)
    await chooseCard(payment.action!.redirectUrl, CARD.pays)
    const { id, body } = lastEvent()
    const { amount, currency } = payment
    const news = {
      kind: 'payment',
      paymentId: payment.id,
      amount,
      currency,
      state: 'succeeded',
      ref: payment.provider_ref,
    } as const
    const event = { provider: 'sandbox', eventId: id, body: Buffer.from(body), news }
    await keepEvent(house.rooms.db.queries, event, house.clock.now())
    expect(await shop.state(order.id)).toBe('open')
    house.clock.advance(MINUTE_MS)
    await house.rooms.billing.workDue(house.clock.now())
    expect(await shop.state(order.id)).toBe('paid')
    expect(await deliverOne(house, body)).toBe(200)
    expect(await house.rooms.billing.contracts(shop.memberId)).toHaveLength(1)
  })

  test('F58: an older state that arrives later changes nothing', async () => {
    const order = await shop.order('lite')
    await chooseCard((await page(order.id)).action!.redirectUrl, CARD.confirms)
    const [asks, paid] = house.bank.events.slice(-2)
    expect(await deliverOne(house, paid!.body)).toBe(200)
    expect(await deliverOne(house, asks!.body)).toBe(200)
    expect((await house.rooms.billing.payments(order.id))[0]?.state).toBe('succeeded')
    expect(await shop.state(order.id)).toBe('paid')
  })

  test('F59: a notification that is forged, or of another amount or currency, pays nothing', async () => {
    const order = await shop.order('lite')
    const payment = await page(order.id)
    const event = (change: object) => {
      const data = {
        ref: payment.provider_ref,
        payment_id: payment.id,
        amount: 4900,
        currency: 'CNY',
        state: 'succeeded',
        ...change,
      }
      return JSON.stringify({
        id: `forged-${Math.floor(house.clock.now())}-${JSON.stringify(change)}`,
        kind: 'payment',
        data,
      })
    }
    expect(await deliverOne(house, event({}), 'v1=0000')).toBe(401)
    expect(await deliverOne(house, event({}), '')).toBe(401)
    for (const change of [{ amount: 1 }, { currency: 'USD' }, { ref: 'another' }]) {
      expect(await deliverOne(house, event(change))).toBe(200)
      expect([change, await shop.state(order.id)]).toEqual([change, 'open'])
    }
    expect((await house.rooms.billing.payments(order.id))[0]?.state).toBe('action_required')
  })

  test('F59: without its secret a provider is off: nobody can pay there, and nothing it says is believed', async () => {
    await house.rooms.billing.useBank({ url: house.bank.url, secret: '' })
    const order = await shop.order('lite')
    const wish = {
      memberId: shop.memberId,
      orderId: order.id,
      with: { provider: 'sandbox', keep: true },
      returnPath: '/',
      language: 'en',
    } as const
    expect(await house.rooms.billing.pay(wish, house.clock.now())).toMatchObject({
      ok: false,
      no: { code: 'provider_off' },
    })
    expect(await deliverOne(house, '{}', 'v1=b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad')).toBe(
      404,
    )
    await house.rooms.billing.useBank({ url: house.bank.url, secret: 'secret of the bank of this house' })
  })

  test('F60: a notification that is lost is made up for within minutes', async () => {
    const order = await shop.order('lite')
    await chooseCard((await page(order.id)).action!.redirectUrl, CARD.pays)
    expect(await shop.state(order.id)).toBe('open')
    house.clock.advance(3 * MINUTE_MS)
    await house.rooms.billing.workDue(house.clock.now())
    expect(await shop.state(order.id)).toBe('paid')
    await deliver(house)
  })

  test('F61: money for an order that has run out pays it while nothing stands against it', async () => {
    const order = await shop.order('lite')
    await chooseCard((await page(order.id)).action!.redirectUrl, CARD.late)
    await live(house, HOUR_MS)
    expect(await shop.state(order.id)).toBe('expired')
    house.bank.books.settleLate()
    await deliver(house)
    expect(await shop.state(order.id)).toBe('paid')
    expect(await shop.contract()).toBeDefined()
  })

  test('F61: money for an order that cannot be carried out any more goes back, all of it', async () => {
    const order = await shop.order('lite')
    await chooseCard((await page(order.id)).action!.redirectUrl, CARD.late)
    await live(house, HOUR_MS)
    await shop.buy('pro')
    house.bank.books.settleLate()
    await deliver(house)
    await house.rooms.billing.workDue(house.clock.now())
    expect(await shop.state(order.id)).toBe('expired')
    expect(refunds().at(-1)).toMatchObject({ amount: 4900, state: 'succeeded' })
    expect((await shop.standing())?.terms.plan).toBe('pro')
  })

  test('F62: one order paid in two ways: one is kept, the other goes back', async () => {
    await shop.buy('lite')
    const order = await shop.upgrade('pro')
    const first = await page(order.id)
    await shop.payBound(order.id)
    expect(await shop.state(order.id)).toBe('paid')
    await chooseCard(first.action!.redirectUrl, CARD.pays)
    await deliver(house)
    await house.rooms.billing.workDue(house.clock.now())
    const payments = await house.rooms.billing.payments(order.id)
    expect(
      payments.map(({ kept, state }) => ({ kept, state })).toSorted((a, b) => Number(a.kept) - Number(b.kept)),
    ).toEqual([
      { kept: false, state: 'refunded' },
      { kept: true, state: 'succeeded' },
    ])
  })

  test('F67: how long a payment lasts is never read from the provider: a period without one there is the catalog’s month', async () => {
    const order = await shop.order('lite')
    const payment = await page(order.id)
    const { amount, currency, provider_ref: ref } = payment
    const bare = {
      id: 'ev-bare',
      kind: 'payment',
      data: { ref, payment_id: payment.id, amount, currency, state: 'succeeded' },
    }
    expect(await deliverOne(house, JSON.stringify(bare))).toBe(200)
    const period = (await shop.contract())!.terms.period
    expect([period.startsAt, period.endsAt]).toEqual([
      house.clock.now(),
      plusMonths('Asia/Shanghai', house.clock.now(), 1),
    ])
    expect((await shop.standing())?.windows.map(({ allowance }) => allowance)).toEqual([80e6, 400e6])
  })

  test('F68: the same wish sent twice is one order, and a double click on pay is one payment', async () => {
    const wish = { memberId: shop.memberId, plan: 'lite', cycle: 'month', requestKey: 'button-1' } as const
    const twice = await Promise.all([1, 2].map(() => house.rooms.billing.buy(wish, house.clock.now())))
    const ids = new Set(twice.map((placed) => (placed.ok ? placed.value.order.id : placed.no.code)))
    expect(ids.size).toBe(1)
    const orderId = [...ids][0] as OrderId
    const other = await house.rooms.billing.buy({ ...wish, requestKey: 'button-2' }, house.clock.now())
    expect(other).toMatchObject({ ok: false, no: { code: 'order_open', orderId } })
    const [a, b] = [await page(orderId), await page(orderId)]
    expect(a.id).toBe(b.id)
  })

  test('F68: two paid orders of one person make one subscription; the second payment goes back', async () => {
    const [lite, pro] = [await shop.order('lite'), await shop.order('pro')]
    const pages = [await page(lite.id), await page(pro.id)]
    for (const { action } of pages) await chooseCard(action!.redirectUrl, CARD.pays)
    const bodies = house.bank.events.slice(-2).map((event) => event.body)
    await Promise.all(bodies.map((body) => deliverOne(house, body)))
    await deliver(house)
    await house.rooms.billing.workDue(house.clock.now())
    expect(await house.rooms.billing.contracts(shop.memberId)).toHaveLength(1)
    const kept = [...(await house.rooms.billing.payments(lite.id)), ...(await house.rooms.billing.payments(pro.id))]
    expect(kept.map((payment) => payment.kept).toSorted()).toEqual([false, true])
  })

  test('F70 F55: a coupon takes off once a person, returns with an order that is let go, and is never paid out', async () => {
    const { db } = house.rooms
    await insertCoupon(
      db.queries,
      { code: 'HALF', terms: { percent: 50, plans: [], usesMax: 2 }, by: 'test' },
      house.clock.now(),
    )
    const order = await shop.order('lite', 'month', 'HALF')
    expect(order).toMatchObject({ price: 4900, discount: 2450, amount: 2450 })
    await house.rooms.billing.cancelOrder(shop.memberId, order.id, house.clock.now())
    const again = await shop.order('lite', 'month', 'HALF')
    await shop.payWithCard(again.id, CARD.pays)
    const offer = await house.rooms.billing.offerRefund(shop.memberId, house.clock.now())
    expect(offer).toMatchObject({ ok: true, value: { amount: 2450 } })
    const upgrade = await shop.upgrade('pro')
    expect(upgrade.credit).toBe(2450)
  })

  test('F55: an order that costs nothing needs no bank, and gives nothing back', async () => {
    const { db } = house.rooms
    await insertCoupon(
      db.queries,
      { code: 'GIFT', terms: { percent: 100, plans: ['lite'], usesMax: null }, by: 'test' },
      house.clock.now(),
    )
    const order = await shop.order('lite', 'month', 'GIFT')
    const wish = {
      memberId: shop.memberId,
      orderId: order.id,
      with: { provider: 'sandbox', keep: true },
      returnPath: '/',
      language: 'en',
    } as const
    expect(await house.rooms.billing.pay(wish, house.clock.now())).toEqual({ ok: true, value: 'paid' })
    expect((await shop.standing())?.terms.plan).toBe('lite')
    expect(await house.rooms.billing.offerRefund(shop.memberId, house.clock.now())).toMatchObject({
      ok: true,
      value: { amount: 0 },
    })
    expect((await shop.upgrade('pro')).credit).toBe(0)
  })

  test('S13: nodes that work off what is due at the same time charge once', async () => {
    await shop.buy('lite')
    const due = (await shop.contract())!.terms.period.endsAt - HOUR_MS
    await live(house, due - house.clock.now() - MINUTE_MS)
    house.clock.advance(MINUTE_MS)
    await Promise.all([1, 2, 3, 4].map(() => house.rooms.billing.workDue(house.clock.now())))
    const [bill] = await house.rooms.billing.orders(shop.memberId, 1)
    expect(await house.rooms.billing.payments(bill!.id)).toHaveLength(1)
    expect((await shop.contract())?.terms).toMatchObject({ status: 'active', periodNo: 1 })
  })

  test('F66: the credit of a second upgrade is what was paid net: the credit of the first and its difference', async () => {
    await shop.buy('lite')
    await live(house, 10 * DAY_MS)
    await shop.payBound((await shop.upgrade('pro')).id)
    await live(house, 10 * DAY_MS)
    const second = await shop.upgrade('max')
    const contract = await shop.contract()
    const { endsAt } = contract!.terms.period
    const first = (await house.rooms.billing.orders(shop.memberId, 10)).find((o) => o.plan === 'pro')
    const net = (first?.amount ?? 0) + (first?.credit ?? 0)
    const whole = endsAt - contract!.terms.period.startsAt
    expect(second.credit).toBe(Math.floor((net * (endsAt - house.clock.now())) / whole))
  })

  test('a balance is filled by a payment, to the cent, once', async () => {
    const made = await house.rooms.billing.orderTopUp(
      { memberId: shop.memberId, amount: '25.50', requestKey: 'top' },
      house.clock.now(),
    )
    if (!made.ok) throw new Error(made.no.code)
    await shop.payWithCard(made.value.id, CARD.pays, false)
    const wallet = await house.rooms.entitlements.wallet(shop.memberId, house.clock.now())
    expect(wallet.balance).toBe(yuan(25.5) * 1e6)
    expect((await sums()).get(balanceAccount(shop.memberId))).toBe(yuan(25.5) * 1e6)
    const wrong = await house.rooms.billing.orderTopUp(
      { memberId: shop.memberId, amount: '0.001', requestKey: 'top2' },
      house.clock.now(),
    )
    expect(wrong).toMatchObject({ ok: false, no: { code: 'not_an_amount' } })
  })
})

import { DAY_MS, HOUR_MS, type MemberId } from '@codeplan/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { checkMoney } from '../../apps/server/src/billing/index.ts'
import { checkBooks } from '../../apps/server/src/entitlements/index.ts'
import { unbalancedPostings } from '../../apps/server/src/ledger/index.ts'
import { ask, errorOf } from '../house/ask.ts'
import { openHouse, type House, type Subscriber } from '../house/house.ts'
import { CARD, deliver, live, shopper, yuan } from '../house/shopper.ts'
import { lettersTo } from '../house/visitor.ts'

const day = (at: number | undefined): string => new Date((at ?? 0) + 8 * HOUR_MS).toISOString().slice(0, 10)

describe('the life of a subscription', () => {
  let house: House
  beforeAll(async () => {
    house = await openHouse({ at: '2026-01-31T10:00:00+08:00' })
  })
  afterAll(async () => {
    const { rooms, clock } = house
    expect(await checkMoney(house.rooms)).toEqual([])
    expect(await unbalancedPostings(rooms.db.queries)).toEqual([])
    expect(await checkBooks(rooms, clock.now())).toMatchObject({ faults: [] })
    await house.close()
  })
  const newcomer = async () => {
    const person: Subscriber = await house.subscriber()
    return { ...person, shop: shopper(house, person.memberId as MemberId) }
  }
  const call = (key: string, text: string) => ask(house.url, key, { text })

  test('S13: a year of monthly renewals from 31 January: each period ends on the last day its month has', async () => {
    const { shop, key } = await newcomer()
    await shop.buy('lite')
    const ends = [day((await shop.contract())?.terms.period.endsAt)]
    for (let month = 1; month <= 12; month++) {
      await live(house, 31 * DAY_MS)
      const end = day((await shop.contract())?.terms.period.endsAt)
      if (end !== ends.at(-1)) ends.push(end)
    }
    expect(ends.slice(0, 13)).toEqual([
      '2026-02-28',
      '2026-03-31',
      '2026-04-30',
      '2026-05-31',
      '2026-06-30',
      '2026-07-31',
      '2026-08-31',
      '2026-09-30',
      '2026-10-31',
      '2026-11-30',
      '2026-12-31',
      '2027-01-31',
      '2027-02-28',
    ])
    expect((await call(key, 'a year later')).status).toBe(200)
    const orders = await house.rooms.billing.orders(shop.memberId, 100)
    expect(new Set(orders.map((order) => order.state))).toEqual(new Set(['paid']))
    expect(orders.every((order) => order.amount === yuan(49))).toBe(true)
  })

  test('S13: declined twice, then paid: served all the while, and the next period begins where the last one ended', async () => {
    const { shop, key } = await newcomer()
    await shop.buy('lite', 'month', CARD.debitDeclined)
    const end = (await shop.contract())?.terms.period.endsAt as number
    await live(house, end - house.clock.now() + HOUR_MS)
    expect((await shop.contract())?.terms).toMatchObject({ status: 'past_due', declines: 1 })
    const served = await call(key, 'in the grace')
    expect(served.status).toBe(200)
    expect(served.headers['x-codeplan-payment']).toBe(`open; served until ${new Date(end + 7 * DAY_MS).toISOString()}`)
    await live(house, DAY_MS)
    expect((await shop.contract())?.terms).toMatchObject({ status: 'past_due', declines: 2 })
    const [bill] = await house.rooms.billing.orders(shop.memberId, 1)
    expect(bill).toMatchObject({ kind: 'renewal', state: 'open' })
    await shop.payWithCard(bill!.id, CARD.pays)
    const after = (await shop.contract())?.terms
    expect(after).toMatchObject({ status: 'active', declines: 0, period: { startsAt: end } })
    // The card that paid is charged from now on.
    await live(house, 31 * DAY_MS)
    expect((await shop.contract())?.terms.status).toBe('active')
  })

  test('a renewal that needs its buyer: told at once, served meanwhile, and paid by the confirmation', async () => {
    const { shop, key, email } = await newcomer()
    await shop.buy('lite', 'month', CARD.confirms)
    const end = (await shop.contract())?.terms.period.endsAt as number
    await live(house, end - house.clock.now() + HOUR_MS)
    expect((await shop.contract())?.terms).toMatchObject({ status: 'past_due', declines: 1 })
    expect((await lettersTo(house, email)).map(({ kind }) => kind)).toContain('payment_declined')
    expect((await call(key, 'not confirmed yet')).status).toBe(200)
    const [bill] = await house.rooms.billing.orders(shop.memberId, 1)
    const [debit] = await house.rooms.billing.payments(bill!.id)
    expect(debit?.state).toBe('action_required')
    house.bank.books.confirm(house.bank.books.payments.get(debit!.id)!)
    await deliver(house)
    expect(await shop.state(bill!.id)).toBe('paid')
    expect((await shop.contract())?.terms).toMatchObject({ status: 'active', declines: 0 })
  })

  test('never paid: after the retries and the grace the plan is expired, told as 1309, and nothing is owed', async () => {
    const { shop, key } = await newcomer()
    await shop.buy('lite', 'month', CARD.debitDeclined)
    const end = (await shop.contract())?.terms.period.endsAt as number
    await live(house, end - house.clock.now() + 7 * DAY_MS - HOUR_MS)
    expect((await call(key, 'the last hour of the grace')).status).toBe(200)
    await live(house, 2 * HOUR_MS)
    expect(await shop.contract()).toBeUndefined()
    expect(errorOf(await call(key, 'after it')).message).toContain('[1309]')
    const [bill] = await house.rooms.billing.orders(shop.memberId, 1)
    expect(bill).toMatchObject({ kind: 'renewal', state: 'expired' })
  })

  test('cancelled: it runs to the end of what is paid; whoever comes back before is charged again, and was never without', async () => {
    const { shop, key } = await newcomer()
    await shop.buy('pro')
    const { billing } = house.rooms
    await billing.switchRenewal(shop.memberId, false)
    await live(house, 20 * DAY_MS)
    await billing.switchRenewal(shop.memberId, true)
    await live(house, 20 * DAY_MS)
    expect((await shop.contract())?.terms).toMatchObject({ status: 'active', periodNo: 1 })
    await billing.switchRenewal(shop.memberId, false)
    await live(house, 40 * DAY_MS)
    expect(await shop.contract()).toBeUndefined()
    expect(errorOf(await call(key, 'gone')).message).toContain('[1309]')
    await shop.buy('lite')
    expect((await call(key, 'back again')).status).toBe(200)
  })

  test('S14 F63 F69: Lite to Max on day 11: the difference for the rest is paid, it is in force at once, the end stays', async () => {
    const { shop } = await newcomer()
    await shop.buy('lite')
    const before = await shop.contract()
    await live(house, 11 * DAY_MS)
    const order = await shop.upgrade('max')
    const { startsAt, endsAt } = before!.terms.period
    const left = endsAt - house.clock.now()
    const credit = Math.floor((4900 * left) / (endsAt - startsAt))
    expect(order.credit).toBe(credit)
    expect(order.price).toBe(46900 - Math.floor((46900 * (endsAt - startsAt - left)) / (endsAt - startsAt)))
    expect((await shop.standing())?.terms.plan).toBe('lite')
    await shop.payWithCard(order.id, CARD.declined)
    expect((await shop.standing())?.terms.plan).toBe('lite')
    await shop.payBound(order.id)
    expect(await shop.standing()).toMatchObject({ terms: { plan: 'max' }, endsAt })
    await live(house, endsAt - house.clock.now() + HOUR_MS)
    const after = await shop.contract()
    expect(after?.terms).toMatchObject({ status: 'active', price: 46900, period: { startsAt: endsAt } })
  })

  test('F65: an upgrade makes no fresh window: what was used is taken from what the new plan allows', async () => {
    const { shop, key } = await newcomer()
    await shop.buy('lite')
    for (let n = 0; n < 3; n++) expect((await call(key, `question ${n}`)).status).toBe(200)
    const week = async () => (await shop.standing())?.windows.find((w) => w.rule.id === 'week')
    const before = await week()
    const order = await shop.upgrade('pro')
    await shop.payBound(order.id)
    const after = await week()
    expect(after).toMatchObject({ resetsAt: before?.resetsAt, allowance: 1_997_000_000, used: 0 })
    await live(house, 8 * DAY_MS)
    expect(await week()).toMatchObject({ allowance: 2_000_000_000 })
  })

  test('F64: a quote is charged as it was shown, and one that is stale is refused', async () => {
    const { shop } = await newcomer()
    await shop.buy('lite')
    const order = await shop.upgrade('pro')
    house.clock.advance(16 * 60_000)
    const late = await house.rooms.billing.pay(
      {
        memberId: shop.memberId,
        orderId: order.id,
        with: { provider: 'sandbox', keep: true },
        returnPath: '/',
        language: 'en',
      },
      house.clock.now(),
    )
    expect(late).toMatchObject({ ok: false, no: { code: 'order_closed', state: 'expired' } })
    const { billing } = house.rooms
    const offer = await billing.offerUpgrade({ memberId: shop.memberId, plan: 'pro' }, house.clock.now())
    const due = offer.ok ? offer.value.quote.due : 0
    const cheaper = { memberId: shop.memberId, plan: 'pro', requestKey: 'cheaper', expected: yuan(1) }
    expect(await billing.orderUpgrade(cheaper, house.clock.now())).toMatchObject({
      ok: false,
      no: { code: 'quote_changed', due },
    })
  })

  test('refund: the smaller share of time and allowance comes back, the plan ends at once, later it is refused', async () => {
    const { shop, key } = await newcomer()
    await shop.buy('lite')
    expect((await call(key, 'one prompt')).status).toBe(200)
    await house.rooms.entitlements.drain()
    await live(house, 2 * DAY_MS)
    const offer = await house.rooms.billing.offerRefund(shop.memberId, house.clock.now())
    if (!offer.ok) throw new Error(offer.no.code)
    expect(offer.value.byUse).toBe(Math.floor((4900 * 1999) / 2000))
    expect(offer.value.amount).toBe(Math.min(offer.value.byTime, offer.value.byUse))
    const done = await house.rooms.billing.refund({ memberId: shop.memberId }, house.clock.now())
    expect(done).toEqual({ ok: true, value: { amount: offer.value.amount } })
    expect((await call(key, 'after it')).status).toBe(429)
    await house.rooms.billing.workDue(house.clock.now())
    expect([...house.bank.books.refunds.values()].at(-1)).toMatchObject({
      amount: offer.value.amount,
      state: 'succeeded',
    })
    await shop.buy('lite')
    await live(house, 8 * DAY_MS)
    expect(await house.rooms.billing.refund({ memberId: shop.memberId }, house.clock.now())).toMatchObject({
      ok: false,
      no: { code: 'refund_too_late' },
    })
  })

  test('a downgrade waits for the next period and then costs what was shown', async () => {
    const { shop } = await newcomer()
    await shop.buy('max')
    const planned = await house.rooms.billing.planNext(shop.memberId, { plan: 'lite' })
    expect(planned.ok).toBe(true)
    expect((await shop.standing())?.terms.plan).toBe('max')
    const end = (await shop.contract())?.terms.period.endsAt as number
    await live(house, end - house.clock.now() + HOUR_MS)
    expect((await shop.standing())?.terms.plan).toBe('lite')
    const [bill] = await house.rooms.billing.orders(shop.memberId, 1)
    expect(bill).toMatchObject({ kind: 'renewal', amount: 4900, state: 'paid' })
  })

  test.each([
    { first: 'max', second: 'lite', tiers: ['max', 'max', 'lite', '1309'] },
    { first: 'lite', second: 'max', tiers: ['lite', 'max', 'max', '1309'] },
  ])('F53: of stacked plans, $first begun before $second, each end leaves the right tier', async ({ first, tiers }) => {
    const { memberId, shop, key } = await newcomer()
    const { billing, entitlements } = house.rooms
    const month = { memberId: shop.memberId, plan: 'max', months: 1, source: 'grant' } as const
    const begin = { max: () => entitlements.grant(month, house.clock.now()), lite: () => shop.buy('lite') }
    // What one may use: GLM-5 is not in Lite.
    const tier = async (): Promise<string> => {
      const heard = await call(key, 'which plan')
      if (heard.status !== 200) return /\[(\d+)\]/.exec(errorOf(heard).message)?.[1] ?? 'none'
      return (await ask(house.url, key, { text: 'the best model', model: 'glm-5' })).status === 200 ? 'max' : 'lite'
    }
    await begin[first as 'max' | 'lite']()
    const heard = [await tier()]
    await live(house, 5 * DAY_MS)
    await begin[first === 'max' ? 'lite' : 'max']()
    await billing.switchRenewal(memberId as MemberId, false)
    heard.push(await tier())
    // The first one has ended, then both.
    for (const days of [27, 6]) {
      await live(house, days * DAY_MS)
      heard.push(await tier())
    }
    expect(heard).toEqual(tiers)
  })

  test('F54: the plan that one has is not sold again; the refusal says until when it runs', async () => {
    const { shop } = await newcomer()
    await shop.buy('pro')
    const again = await house.rooms.billing.buy(
      { memberId: shop.memberId, plan: 'pro', cycle: 'month', requestKey: 'again' },
      house.clock.now(),
    )
    expect(again).toMatchObject({ ok: false, no: { code: 'already_subscribed', plan: 'pro', renews: true } })
  })

  test('a price that rises is for new subscribers: who has bought renews at the old price', async () => {
    const { shop } = await newcomer()
    await shop.buy('lite')
    await house.applyCatalog((source) => source.replace('month: "49.00"', 'month: "59.00"'))
    await live(house, 32 * DAY_MS)
    const [bill] = await house.rooms.billing.orders(shop.memberId, 1)
    expect(bill).toMatchObject({ kind: 'renewal', amount: 4900, state: 'paid' })
    const other = await newcomer()
    expect((await other.shop.order('lite')).amount).toBe(5900)
    await house.applyCatalog((source) => source)
  })
})

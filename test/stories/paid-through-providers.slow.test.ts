import { DAY_MS, MINUTE_MS, type MemberId, type OrderId } from '@codeplan/core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'

import { unbalancedPostings } from '../../apps/server/src/ledger/index.ts'
import { send } from '../house/ask.ts'
import { openHouse, type House } from '../house/house.ts'
import { alipayBench, stripeBench, type ProviderBench } from '../house/provider-benches.ts'
import { CARD, shopper } from '../house/shopper.ts'

describe.each([
  { name: 'stripe', begin: stripeBench },
  { name: 'alipay', begin: alipayBench },
])('a plan paid through $name', ({ name, begin }) => {
  let house: House
  let bench: ProviderBench
  let shop: ReturnType<typeof shopper>
  let delivered = 0
  beforeAll(async () => {
    bench = await begin()
    house = await openHouse({
      catalog: (source) =>
        source.replace(/ {2}providers:.*\n.*sandbox.*\n/, `  providers: ${JSON.stringify([bench.document])}\n`),
      secrets: bench.secrets,
    })
  })
  beforeEach(async () => {
    shop = shopper(house, (await house.subscriber()).memberId as MemberId)
    delivered = bench.standIn.events.length
  })
  afterAll(async () => {
    expect(await unbalancedPostings(house.rooms.db.queries)).toEqual([])
    await house.close()
    await bench.standIn.close()
  })

  const tell = async ({ body, headers }: (typeof bench.standIn.events)[number]) =>
    send(`${house.url}/api/webhooks/${name}`, { method: 'POST', headers, body: Buffer.from(body) })
  const deliver = async () => {
    const events = bench.standIn.events.slice(delivered)
    delivered += events.length
    const answers = []
    for (const event of events) answers.push(await tell(event))
    return answers
  }
  const page = async (orderId: OrderId, keep = true) => {
    const wish = {
      memberId: shop.memberId,
      orderId,
      with: { provider: name, keep },
      returnPath: '/',
      language: 'zh',
    } as const
    const asked = await house.rooms.billing.pay(wish, house.clock.now())
    if (!asked.ok || asked.value === 'paid') throw new Error(JSON.stringify(asked))
    return asked.value
  }
  const buy = async (card: string) => {
    const order = await shop.order('lite')
    const payment = await page(order.id)
    bench.standIn.choose(payment.action?.redirectUrl ?? '', card)
    return { order, payment }
  }
  const live = async (ms: number) => {
    const until = house.clock.now() + ms
    for (let due = await house.rooms.billing.nextDueAt(); due !== undefined && due <= until;) {
      house.clock.advance(Math.max(0, due - house.clock.now()))
      await house.rooms.billing.workDue(house.clock.now())
      await deliver()
      due = await house.rooms.billing.nextDueAt()
    }
    house.clock.advance(until - house.clock.now())
  }

  test('S13: bought on its page, renewed from what was kept there', async () => {
    const { order, payment } = await buy(CARD.pays)
    const answers = await deliver()
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect(await shop.state(order.id)).toBe('paid')
    expect(bench.standIn.moved(payment.id)).toBe(4900)
    const [method] = await house.rooms.billing.methods(shop.memberId)
    expect((await shop.contract())?.method_id).toBe(method?.id)
    await live(40 * DAY_MS)
    const orders = await house.rooms.billing.orders(shop.memberId, 10)
    expect(orders.map(({ kind, state }) => [kind, state])).toContainEqual(['renewal', 'paid'])
    expect((await shop.standing())?.terms.plan).toBe('lite')
  })

  test('S13: a method that was added without paying is what the renewal is charged to', async () => {
    const order = await shop.order('lite')
    bench.standIn.choose((await page(order.id, false)).action?.redirectUrl ?? '', CARD.pays)
    await deliver()
    expect(await house.rooms.billing.methods(shop.memberId)).toEqual([])
    const wish = { memberId: shop.memberId, provider: name, returnPath: '/subscription', language: 'zh' } as const
    const begun = await house.rooms.billing.beginSetup(wish, house.clock.now())
    if (!begun.ok) throw new Error(begun.no.code)
    bench.standIn.choose(begun.value.action?.redirectUrl ?? '', CARD.pays)
    await deliver()
    // Stripe tells that it is done; which card it is has to be asked.
    await house.rooms.billing.workDue(house.clock.now())
    const [method] = await house.rooms.billing.methods(shop.memberId)
    expect((await shop.contract())?.method_id).toBe(method?.id)
    await live(40 * DAY_MS)
    const [renewal] = await house.rooms.billing.orders(shop.memberId, 1)
    expect(renewal).toMatchObject({ kind: 'renewal', state: 'paid' })
  })

  test('S14: what is kept with an upgrade may be debited for the whole fee of the new plan', async () => {
    await buy(CARD.pays)
    await deliver()
    await live(10 * DAY_MS)
    const order = await shop.upgrade('pro')
    bench.standIn.choose((await page(order.id)).action?.redirectUrl ?? '', CARD.pays)
    await deliver()
    expect(await shop.state(order.id)).toBe('paid')
    await live(30 * DAY_MS)
    const [renewal] = await house.rooms.billing.orders(shop.memberId, 1)
    expect(renewal).toMatchObject({ kind: 'renewal', state: 'paid', plan: 'pro', amount: 14_900 })
  })

  test('F58: its notifications in the reverse order, each twice, bind and pay the same', async () => {
    const { order } = await buy(CARD.pays)
    const events = bench.standIn.events.slice(delivered).toReversed()
    delivered += events.length
    for (const event of [...events, ...events]) expect((await tell(event)).status).toBe(200)
    expect(await shop.state(order.id)).toBe('paid')
    expect((await shop.contract())?.method_id).toBeTypeOf('string')
    expect(await house.rooms.billing.contracts(shop.memberId)).toHaveLength(1)
  })

  test('F59: a genuine notification of another amount pays nothing; a changed one is refused', async () => {
    const order = await shop.order('lite')
    const payment = await page(order.id, false)
    bench.standIn.choose(payment.action?.redirectUrl ?? '', CARD.pays)
    const [first, ...more] = bench.standIn.events.slice(delivered)
    const cheaper = (body: string) => body.replaceAll('4900', '100').replaceAll('49.00', '1.00')
    for (const event of [first!, ...more]) {
      expect((await tell(bench.standIn.signed(cheaper(event.body)))).status).toBe(200)
      expect((await tell({ ...event, body: cheaper(event.body) })).status).toBe(401)
    }
    expect(await shop.state(order.id)).toBe('open')
  })

  test('F60: without any notification it is found out within minutes, once the page was paid', async () => {
    const order = await shop.order('lite')
    const payment = await page(order.id, false)
    house.clock.advance(3 * MINUTE_MS)
    await house.rooms.billing.workDue(house.clock.now())
    // Nobody has been on the page yet: it is not given up.
    expect((await house.rooms.billing.payments(order.id))[0]?.state).toBe('action_required')
    bench.standIn.choose(payment.action?.redirectUrl ?? '', CARD.pays)
    house.clock.advance(5 * MINUTE_MS)
    await house.rooms.billing.workDue(house.clock.now())
    expect(await shop.state(order.id)).toBe('paid')
  })

  test('a refund goes back through it', async () => {
    const { order, payment } = await buy(CARD.pays)
    await deliver()
    const given = await house.rooms.billing.refund({ memberId: shop.memberId }, house.clock.now())
    expect(given).toMatchObject({ ok: true })
    await house.rooms.billing.workDue(house.clock.now())
    await deliver()
    expect(bench.standIn.moved(payment.id)).toBe(0)
    expect((await house.rooms.billing.payments(order.id))[0]?.state).toBe('refunded')
  })

  test('a permission that the customer takes back at the provider is unbound here', async () => {
    await buy(CARD.pays)
    await deliver()
    const [method] = await house.rooms.billing.methods(shop.memberId)
    await house.rooms.billing
      .providers()
      .get(name)
      ?.unbind(method?.mandate ?? '')
    await deliver()
    expect(await house.rooms.billing.methods(shop.memberId)).toEqual([])
    expect((await shop.contract())?.method_id).toBeNull()
  })
})

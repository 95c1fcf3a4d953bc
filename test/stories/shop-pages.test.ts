import type { MemberId, Micros } from '@codeplan/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { insertRedeemCode } from '../../apps/server/src/billing/index.ts'
import { memberByEmail } from '../../apps/server/src/identity/index.ts'
import { openHouse, type House } from '../house/house.ts'
import { CARD, chooseCard, deliver, live, shopper } from '../house/shopper.ts'
import { lettersTo, newPerson, visitor, type Visitor } from '../house/visitor.ts'

const DAY_MS = 86_400_000
const KEYED = { 'idempotency-key': 'wish-of-a-page' }

describe('the pages of a subscriber', () => {
  let house: House
  let people = 0
  beforeAll(async () => {
    house = await openHouse()
  })
  afterAll(() => house.close())
  const newcomer = async (): Promise<{ email: string; browser: Visitor; shop: ReturnType<typeof shopper> }> => {
    const email = `shopper${++people}@example.org`
    const browser = await newPerson(house, email)
    const member = await memberByEmail(house.rooms.db.queries, email)
    return { email, browser, shop: shopper(house, member!.id as MemberId) }
  }

  test('an order is paid at the bank, and the page shows the plan, the renewal and the method', async () => {
    const { browser, shop } = await newcomer()
    expect((await browser.get('/subscription')).json).toEqual({ subscription: null })
    const order = await shop.order('pro')
    const paying = await browser.post(`/orders/${order.id}/pay`, { provider: 'sandbox' })
    expect(paying.json).toMatchObject({
      order: { state: 'open', due: { amount: '149.00', currency: 'CNY' } },
      payment: { state: 'action_required' },
    })
    await chooseCard(paying.json.payment.redirect_url, CARD.pays)
    await deliver(house)
    expect((await browser.get(`/orders/${order.id}`)).json).toMatchObject({
      order: { state: 'paid' },
      payment: { state: 'succeeded', redirect_url: null },
    })
    expect((await browser.get('/subscription')).json.subscription).toMatchObject({
      plan: 'pro',
      status: 'active',
      renews: true,
      renewal: { plan: 'pro', price: { amount: '149.00' }, windows: 'keep' },
      open_order: null,
    })
    expect((await browser.get('/methods')).json).toMatchObject({
      methods: [{ provider: 'sandbox', label: 'Test card •••• 4242', charged_for_renewals: true }],
      providers: ['sandbox'],
    })
    const { invoices } = (await browser.get('/invoices')).json
    expect(invoices).toMatchObject([{ order: order.id, total: { amount: '149.00', currency: 'CNY' } }])
    expect(invoices[0].number).toMatch(/^INV-2026-\d{6}$/)
    const pdf = await browser.get(`/invoices/${invoices[0].number}?language=zh`)
    expect([pdf.status, pdf.headers['content-type'], pdf.text.slice(0, 5)]).toEqual([200, 'application/pdf', '%PDF-'])
    expect((await browser.get('/invoices/INV-1999-000001')).json.error.code).toBe('no_such_invoice')
  })

  test('S14 F64: what the quote of an upgrade shows is what is charged, and what the page shows afterwards', async () => {
    const { browser, shop } = await newcomer()
    await shop.buy('lite')
    await live(house, 5 * DAY_MS)
    const { json: quote } = await browser.post('/subscription/upgrade/quote', { plan: 'max' })
    expect(quote).toMatchObject({ plan: 'max', cycle: 'month', anchor: 'keep', windows: 'carry', days_left: 25 })
    const wish = { plan: 'max', expected_due: quote.due.amount }
    const made = await browser.post('/subscription/upgrade', wish, KEYED)
    expect([made.status, made.json.due]).toEqual([201, quote.due])
    expect((await browser.post('/subscription/upgrade', wish, KEYED)).json.id).toBe(made.json.id)
    const { methods } = (await browser.get('/methods')).json
    const paid = await browser.post(`/orders/${made.json.id}/pay`, { method: methods[0].id })
    expect(paid.json.order.state).toBe('paid')
    expect((await browser.get('/subscription')).json.subscription).toMatchObject({
      plan: 'max',
      period: { ends_at: quote.period.ends_at },
      renewal: { at: quote.next_renewal.at, price: quote.next_renewal.price },
    })
  })

  test('the renewal switch, the plan of the next period, and a refund do what they show', async () => {
    const { browser, shop } = await newcomer()
    await shop.buy('pro')
    expect((await browser.send('PUT', '/subscription/renewal', { on: false })).json.subscription).toMatchObject({
      renews: false,
      renewal: null,
    })
    expect((await browser.send('PUT', '/subscription/renewal', { on: true })).json.subscription.renews).toBe(true)
    expect((await browser.send('PUT', '/subscription/next', { plan: 'lite' })).json.subscription.renewal).toMatchObject(
      { plan: 'lite', price: { amount: '49.00' } },
    )
    expect((await browser.send('DELETE', '/subscription/next')).json.subscription.renewal).toMatchObject({
      plan: 'pro',
    })
    const { json: offer } = await browser.get('/subscription/refund')
    expect(offer).toMatchObject({ allowed: true, amount: offer.by_time })
    const wrong = await browser.post('/subscription/refund', { expected: '150.00' })
    expect(wrong.json.error).toMatchObject({ code: 'quote_changed', detail: { currency: 'CNY' } })
    // Whoever thinks about it for some minutes gets what was shown.
    house.clock.advance(10 * 60_000)
    expect((await browser.get('/subscription/refund')).json.amount).not.toEqual(offer.amount)
    const done = await browser.post('/subscription/refund', { expected: offer.amount.amount })
    expect(done.json).toEqual({ amount: offer.amount })
    expect((await browser.get('/subscription')).json).toEqual({ subscription: null })
  })

  test('S13 F68: a method is added without paying; renewals are charged to it, another is chosen, and it is given back', async () => {
    const { browser, shop } = await newcomer()
    const begin = (provider = 'sandbox') => browser.post('/methods/setups', { provider, return_path: '/subscription' })
    const methods = async () => (await browser.get('/methods')).json.methods
    const order = await shop.order('lite')
    await shop.payWithCard(order.id, CARD.debitDeclined, false)
    expect((await browser.get('/methods')).json).toMatchObject({ methods: [], bindable: ['sandbox'] })
    expect((await begin('nobody')).json.error).toMatchObject({
      code: 'cannot_bind',
      detail: { providers: ['sandbox'] },
    })
    const declined = (await begin()).json
    await chooseCard(declined.redirect_url, CARD.declined)
    await deliver(house)
    const state = async (id: string) => (await browser.get(`/methods/setups/${id}`)).json
    expect(await state(declined.id)).toMatchObject({ state: 'failed', redirect_url: null, method: null })
    const [first, second] = [(await begin()).json, (await begin()).json]
    expect([first.state, second.id]).toEqual(['action_required', first.id])
    await chooseCard(first.redirect_url, CARD.confirms)
    await deliver(house)
    const last = (await begin()).json
    expect(last.id).not.toBe(first.id)
    await chooseCard(last.redirect_url, CARD.pays)
    await deliver(house)
    expect(await state(last.id)).toMatchObject({ state: 'succeeded' })
    expect(await methods()).toMatchObject([
      { label: 'Test card •••• 3155', charged_for_renewals: false },
      { id: (await state(last.id)).method, label: 'Test card •••• 4242', charged_for_renewals: true },
    ])
    const [confirms, pays] = await methods()
    await browser.send('PUT', '/subscription/method', { method: confirms.id })
    expect(await methods()).toMatchObject([{ charged_for_renewals: true }, { charged_for_renewals: false }])
    expect((await browser.send('DELETE', `/methods/${confirms.id}`)).status).toBe(204)
    expect(await methods()).toMatchObject([{ id: pays.id, charged_for_renewals: false }])
    await browser.send('PUT', '/subscription/method', { method: pays.id })
    const stranger = await newcomer()
    expect((await stranger.browser.get(`/methods/setups/${last.id}`)).json.error.code).toBe('no_such_setup')
    await live(house, 32 * DAY_MS)
    const [renewal] = await house.rooms.billing.orders(shop.memberId, 1)
    expect(renewal).toMatchObject({ kind: 'renewal', state: 'paid' })
    expect((await house.rooms.billing.payments(renewal!.id))[0]?.method_id).toBe(pays.id)
  })

  test('F60: a method that was added and never told of is found within minutes; a page that is left is let go, and may bind later', async () => {
    const { browser } = await newcomer()
    const begun = (await browser.post('/methods/setups', { provider: 'sandbox' })).json
    await chooseCard(begun.redirect_url, CARD.late)
    await live(house, 3 * 60_000)
    expect((await browser.get(`/methods/setups/${begun.id}`)).json.state).toBe('pending')
    house.bank.books.settleLate()
    // Whatever the bank has told is lost.
    await workDueAfter(house, 10 * 60_000)
    expect((await browser.get(`/methods/setups/${begun.id}`)).json).toMatchObject({ state: 'succeeded' })
    const left = (await browser.post('/methods/setups', { provider: 'sandbox' })).json
    await live(house, 3 * 3_600_000)
    expect((await browser.get(`/methods/setups/${left.id}`)).json).toMatchObject({
      state: 'failed',
      failure: 'expired',
    })
    await chooseCard(left.redirect_url, CARD.pays)
    await deliver(house)
    expect((await browser.get(`/methods/setups/${left.id}`)).json).toMatchObject({ state: 'succeeded' })
    expect((await browser.get('/methods')).json.methods).toHaveLength(2)
  })

  test('a declined renewal shows its bill, how long the plan is served, and can be paid there', async () => {
    const { email, browser, shop } = await newcomer()
    await shop.buy('lite', 'month', CARD.debitDeclined)
    const end = Date.parse((await browser.get('/subscription')).json.subscription.period.ends_at)
    await live(house, end - house.clock.now())
    // Nobody stays signed in for longer than a month.
    await browser.post('/account/sign_in', { email, password: 'quite a long one' })
    const { subscription } = (await browser.get('/subscription')).json
    expect(subscription).toMatchObject({
      status: 'past_due',
      served_until: new Date(end + 7 * DAY_MS).toISOString(),
      open_order: { state: 'open' },
    })
    const paying = await browser.post(`/orders/${subscription.open_order.id}/pay`, { provider: 'sandbox' })
    await chooseCard(paying.json.payment.redirect_url, CARD.pays)
    await deliver(house)
    expect((await browser.get('/subscription')).json.subscription).toMatchObject({ status: 'active', open_order: null })
  })

  test('the statement lists every movement of a balance, the cap is set, and a letter tells once when little is left', async () => {
    const { email, browser, shop } = await newcomer()
    const made = await browser.post('/balance/top_up', { amount: '20.00' }, KEYED)
    await shop.payWithCard(made.json.id, CARD.pays, false)
    expect((await browser.send('PUT', '/balance/overflow', { on: true, monthly_cap: '5.00' })).json).toMatchObject({
      balance: '20.00',
      overflow: { on: true, monthly_cap: '5.00' },
    })
    await browser.send('PATCH', '/account/profile', { balance_notice: '25.00' })
    for (let n = 0; n < 2; n++) await house.rooms.billing.tellLowBalances(house.clock.now())
    expect((await lettersTo(house, email)).filter(({ kind }) => kind === 'balance_low')).toHaveLength(1)
    const { memberId } = shop
    await house.rooms.entitlements.addBalance(
      { memberId, amount: -3e8 as Micros, note: 'a correction', idempotencyKey: 'c1' },
      house.clock.now(),
    )
    expect((await browser.get('/balance/statement')).json.movements).toMatchObject([
      { kind: 'adjustment', note: 'a correction', amount: '-3.00' },
      { kind: 'order', amount: '20.00' },
    ])
  })

  test('whoever agrees to a new price pays it from the next period on, not before', async () => {
    const { browser, shop } = await newcomer()
    await shop.buy('lite')
    await house.applyCatalog((source) => source.replace('month: "49.00"', 'month: "59.00"'))
    expect((await browser.get('/subscription')).json.subscription.renewal.price.amount).toBe('49.00')
    expect(
      (await browser.send('PUT', '/subscription/next', { plan: 'lite' })).json.subscription.renewal.price.amount,
    ).toBe('59.00')
    await live(house, 32 * DAY_MS)
    const [bill] = await house.rooms.billing.orders(shop.memberId, 1)
    expect(bill).toMatchObject({ kind: 'renewal', amount: 5900, state: 'paid' })
    await house.applyCatalog((source) => source)
  })

  test('a redeem code gives its gift once, whoever is first', async () => {
    const { db } = house.rooms
    await insertRedeemCode(
      db.queries,
      { code: 'GIFT-MONTH', gift: { plan: 'pro', months: 2 }, by: 'test' },
      house.clock.now(),
    )
    const [first, second] = [await newcomer(), await newcomer()]
    expect((await first.browser.post('/redeem', { code: ' gift-month ' })).json).toEqual({ gift: 'pro, 2 months' })
    expect((await second.browser.post('/redeem', { code: 'GIFT-MONTH' })).json.error.code).toBe('code_taken')
    expect((await first.shop.standing())?.terms.plan).toBe('pro')
  })

  test('each "no" is told in the reader’s language, with a cure; what is somebody else’s is not there', async () => {
    const { browser, shop } = await newcomer()
    const other = await newcomer()
    const order = await shop.order('lite')
    expect((await other.browser.get(`/orders/${order.id}`)).status).toBe(404)
    expect((await other.browser.post(`/orders/${order.id}/pay`, { provider: 'sandbox' })).json.error.code).toBe(
      'no_such_order',
    )
    expect((await browser.post(`/orders/${order.id}/pay`, { provider: 'nobody' })).json.error).toMatchObject({
      code: 'provider_off',
      message: 'Payments are possible by: sandbox.',
    })
    expect((await browser.post('/balance/top_up', { amount: '20' })).json.error.code).toBe('no_request_key')
    expect((await browser.post('/balance/top_up', { amount: '1' }, KEYED)).json.error).toMatchObject({
      code: 'amount_out_of_range',
    })
    await browser.send('PATCH', '/account/profile', { language: 'zh' })
    expect((await browser.get('/subscription/refund')).json.error).toMatchObject({
      code: 'not_subscribed',
      message: '您没有正在生效的付费订阅。',
    })
    expect((await visitor(house).get('/subscription')).json.error.code).toBe('signed_out')
  })
})

/** The job runs; nothing that was told arrives. */
async function workDueAfter(house: House, ms: number): Promise<void> {
  house.clock.advance(ms)
  await house.rooms.billing.workDue(house.clock.now())
}

import { DAY_MS, HOUR_MS, type MemberId } from '@codeplan/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { checkMoney } from '../../apps/server/src/billing/index.ts'
import { addTeam } from '../../apps/server/src/teams/index.ts'
import { ask, errorOf } from '../house/ask.ts'
import { openHouse, type House } from '../house/house.ts'
import { CARD, chooseCard, deliver, live, shopper } from '../house/shopper.ts'
import { lettersTo, newPerson, tokenFor, visitor, type Visitor } from '../house/visitor.ts'

const PASSWORD = 'quite a long one'
const FEE = 4900

describe('a team that pays for its seats', () => {
  let house: House
  let companies = 0
  let people = 0
  beforeAll(async () => {
    house = await openHouse()
  })
  afterAll(async () => {
    await house.rooms.entitlements.drain()
    expect(await checkMoney(house.rooms)).toEqual([])
    await house.close()
  })

  const idOf = async (browser: Visitor): Promise<MemberId> => (await browser.get('/account/me')).json.id
  /** A company that has bought seats of Lite by the month, with what its administrator sees of them. */
  const company = async (count: number, card: string = CARD.pays) => {
    const email = `chief${++companies}@acme.example`
    const boss = await newPerson(house, email)
    const bossId = await idOf(boss)
    const made = await house.rooms.db.tx((tx) => addTeam(tx, { name: 'Acme', admin: email }, house.clock.now()))
    if (!made.ok) throw new Error(made.no)
    const base = `/teams/${made.value.id}`
    const wish = { plan: 'lite', cycle: 'month', count }
    const order = (await boss.post(`${base}/orders`, wish, { 'idempotency-key': `seats-of-company-${companies}` })).json
    await shopper(house, bossId).payWithCard(order.id, card)
    const at = `${base}/contracts/${order.id}`
    return {
      email,
      boss,
      bossId,
      base,
      at,
      orderId: order.id as string,
      signIn: () => boss.post('/account/sign_in', { email, password: PASSWORD }),
      contract: async (by: Visitor = boss) => (await by.get(`${base}/contracts`)).json.contracts[0],
      /** Payments that came in for these seats. */
      paid: async () => {
        const all = await house.rooms.billing.orders(bossId, 20)
        return all.filter(({ kind, state }) => kind === 'seats' && state === 'paid').map(({ amount }) => amount)
      },
      letters: async () => (await lettersTo(house, email)).map(({ kind }) => kind),
      /** Somebody with a seat and a key. */
      colleague: async () => {
        const address = `person${++people}@acme.example`
        await boss.post(`${base}/invitations`, { email: address })
        const browser = visitor(house)
        const token = await tokenFor(house, address, 'team_invitation')
        await browser.post('/teams/join', { token, password: PASSWORD })
        const { key } = (await browser.post('/account/keys', { name: 'laptop' })).json
        return { browser, key: key as string, memberId: await idOf(browser), email: address }
      },
    }
  }
  const asks = async (key: string) => {
    const heard = await ask(house.url, key, { text: 'a question' })
    return heard.status === 200 ? 200 : errorOf(heard).code
  }

  test('S13: a team of five lives for three months: told before, charged once a month, served without a gap', async () => {
    const team = await company(5)
    const five = []
    for (let i = 0; i < 5; i++) five.push(await team.colleague())
    const began = Date.parse((await team.contract()).period.starts_at)
    expect(await team.contract()).toMatchObject({
      plan: 'lite',
      count: 5,
      status: 'active',
      renews: true,
      renewal: { price: { amount: '245.00', currency: 'CNY' } },
      method: { label: 'Test card •••• 4242', payer: team.bossId },
      open_order: null,
    })
    for (let month = 0; month < 3; month++) {
      for (const { key } of five) expect(await asks(key)).toBe(200)
      await live(house, 31 * DAY_MS)
    }
    for (const { key } of five) expect(await asks(key)).toBe(200)
    expect(await team.paid()).toEqual(Array.from({ length: 4 }, () => 5 * FEE))
    await team.signIn()
    const { period } = await team.contract()
    expect(Date.parse(period.starts_at) - began).toBeGreaterThan(88 * DAY_MS)
    const kinds = await team.letters()
    expect(kinds.filter((kind) => kind === 'renewal_notice').length).toBeGreaterThanOrEqual(6)
    expect(kinds.filter((kind) => kind === 'receipt')).toHaveLength(4)
    expect((await team.boss.get(team.base)).json.seats.map(({ ends_at }: { ends_at: string }) => ends_at)).toEqual(
      Array.from({ length: 5 }, () => period.ends_at),
    )
    // An invoice a payment, to whoever pays.
    expect((await team.boss.get('/invoices')).json.invoices).toHaveLength(4)
  })

  test('its renewal is switched off and on again; off, the seats are served to the end of what is paid, and no further', async () => {
    const team = await company(2)
    const { key, browser } = await team.colleague()
    expect((await browser.send('PUT', `${team.at}/renewal`, { on: false })).json.error.code).toBe('not_team_admin')
    const stranger = await newPerson(house, 'stranger@acme.example')
    expect((await stranger.get(`${team.base}/contracts`)).json.error.code).toBe('no_such_team')
    const other = await company(1)
    const theirs = await other.boss.send('PUT', `${other.base}/contracts/${team.orderId}/renewal`, { on: false })
    expect(theirs.json.error.code).toBe('no_such_seats')
    for (const on of [false, true, false]) {
      expect((await team.boss.send('PUT', `${team.at}/renewal`, { on })).status).toBe(204)
      expect(await team.contract()).toMatchObject({ renews: on, ...(on ? {} : { renewal: null }) })
    }
    const { period } = await team.contract()
    await live(house, Date.parse(period.ends_at) - house.clock.now() - HOUR_MS)
    expect(await asks(key)).toBe(200)
    await live(house, 2 * HOUR_MS)
    expect(await asks(key)).toBe('1309')
    expect(await team.paid()).toEqual([2 * FEE])
    expect(await team.letters()).toContain('subscription_ended')
    await team.signIn()
    expect(await team.contract()).toBeUndefined()
  })

  test('a declined charge: all administrators are told, the seats are served on, and another one’s method pays at once', async () => {
    const team = await company(2, CARD.debitDeclined)
    const { key } = await team.colleague()
    const second = await team.colleague()
    await team.boss.send('PUT', `${team.base}/people/${second.memberId}`, { is_admin: true })
    const end = Date.parse((await team.contract()).period.ends_at)
    await live(house, end + 2 * DAY_MS - house.clock.now())
    expect(await asks(key)).toBe(200)
    await team.signIn()
    const contract = await team.contract()
    expect(contract).toMatchObject({
      status: 'past_due',
      served_until: new Date(end + 7 * DAY_MS).toISOString(),
      open_order: { kind: 'seats', due: { amount: '98.00' }, payer: team.bossId },
    })
    expect((await team.boss.post(`/orders/${contract.open_order.id}/cancel`)).json.error.code).toBe('not_cancellable')
    for (const email of [team.email, second.email]) {
      const letters = (await lettersTo(house, email)).map(({ kind }) => kind)
      expect(letters.filter((kind) => kind === 'payment_declined')).toHaveLength(2)
    }
    const { browser, email } = second
    await browser.post('/account/sign_in', { email, password: PASSWORD })
    const setup = (await browser.post('/methods/setups', { provider: 'sandbox' })).json
    await chooseCard(setup.redirect_url, CARD.pays)
    await deliver(house)
    const [method] = (await browser.get('/methods')).json.methods
    const foreign = await team.boss.send('PUT', `${team.at}/method`, { method: method.id })
    expect(foreign.json.error.code).toBe('no_such_method')
    expect((await browser.send('PUT', `${team.at}/method`, { method: method.id })).status).toBe(204)
    await deliver(house)
    const after = await team.contract(browser)
    expect(after).toMatchObject({ status: 'active', open_order: null, method: { payer: second.memberId } })
    // However late the money came, the period begins where the last one ended.
    expect(after.period.starts_at).toBe(contract.period.ends_at)
    const [bill] = await house.rooms.billing.orders(second.memberId, 1)
    expect(bill).toMatchObject({ kind: 'seats', state: 'paid', amount: 2 * FEE })
    // The bill that he has not paid is nobody's any more.
    expect(await team.paid()).toEqual([2 * FEE])
    expect(await asks(key)).toBe(200)
  })

  test('never paid, the seats end with the grace, and nothing more is charged; a method of somebody who has left is not charged', async () => {
    const team = await company(1)
    const next = await team.colleague()
    await team.boss.send('PUT', `${team.base}/people/${next.memberId}`, { is_admin: true })
    expect((await team.boss.send('DELETE', `${team.base}/people/${team.bossId}`)).status).toBe(204)
    await next.browser.post('/account/sign_in', { email: next.email, password: PASSWORD })
    const end = Date.parse((await team.contract(next.browser)).period.ends_at)
    await live(house, end + DAY_MS - house.clock.now())
    await next.browser.post('/account/sign_in', { email: next.email, password: PASSWORD })
    expect(await team.contract(next.browser)).toMatchObject({
      status: 'past_due',
      open_order: { payer: next.memberId },
    })
    expect(await asks(next.key)).toBe(200)
    await live(house, 7 * DAY_MS)
    expect(await asks(next.key)).toBe('1309')
    expect(await team.paid()).toEqual([FEE])
    expect((await lettersTo(house, next.email)).map(({ kind }) => kind)).toContain('subscription_ended')
  })

  test('F66: seats are given back by the published rule, seat by seat; they end at once, and the money goes the way it came', async () => {
    const team = await company(3)
    const { key } = await team.colleague()
    expect(await asks(key)).toBe(200)
    await house.rooms.entitlements.drain()
    await live(house, 2 * DAY_MS)
    const offer = (await team.boss.get(`${team.at}/refund`)).json
    expect(offer.allowed).toBe(true)
    const [byTime, byUse, amount] = [offer.by_time, offer.by_use, offer.amount].map((m) => Number(m.amount) * 100)
    expect(Math.abs(byTime! - (3 * FEE * 28) / 30)).toBeLessThan(200)
    // One seat has used one of its prompts, the others none.
    expect(byUse).toBeGreaterThanOrEqual(3 * FEE - 10)
    expect(amount).toBeLessThanOrEqual(byTime!)
    const refuse = async (expected: string) =>
      (await team.boss.post(`${team.at}/refund`, { expected })).json.error?.code
    expect([await refuse('147.01'), await refuse('much')]).toEqual(['quote_changed', 'not_an_amount'])
    expect(await asks(key)).toBe(200)
    house.clock.advance(10 * 60_000)
    const done = await team.boss.post(`${team.at}/refund`, { expected: offer.amount.amount })
    expect(done.json).toEqual({ amount: offer.amount })
    expect(await asks(key)).toBe('1309')
    await live(house, HOUR_MS)
    const [payment] = await house.rooms.billing.payments(team.orderId as `ord_${string}`)
    expect(house.bank.books.payments.get(payment?.id ?? '')?.refunded).toBe(Math.round(amount!))
    await live(house, 40 * DAY_MS)
    expect(await team.paid()).toEqual([3 * FEE])
    const late = await company(1)
    await live(house, 8 * DAY_MS)
    expect((await late.boss.post(`${late.at}/refund`, { expected: '1.00' })).json.error.code).toBe('refund_too_late')
  })
})

import { DAY_MS, HOUR_MS, type MemberId } from '@codeplan/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { examine } from '../../apps/server/src/admin/index.ts'
import { openSession, SESSION_COOKIE } from '../../apps/server/src/identity/index.ts'
import { sql } from '../../apps/server/src/platform/index.ts'
import { ask } from '../house/ask.ts'
import { drawn } from '../house/books.ts'
import { catalogSource, openHouse, type House } from '../house/house.ts'
import { heardAll, limitedSale } from '../house/shop.ts'
import { deliver, shopper } from '../house/shopper.ts'
import { visitor, type Answered, type Visitor } from '../house/visitor.ts'

const ADMIN = '/api/admin/v1'
const WHY = { why: 'asked by telephone' }
const BODILESS = new Set(['GET', 'DELETE'])
const codeOf = ({ json }: Answered): unknown => json.error?.code

let house: House
let operator: Visitor
let support: Visitor
let member: Visitor
let memberId: MemberId
let key: string

/** A browser of somebody of this role. */
async function browserOf(role: 'member' | 'support' | 'operator') {
  const person = await house.subscriber()
  await sql`update members set role = ${role}, language = 'en' where id = ${person.memberId}`.execute(
    house.rooms.db.queries,
  )
  const browser = visitor(house)
  browser.cookies.set(SESSION_COOKIE, await openSession(house.rooms.db, person.memberId, house.clock.now()))
  return { ...person, browser }
}

/** What was written down last. */
async function lastDeed() {
  return (await operator.get(`${ADMIN}/audit?limit=1`)).json.entries[0]
}

beforeAll(async () => {
  house = await openHouse({ catalog: limitedSale(5) })
  ;[operator, support] = [(await browserOf('operator')).browser, (await browserOf('support')).browser]
  const known = await browserOf('member')
  member = known.browser
  memberId = known.memberId
  key = known.key
})
afterAll(async () => {
  expect((await examine(house.rooms)).filter(({ check, ok }) => !ok && check !== 'clock')).toEqual([])
  await house.close()
})

describe('the operator’s API', () => {
  test('nobody without the role reads or changes anything; support helps, but moves no money', async () => {
    const paths = house.app.routes.filter(({ url }) => url.startsWith(`${ADMIN}/`))
    expect(paths.length).toBeGreaterThan(35)
    for (const { method, url } of paths.filter((one) => one.method !== 'HEAD')) {
      const path = url.replaceAll(/:(\w+)/g, 'x')
      expect([url, codeOf(await member.send(method, path, BODILESS.has(method) ? undefined : {}))]).toEqual([
        url,
        'not_allowed',
      ])
      expect([url, codeOf(await visitor(house).send(method, path))]).toEqual([url, 'signed_out'])
    }
    for (const [method, path, body] of [
      ['POST', `/members/${memberId}/grant`, { plan: 'max', months: 1, ...WHY }],
      ['POST', `/members/${memberId}/balance`, { amount: '5', ...WHY }],
      ['POST', '/catalog/apply', { source: '', base: 1, ...WHY }],
      ['PUT', '/upstreams/sandbox-openai/drain', { drained: true, ...WHY }],
      ['PUT', '/sale/limit', { limited: false, ...WHY }],
    ] as const)
      expect(codeOf(await support.send(method, ADMIN + path, body))).toBe('not_allowed')
    expect((await support.get(`${ADMIN}/today`)).status).toBe(200)
  })

  test('a member is found, given a plan and a credit, suspended and restored; each deed is kept with its why', async () => {
    const { email } = (await member.get('/account/me')).json
    const found = await operator.get(`${ADMIN}/members?q=${email.slice(0, 8).toUpperCase()}&limit=50`)
    expect(found.json.members.map((row: { email: string }) => row.email)).toContain(email)
    expect((await operator.get(`${ADMIN}/members?q=${key.slice(0, 10)}`)).json.members).toMatchObject([{ email }])
    const path = `${ADMIN}/members/${memberId}`
    expect(codeOf(await operator.post(`${path}/grant`, { plan: 'gold', months: 1, ...WHY }))).toBe('no_plan')
    expect(codeOf(await operator.post(`${path}/grant`, { plan: 'lite', months: 1 }))).toBe('bad_request')
    expect((await operator.post(`${path}/grant`, { plan: 'lite', months: 2, ...WHY })).status).toBe(204)
    expect(await lastDeed()).toMatchObject({
      action: 'grant',
      whom: memberId,
      after: { plan: 'lite', months: 2 },
      ...WHY,
    })

    expect(codeOf(await support.post(`${path}/credit`, { window: 'five_hour', units: 3, ...WHY }))).toBe(
      'window_untouched',
    )
    expect((await ask(house.url, key, { text: 'a first question' })).status).toBe(200)
    await drawn(house, { memberId })
    expect((await support.post(`${path}/credit`, { window: 'five_hour', units: 3, ...WHY })).status).toBe(204)
    expect(await lastDeed()).toMatchObject({ action: 'credit', before: { left: 79 }, after: { left: 82 }, ...WHY })

    expect((await support.post(`${path}/suspend`, WHY)).status).toBe(204)
    expect(codeOf(await support.post(`${path}/suspend`, WHY))).toBe('already_so')
    await heardAll(house)
    expect((await ask(house.url, key, { text: 'a second question' })).text).toContain('1313')
    expect((await operator.get(`${ADMIN}/members?is=suspended`)).json.members).toMatchObject([{ id: memberId }])
    expect((await support.post(`${path}/restore`, WHY)).status).toBe(204)
    const story = (await support.get(path)).json
    expect(story).toMatchObject({
      member: { email, plan: 'lite', suspended: false },
      standings: [{ plan: 'lite', drawn: true, windows: [{ id: 'five_hour', limit: 83, used: 1 }, { id: 'week' }] }],
      keys: [{ begins_with: key.slice(0, 8) }],
      credits: [{ window: 'five_hour', units: 3, reason: WHY.why }],
      refusals: [{ code: '1313', times: 1 }],
    })
    expect(story.days.at(-1)).toMatchObject({ calls: 1, charge: 1 })
    expect(story.deeds.map((deed: { action: string }) => deed.action)).toEqual([
      'member restore',
      'member suspend',
      'credit',
      'grant',
    ])
    expect(codeOf(await operator.get(`${ADMIN}/members/mem_nobody`))).toBe('no_such_member')
  })

  test('an operator sees the console as a member does: reads it all, changes nothing, is written down, and is himself again', async () => {
    const { browser, memberId: own } = await browserOf('operator')
    const path = `${ADMIN}/members/${memberId}/look`
    expect(codeOf(await support.post(path, WHY))).toBe('not_allowed')
    expect(codeOf(await browser.post(path, {}))).toBe('bad_request')
    expect(codeOf(await browser.post(`${ADMIN}/members/${own}/look`, WHY))).toBe('staff_member')
    expect(codeOf(await browser.send('DELETE', '/account/look'))).toBe('no_such_session')

    expect((await browser.post(path, WHY)).status).toBe(204)
    expect((await browser.get('/start')).json).toMatchObject({ me: { id: memberId }, looked_at_by: expect.any(String) })
    expect((await member.get('/start')).json.looked_at_by).toBe(null)
    expect((await browser.get('/subscription')).json).toEqual((await member.get('/subscription')).json)
    const changes = house.app.routes.filter(
      ({ method, url }) => /^\/api\/(console|admin)\//.test(url) && !['GET', 'HEAD'].includes(method),
    )
    expect(changes.length).toBeGreaterThan(60)
    for (const { method, url } of changes.filter((one) => one.url !== '/api/console/v1/account/look')) {
      const at = url.replaceAll(/:(\w+)/g, 'x')
      expect([url, codeOf(await browser.send(method, at, BODILESS.has(method) ? undefined : {}))]).toEqual([
        url,
        'only_looking',
      ])
    }
    expect(codeOf(await browser.get(`${ADMIN}/today`))).toBe('not_allowed')
    expect(await lastDeed()).toMatchObject({ action: 'look', whom: memberId, ...WHY })
    const { sessions } = (await member.get('/account/sessions')).json
    expect(sessions.map((one: { by_operator: boolean }) => one.by_operator)).toContain(true)

    const meOf = async () => (await browser.get('/account/me')).json.id
    expect((await browser.send('DELETE', '/account/look')).status).toBe(204)
    expect(await meOf()).toBe(own)
    expect((await browser.post(path, WHY)).status).toBe(204)
    expect(await meOf()).toBe(memberId)
    // A browser forgets the cookie when its time is over.
    browser.cookies.delete(SESSION_COOKIE)
    expect(await meOf()).toBe(own)
    // Also after a second look from there.
    expect((await browser.post(path, WHY)).status).toBe(204)
    expect((await browser.send('DELETE', '/account/look')).status).toBe(204)
    expect(await meOf()).toBe(own)

    // An operator who is one no longer, or signs out everywhere, looks no longer either.
    expect((await browser.post(path, WHY)).status).toBe(204)
    const elsewhere = visitor(house)
    elsewhere.cookies.set(SESSION_COOKIE, await openSession(house.rooms.db, own, house.clock.now()))
    expect((await elsewhere.send('DELETE', '/account/sessions')).status).toBe(204)
    await heardAll(house)
    expect(codeOf(await browser.get('/account/me'))).toBe('signed_out')
  })

  test('a balance is booked once per key, and never below what is free', async () => {
    const path = `${ADMIN}/members/${memberId}/balance`
    const once = { 'idempotency-key': 'the-same-wish' }
    expect(codeOf(await operator.post(path, { amount: '5.00', ...WHY }))).toBe('no_request_key')
    for (const posted of [true, false]) {
      const { json } = await operator.post(path, { amount: '5.00', ...WHY }, once)
      expect(json).toEqual({ posted, balance: { amount: '5.00', currency: 'CNY' } })
    }
    const refused = await operator.post(path, { amount: '-9.00', ...WHY }, { 'idempotency-key': 'another-wish' })
    expect([refused.status, codeOf(refused), refused.json.error.detail]).toEqual([
      409,
      'not_that_much',
      { available: '5.00' },
    ])
    expect(await lastDeed()).toMatchObject({ action: 'balance add', whom: memberId, after: { balance: '5.00' } })
  })

  test('an order is bought, told whole, and refunded; what was shown is what goes back', async () => {
    const buyer = await browserOf('member')
    const shop = shopper(house, buyer.memberId)
    const order = await shop.buy('pro')
    await deliver(house)
    const list = (await support.get(`${ADMIN}/orders?state=paid&kind=purchase`)).json
    expect(list).toMatchObject({
      orders: [{ id: order.id, member: buyer.memberId, due: { amount: '149.00' } }],
      next: null,
    })
    const story = (await support.get(`${ADMIN}/orders/${order.id}`)).json
    expect(story).toMatchObject({
      order: { state: 'paid' },
      payments: [{ state: 'succeeded', kept: true }],
      refunds: [],
    })
    expect(story.invoice).toMatch(/^INV-2026-/)
    expect(story.postings.map((one: { kind: string }) => one.kind)).toEqual(['payment', 'payment', 'order', 'order'])

    const path = `${ADMIN}/members/${buyer.memberId}/refund`
    house.clock.advance(24 * HOUR_MS)
    const shown = (await support.get(path)).json
    expect(shown).toMatchObject({ allowed: true, most: { amount: '149.00' } })
    expect(codeOf(await operator.post(path, { expected: '149.00', ...WHY }))).toBe('quote_changed')
    const sent = await operator.post(path, { amount: '100.00', ...WHY })
    expect([sent.status, sent.json]).toEqual([200, { amount: { amount: '100.00', currency: 'CNY' } }])
    expect(await lastDeed()).toMatchObject({ action: 'refund', whom: buyer.memberId, ...WHY })
    expect(codeOf(await operator.get(path))).toBe('not_subscribed')
    expect((await operator.get(`${ADMIN}/refunds?state=requested`)).json.refunds).toMatchObject([
      { amount: { amount: '100.00' } },
    ])
    expect((await operator.post(`${ADMIN}/payments/reconcile`, WHY)).json).toEqual({ asked: 1 })
    await house.rooms.billing.workDue(house.clock.now())
    await deliver(house)
    expect((await operator.get(`${ADMIN}/refunds`)).json.refunds).toMatchObject([{ state: 'succeeded' }])
    expect(codeOf(await operator.post(`${ADMIN}/payments/${story.payments[0].id}/ask`, WHY))).toBe('no_such_payment')
  })

  test('coupons and redeem codes are made and counted; a code is told once', async () => {
    const wish = { code: 'SPRING-20', percent: 20, plans: ['pro'], ...WHY }
    expect((await operator.post(`${ADMIN}/coupons`, wish)).status).toBe(201)
    expect(codeOf(await operator.post(`${ADMIN}/coupons`, wish))).toBe('coupon_there')
    expect(codeOf(await operator.post(`${ADMIN}/coupons`, { ...wish, amount: '3' }))).toBe('bad_request')
    const made = await operator.post(`${ADMIN}/redeem_codes`, { plan: 'lite', months: 3, count: 2, ...WHY })
    expect(made.json.codes).toHaveLength(2)
    expect((await member.post('/redeem', { code: made.json.codes[0] })).status).toBe(200)
    expect((await support.get(`${ADMIN}/coupons`)).json).toMatchObject({
      coupons: [{ code: 'SPRING-20', percent: 20, plans: ['pro'], uses: 0 }],
      redeem: [{ gift: { plan: 'lite', months: 3 }, codes: 2, redeemed: 1 }],
    })
  })

  test('S7: pieces are added, a plan is paused, and the limit is ended and brought back, in a version of the catalog each', async () => {
    expect((await operator.post(`${ADMIN}/sale/releases`, { plan: 'max', pieces: 7, ...WHY })).status).toBe(201)
    const past = { plan: 'max', pieces: 7, at: '2020-01-01T00:00:00Z', ...WHY }
    expect(codeOf(await operator.post(`${ADMIN}/sale/releases`, past))).toBe('release_past')
    expect((await operator.send('PUT', `${ADMIN}/sale/plans/lite`, { paused: true, ...WHY })).status).toBe(204)
    await heardAll(house)
    const sale = (await support.get(`${ADMIN}/sale`)).json
    expect(sale).toMatchObject({ limited: true, daily: { at: '10:00', pieces: 5 } })
    expect(sale.plans).toMatchObject([{ plan: 'lite', paused: true }, { plan: 'pro' }, { plan: 'max', left: 12 }])
    expect(sale.releases).toContainEqual(
      expect.objectContaining({ plan: 'max', origin: 'operator', pieces: 7, sold: 0 }),
    )
    expect((await support.get(`${ADMIN}/sale/suggestion?days=3&fill=70`)).json).toMatchObject({
      days: 3,
      fill_percent: 70,
    })
    expect((await operator.send('PUT', `${ADMIN}/sale/limit`, { limited: false, ...WHY })).status).toBe(204)
    expect(house.rooms.catalog.current().sale.limited).toBe(false)
    expect(codeOf(await operator.post(`${ADMIN}/sale/releases`, { plan: 'max', pieces: 7, ...WHY }))).toBe(
      'not_limited',
    )
    expect(codeOf(await operator.send('PUT', `${ADMIN}/sale/limit`, { limited: false, ...WHY }))).toBe('already_so')
    expect((await operator.send('PUT', `${ADMIN}/sale/limit`, { limited: true, ...WHY })).status).toBe(204)
    // Nothing of the file is lost on the way.
    expect(house.rooms.catalog.current().source).toBe(limitedSale(5)(catalogSource))
  })

  test('a catalog is checked, told what it touches, applied, and never over somebody else’s', async () => {
    const { version, source } = (await support.get(`${ADMIN}/catalog/versions/running`)).json
    const check = async (text: string) => (await operator.post(`${ADMIN}/catalog/check`, { source: text })).json
    expect(await check(source)).toMatchObject({ ok: true, same: true, changes: [], touches: [] })
    const broken = await check(source.replace('rank: 2', 'rank: two'))
    expect(broken).toMatchObject({ ok: false, faults: [{ path: 'plans[1].rank' }] })
    expect(broken.faults[0].line).toBe(source.split('\n').findIndex((line: string) => line.includes('rank: 2')) + 1)
    const next = source.replace('month: "49.00"', 'month: "59.00"').replace('queue_weight: 1 ', 'queue_weight: 3 ')
    const told = await check(next)
    expect(told.changes).toEqual([
      { path: 'plans.lite.queue_weight', before: '1', after: '3' },
      { path: 'plans.lite.prices.month', before: '49.00', after: '59.00' },
    ])
    expect(told.touches).toMatchObject([
      { plan: 'lite', how: 'at_once', subscriptions: 2, by: ['plans.lite.queue_weight'] },
      { plan: 'lite', how: 'new_version', by: ['plans.lite.prices.month'] },
    ])
    const apply = (body: object) =>
      operator.post(`${ADMIN}/catalog/apply`, { source: next, base: version, ...WHY, ...body })
    expect(codeOf(await apply({ base: version - 1 }))).toBe('catalog_moved')
    expect(codeOf(await apply({ source: 'plans: 3' }))).toBe('catalog_faults')
    expect((await apply({})).json).toEqual({
      version: version + 1,
      changed: true,
      plan_versions: [{ plan: 'lite', version: 2 }],
    })
    const { versions } = (await support.get(`${ADMIN}/catalog/versions`)).json
    expect(versions[0]).toMatchObject({ version: version + 1, running: true })
    expect(await lastDeed()).toMatchObject({ action: 'catalog apply', before: { version }, ...WHY })
    expect(codeOf(await support.get(`${ADMIN}/catalog/versions/999`))).toBe('no_such_version')
  })

  test('S7: a drained upstream gets no more calls; with the last one drained calls are refused, uncounted', async () => {
    const drain = async (upstream: string, drained: boolean) => {
      const { status } = await operator.send('PUT', `${ADMIN}/upstreams/${upstream}/drain`, { drained, ...WHY })
      await heardAll(house)
      return status
    }
    const { upstreams } = (await support.get(`${ADMIN}/upstreams`)).json
    const ids = upstreams.map(({ id }: { id: string }) => id)
    for (const id of ids) expect(await drain(id, true)).toBe(204)
    const before = await drawn(house, { memberId })
    expect((await ask(house.url, key, { text: 'is anybody there' })).status).toBeGreaterThanOrEqual(500)
    expect((await drawn(house, { memberId })).week.used).toBe(before.week.used)
    const today = (await support.get(`${ADMIN}/today`)).json
    expect(today.attention).toContainEqual({ kind: 'upstreams_drained', count: ids.length, names: ids.toSorted() })
    for (const id of ids) expect(await drain(id, false)).toBe(204)
    expect(await drain(ids[0], false)).toBe(409)
    expect(codeOf(await operator.send('PUT', `${ADMIN}/upstreams/nowhere/drain`, { drained: true, ...WHY }))).toBe(
      'no_such_upstream',
    )
    expect((await ask(house.url, key, { text: 'and now' })).status).toBe(200)
  })

  test('today, economics, capacity, tools, letters and the doctor answer in one go', async () => {
    await house.app.gateway.writeCapacity()
    const today = (await support.get(`${ADMIN}/today`)).json
    expect(today.money).toMatchObject({ month: { amount: '149.00' }, refunded_month: { amount: '100.00' } })
    expect(today.hours).toHaveLength(24)
    expect(today.plans).toMatchObject([
      { plan: 'lite', subscriptions: 2, paused: true },
      { plan: 'pro' },
      { plan: 'max' },
    ])
    const economics = (await support.get(`${ADMIN}/economics`)).json
    expect(economics.plans[0]).toMatchObject({ plan: 'lite', fee: 59, subscriptions: 2 })
    expect(economics.months).toHaveLength(12)
    expect(economics.months.at(-1)).toMatchObject({ month: '2026-03', plans: { amount: '149.00' } })
    const capacity = (await support.get(`${ADMIN}/capacity?hours=72`)).json
    expect(capacity.sold).toContainEqual({ day: '2026-03-02', plan: 'lite', running: 1, sold: 1 })
    expect((await support.get(`${ADMIN}/tools`)).json.tools).toMatchObject([{ id: 'claude-code', name: 'Claude Code' }])
    expect((await support.get(`${ADMIN}/letters?limit=1`)).json.letters).toHaveLength(1)
    expect(codeOf(await support.get(`${ADMIN}/letters/mail_none`))).toBe('no_such_letter')
    expect((await support.get(`${ADMIN}/system`)).json).toMatchObject({ providers: [{ id: 'sandbox', on: true }] })
    expect((await support.post(`${ADMIN}/doctor`)).json).toMatchObject({ running: true })
  })

  test('what an operator gives is given once per key: asked again after a lost answer, even at the same time, it is given no second time', async () => {
    const { memberId: lucky, email } = await browserOf('member')
    const wishes = [
      { path: `members/${lucky}/grant`, wish: { plan: 'lite', months: 1, ...WHY }, done: 204 },
      { path: 'redeem_codes', wish: { plan: 'pro', months: 7, count: 1, ...WHY }, done: 201 },
      { path: 'sale/releases', wish: { plan: 'lite', pieces: 1, ...WHY }, done: 201 },
    ]
    for (const { path, wish, done } of wishes) {
      const once = { 'idempotency-key': `a-gift-by-${path}` }
      const give = () => operator.post(`${ADMIN}/${path}`, wish, once)
      expect((await Promise.all([give(), give()])).map(({ status }) => status).toSorted()).toEqual([done, 409])
      const again = await give()
      expect([again.status, codeOf(again)]).toEqual([409, 'done_before'])
    }
    const founded = await operator.post(`${ADMIN}/teams`, { name: 'Acme', admin: email })
    const seats = { plan: 'lite', count: 3, ends_at: new Date(house.clock.now() + 30 * DAY_MS).toISOString() }
    for (const status of [204, 409]) {
      const path = `${ADMIN}/teams/${founded.json.id}/seats`
      expect((await operator.post(path, seats, { 'idempotency-key': 'a-gift-of-seats' })).status).toBe(status)
    }
    expect((await support.get(`${ADMIN}/teams`)).json.teams).toMatchObject([{ name: 'Acme', seats: 3 }])

    const { standings } = (await support.get(`${ADMIN}/members/${lucky}`)).json
    expect(standings).toHaveLength(1)
    const { redeem } = (await support.get(`${ADMIN}/coupons`)).json
    expect(redeem.filter(({ gift }: { gift: { months?: number } }) => gift.months === 7)).toMatchObject([{ codes: 1 }])

    const path = `${ADMIN}/members/${memberId}/credit`
    const wish = { window: 'five_hour', units: 2, ...WHY }
    await ask(house.url, key, { text: 'a question in a window' })
    await drawn(house, { memberId })
    for (const status of [204, 409])
      expect((await support.post(path, wish, { 'idempotency-key': 'a-credit' })).status).toBe(status)
    const { credits } = (await support.get(`${ADMIN}/members/${memberId}`)).json
    expect(credits.filter(({ units }: { units: number }) => units === 2)).toHaveLength(1)
    // A name is its giver's: somebody else's gift of the same name is another one.
    expect((await operator.post(path, wish, { 'idempotency-key': 'a-credit' })).status).toBe(204)
  })
})

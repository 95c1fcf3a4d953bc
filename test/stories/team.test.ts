import { DAY_MS, HOUR_MS, instant, type MemberId } from '@codeplan/core'
import { startIssuer, type SandboxIssuer } from '@codeplan/sandbox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { changeRole } from '../../apps/server/src/identity/index.ts'
import { addTeam, extendSeats, grantSeats } from '../../apps/server/src/teams/index.ts'
import { ask, errorOf, send } from '../house/ask.ts'
import { drawn, faultsOfBooks } from '../house/books.ts'
import { openHouse, type House } from '../house/house.ts'
import { CARD, shopper } from '../house/shopper.ts'
import { lettersTo, newPerson, tokenFor, visitor, type Answered, type Visitor } from '../house/visitor.ts'

const PASSWORD = 'quite a long one'
const codeOf = ({ json }: Answered): unknown => json.error?.code
const PROMPTS = 3

interface Seat {
  readonly id: string
  readonly member: string | null
  readonly invitation: string | null
}

describe('a team of five', () => {
  let house: House
  let issuer: SandboxIssuer
  beforeAll(async () => {
    issuer = await startIssuer()
    house = await openHouse({
      catalog: (source) =>
        source.replace('prompts: 80 }', `prompts: ${PROMPTS} }`).replace(
          'require_verified: true',
          `oidc: [{ id: acme, name: Acme, issuer: "${issuer.url}", client_id_env: ID, client_secret_env: SECRET, domains: [acme.example] }]
  require_verified: true`,
        ),
      secrets: { ID: issuer.clientId, SECRET: issuer.clientSecret },
    })
  })
  afterAll(async () => {
    await house.rooms.entitlements.drain()
    expect(await faultsOfBooks(house)).toEqual([])
    await house.close()
    await issuer.close()
  })

  let companies = 0
  /** A company with seats of Lite, and the browser of its administrator. */
  const company = async (count: number, days = 60) => {
    const email = `boss${++companies}@acme.example`
    const boss = await newPerson(house, email)
    const teamId = await house.rooms.db.tx(async (tx) => {
      const now = house.clock.now()
      const made = await addTeam(tx, { name: `Acme ${companies}`, admin: email }, now)
      if (!made.ok) throw new Error(made.no)
      const endsAt = instant(now + days * DAY_MS)
      const added = await grantSeats(house.rooms, tx, { teamId: made.value.id, plan: 'lite', count, endsAt }, now)
      if (!added.ok) throw new Error(added.no)
      return made.value.id
    })
    const base = `/teams/${teamId}`
    return {
      email,
      boss,
      teamId,
      base,
      team: async () => (await boss.get(base)).json,
      seats: async () => (await boss.get(base)).json.seats as readonly Seat[],
      invite: (address: string) => boss.post(`${base}/invitations`, { email: address }),
      hold: (seat: string, member: string | null) => boss.send('PUT', `${base}/seats/${seat}`, { member }),
    }
  }
  const join = async (browser: Visitor, email: string, more: object = {}) =>
    browser.post('/teams/join', { token: await tokenFor(house, email, 'team_invitation'), ...more })
  const idOf = async (browser: Visitor): Promise<MemberId> => (await browser.get('/account/me')).json.id
  /** Somebody new who has joined, with a key. */
  const colleague = async (team: Awaited<ReturnType<typeof company>>, email: string) => {
    expect((await team.invite(email)).status).toBe(201)
    const browser = visitor(house)
    expect((await join(browser, email, { password: PASSWORD })).status).toBe(200)
    const { key } = (await browser.post('/account/keys', { name: 'laptop' })).json
    return { browser, email, key: key as string, memberId: await idOf(browser) }
  }

  test('the administrator invites five, new people and members, and uses no seat', async () => {
    const team = await company(5)
    for (const name of ['ann', 'bob', 'carol', 'dave']) await colleague(team, `${name}@acme.example`)
    const member = await newPerson(house, 'erin@acme.example')
    await team.invite('erin@acme.example')
    expect(codeOf(await join(visitor(house), 'erin@acme.example'))).toBe('sign_in_first')
    const stranger = await newPerson(house, 'stranger@acme.example')
    expect(codeOf(await join(stranger, 'erin@acme.example'))).toBe('other_person')
    expect((await join(member, 'erin@acme.example')).status).toBe(200)
    expect(codeOf(await team.invite('frank@acme.example'))).toBe('no_free_seat')
    const seats = await team.seats()
    expect(new Set(seats.map(({ member }) => member)).size).toBe(5)
    expect(seats.map(({ member }) => member)).not.toContain(await idOf(team.boss))
    expect((await lettersTo(house, 'ann@acme.example')).map(({ kind }) => kind)).toEqual([
      'seat_given',
      'team_invitation',
    ])
    expect((await member.get('/teams')).json.teams).toMatchObject([{ id: team.teamId, is_admin: false }])
    expect(codeOf(await member.get(team.base))).toBe('not_team_admin')
    expect(codeOf(await stranger.get(team.base))).toBe('no_such_team')
  })

  test('a person’s key draws the seat; a moved seat is no fresh quota, and the old holder is served no longer', async () => {
    const team = await company(1)
    const old = await colleague(team, 'gil@acme.example')
    for (let i = 0; i < PROMPTS - 1; i++)
      expect((await ask(house.url, old.key, { text: `question ${i}` })).status).toBe(200)
    expect((await drawn(house, old)).five_hour.used).toBe(PROMPTS - 1)
    const before = (await house.rooms.entitlements.standing(old.memberId, house.clock.now()))?.windows
    const next = await newPerson(house, 'hana@acme.example')
    const nextId = await idOf(next)
    const { key } = (await next.post('/account/keys', { name: 'laptop' })).json
    const [seat] = await team.seats()
    expect(codeOf(await team.hold(seat?.id ?? '', nextId))).toBe('not_in_team')
    // Joins by an invitation to a second seat that is then given up.
    await house.rooms.db.tx((tx) => {
      const wish = {
        teamId: team.teamId,
        plan: 'lite',
        count: 1,
        endsAt: instant(house.clock.now() + DAY_MS),
      }
      return grantSeats(house.rooms, tx, wish, house.clock.now())
    })
    await team.invite('hana@acme.example')
    await join(next, 'hana@acme.example')
    const second = (await team.seats()).find(({ member }) => member === nextId)
    expect(codeOf(await team.hold(seat?.id ?? '', nextId))).toBe('has_seat')
    expect((await team.hold(second?.id ?? '', null)).status).toBe(204)
    house.clock.advance(HOUR_MS)
    expect((await team.hold(seat?.id ?? '', nextId)).status).toBe(204)
    expect(errorOf(await ask(house.url, old.key, { text: 'one more' })).code).toBe('1309')
    const after = (await house.rooms.entitlements.standing(nextId, house.clock.now()))?.windows
    expect(after?.map(({ resetsAt }) => resetsAt)).toEqual(before?.map(({ resetsAt }) => resetsAt))
    expect((await ask(house.url, key, { text: 'mine' })).status).toBe(200)
    const full = await ask(house.url, key, { text: 'mine too' })
    expect([full.status, errorOf(full).code]).toEqual([429, '1308'])
    // Back again: neither is fresh.
    expect((await team.hold(seat?.id ?? '', old.memberId)).status).toBe(204)
    expect(errorOf(await ask(house.url, old.key, { text: 'and now' })).code).toBe('1308')
    house.clock.advance(5 * HOUR_MS)
    expect((await ask(house.url, old.key, { text: 'after the reset' })).status).toBe(200)
    expect((await lettersTo(house, old.email)).map(({ kind }) => kind)).toEqual([
      'seat_given',
      'seat_taken',
      'seat_given',
      'team_invitation',
    ])
  })

  test('use is seen by person, as sums: no contents, no calls, and nothing of people’s own plans', async () => {
    const team = await company(2)
    const one = await colleague(team, 'ivy@acme.example')
    const two = await colleague(team, 'jon@acme.example')
    await ask(house.url, one.key, { text: 'a secret question' })
    await ask(house.url, two.key, { text: 'another secret' })
    await ask(house.url, two.key, { text: 'a third secret' })
    await house.rooms.entitlements.drain()
    await house.rooms.entitlements.grant(
      { memberId: two.memberId, plan: 'pro', months: 1, source: 'grant' },
      house.clock.now(),
    )
    await ask(house.url, two.key, { text: 'on a plan of one’s own' })
    await house.rooms.entitlements.drain()
    house.clock.advance(HOUR_MS)
    const heard = await team.boss.get(`${team.base}/usage`)
    expect(
      heard.json.people.map((p: { email: string; calls: number; charge: number }) => [p.email, p.calls, p.charge]),
    ).toEqual([
      ['ivy@acme.example', 1, 1],
      ['jon@acme.example', 2, 2],
    ])
    expect(heard.text).not.toContain('secret')
    expect(codeOf(await one.browser.get(`${team.base}/usage`))).toBe('not_team_admin')
  })

  test('an invitation keeps its seat for seven days, and is good once, for its address', async () => {
    const team = await company(1)
    await team.invite('kim@acme.example')
    expect(codeOf(await team.invite('lee@acme.example'))).toBe('no_free_seat')
    house.clock.advance(7 * DAY_MS)
    expect(codeOf(await join(visitor(house), 'kim@acme.example', { password: PASSWORD }))).toBe('bad_link')
    await team.boss.post('/account/sign_in', { email: team.email, password: PASSWORD })
    expect((await team.invite('lee@acme.example')).status).toBe(201)
    expect(codeOf(await team.invite('lee@acme.example'))).toBe('no_free_seat')
    const browser = visitor(house)
    expect(codeOf(await join(browser, 'lee@acme.example'))).toBe('password_needed')
    expect((await join(browser, 'lee@acme.example', { password: PASSWORD, name: 'Lee' })).status).toBe(200)
    expect((await browser.get('/account/me')).json).toMatchObject({
      email: 'lee@acme.example',
      verified: true,
      name: 'Lee',
    })
    expect(codeOf(await join(visitor(house), 'lee@acme.example', { password: PASSWORD }))).toBe('bad_link')
  })

  test('an invitation is taken back, and its seat is free at once', async () => {
    const team = await company(1)
    const { id } = (await team.invite('mia@acme.example')).json
    expect((await team.seats())[0]?.invitation).toBe(id)
    expect((await team.boss.send('DELETE', `${team.base}/invitations/${id}`)).status).toBe(204)
    expect(codeOf(await team.boss.send('DELETE', `${team.base}/invitations/${id}`))).toBe('no_such_invitation')
    expect(codeOf(await join(visitor(house), 'mia@acme.example', { password: PASSWORD }))).toBe('bad_link')
    expect((await team.invite('ned@acme.example')).status).toBe(201)
  })

  test('one person has one seat, also of two teams at the same moment', async () => {
    const [first, second] = [await company(1), await company(1)]
    const browser = await newPerson(house, 'olga@acme.example')
    await first.invite('olga@acme.example')
    const one = await tokenFor(house, 'olga@acme.example', 'team_invitation')
    await second.invite('olga@acme.example')
    const two = await tokenFor(house, 'olga@acme.example', 'team_invitation')
    const statuses = await Promise.all(
      [one, two].map(async (token) => (await browser.post('/teams/join', { token })).status),
    )
    expect(statuses.toSorted()).toEqual([200, 409])
  })

  test('a group of single sign-on gives a seat, and takes it when the person has left the group', async () => {
    const team = await company(1)
    const operator = await newPerson(house, 'operator@example.org')
    const operatorId = await idOf(operator)
    const deed = { memberId: operatorId, role: 'operator', who: 'command line', address: '' } as const
    await house.rooms.db.tx((tx) => changeRole(tx, deed, house.clock.now()))
    await operator.post('/account/sign_in', { email: 'operator@example.org', password: PASSWORD })
    const group = { provider: 'acme', name: 'engineers' }
    expect((await operator.send('PUT', `/api/admin/v1/teams/${team.teamId}/groups`, group)).status).toBe(204)
    const signOn = async (name: string, groups: readonly string[]) => {
      issuer.signInAs({ sub: name, email: `${name}@acme.example`, email_verified: true, groups })
      const browser = visitor(house)
      const begun = await browser.get('/sso/acme/start')
      const back = new URL(String((await send(String(begun.headers.location), {})).headers.location))
      await browser.get(back.pathname + back.search)
      return idOf(browser)
    }
    const pia = await signOn('pia', ['engineers', 'others'])
    expect((await team.seats())[0]).toMatchObject({ member: pia, by_group: 'acme engineers' })
    const quin = await signOn('quin', ['engineers'])
    expect((await team.team()).people.map(({ member }: { member: string }) => member)).toContain(quin)
    expect(await signOn('pia', ['engineers'])).toBe(pia)
    expect((await team.seats())[0]?.member).toBe(pia)
    await signOn('pia', ['others'])
    expect((await team.seats())[0]?.member).toBe(null)
    await signOn('quin', ['engineers'])
    expect((await team.seats())[0]?.member).toBe(quin)
    const { entries } = (await operator.get(`/api/admin/v1/audit?whom=${team.teamId}`)).json
    expect(entries).toMatchObject([{ who: operatorId, action: 'team group', after: group }])
  })

  test('a team buys seats as a person buys a plan: ordered once, paid once, and there when they are paid', async () => {
    const team = await company(1)
    const order = (key: string, more: object = {}) =>
      team.boss.post(
        `${team.base}/orders`,
        { plan: 'pro', cycle: 'year', count: 4, ...more },
        { 'idempotency-key': key },
      )
    expect(codeOf(await team.boss.post(`${team.base}/orders`, { plan: 'pro', cycle: 'year', count: 4 }))).toBe(
      'no_request_key',
    )
    expect(codeOf(await order('the-wish-1', { plan: 'gold' }))).toBe('no_such_plan')
    const made = await order('the-wish-2')
    expect([made.status, made.json.kind, made.json.due]).toEqual([201, 'seats', { amount: '5721.60', currency: 'CNY' }])
    expect((await order('the-wish-2')).json.id).toBe(made.json.id)
    expect(await team.seats()).toHaveLength(1)
    const buyer = shopper(house, await idOf(team.boss))
    await buyer.payWithCard(made.json.id, CARD.declined)
    expect(await team.seats()).toHaveLength(1)
    await buyer.payWithCard(made.json.id, CARD.pays)
    const { seats } = await team.team()
    expect(seats.map(({ plan }: { plan: string }) => plan).toSorted()).toEqual(['lite', 'pro', 'pro', 'pro', 'pro'])
    const member = await colleague(team, 'uma@acme.example')
    expect((await house.rooms.entitlements.standing(member.memberId, house.clock.now()))?.terms.plan).toBe('pro')
    expect(codeOf(await member.browser.post(`${team.base}/orders`, { plan: 'pro', cycle: 'year', count: 1 }))).toBe(
      'not_team_admin',
    )
  })

  test('seats end on their date, or go on without a gap when the date is moved before', async () => {
    const team = await company(1, 10)
    const { key, memberId } = await colleague(team, 'rob@acme.example')
    house.clock.advance(9 * DAY_MS)
    const endsAt = instant(house.clock.now() + 10 * DAY_MS)
    const wish = { teamId: team.teamId, plan: 'lite', endsAt }
    expect(await house.rooms.db.tx((tx) => extendSeats(tx, wish, house.clock.now()))).toEqual({ ok: true, value: 1 })
    house.clock.advance(9 * DAY_MS)
    expect((await ask(house.url, key, { text: 'still here' })).status).toBe(200)
    house.clock.advance(DAY_MS)
    expect(errorOf(await ask(house.url, key, { text: 'too late' })).code).toBe('1309')
    // Whoever had a seat that is over may have another.
    const other = await company(1)
    const browser = visitor(house)
    await browser.post('/account/sign_in', { email: 'rob@acme.example', password: PASSWORD })
    await other.invite('rob@acme.example')
    expect((await join(browser, 'rob@acme.example')).status).toBe(200)
    expect((await house.rooms.entitlements.standing(memberId, house.clock.now()))?.running).toBe(true)
  })

  test('people leave, or are taken out with their seat; a team keeps an administrator', async () => {
    const team = await company(2)
    const sue = await colleague(team, 'sue@acme.example')
    const bossId = await idOf(team.boss)
    const person = (browser: Visitor, id: string) => browser.send('DELETE', `${team.base}/people/${id}`)
    expect(codeOf(await person(sue.browser, bossId))).toBe('not_team_admin')
    expect(codeOf(await person(team.boss, bossId))).toBe('last_admin')
    expect((await team.boss.send('PUT', `${team.base}/people/${sue.memberId}`, { is_admin: true })).status).toBe(204)
    expect((await person(sue.browser, bossId)).status).toBe(204)
    expect(codeOf(await team.boss.get(team.base))).toBe('no_such_team')
    const tom = await (async () => {
      await sue.browser.post(`${team.base}/invitations`, { email: 'tom@acme.example' })
      const browser = visitor(house)
      await join(browser, 'tom@acme.example', { password: PASSWORD })
      return { browser, memberId: await idOf(browser) }
    })()
    expect((await person(tom.browser, tom.memberId)).status).toBe(204)
    expect(await house.rooms.entitlements.standing(tom.memberId, house.clock.now())).toBe(undefined)
  })
})

import { HOUR_MS, instant, MINUTE_MS } from '@codeplan/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { runCommand } from '../../apps/server/src/commands/command.ts'
import { findCommand } from '../../apps/server/src/commands/list.ts'
import { auditOf, changeRole, openSession, SESSION_COOKIE } from '../../apps/server/src/identity/index.ts'
import { stepOfCode, totpAt } from '../../apps/server/src/identity/totp.ts'
import { sql } from '../../apps/server/src/platform/index.ts'
import { send } from '../house/ask.ts'
import { openHouse, type House } from '../house/house.ts'
import { until } from '../house/until.ts'
import { CONSOLE, lettersTo, newPerson, tokenFor, visitor, type Answered, type Visitor } from '../house/visitor.ts'

const PASSWORD = 'quite a long one'
const OTHER = 'another long one'
const codeOf = ({ json }: Answered): unknown => json.error?.code

/** Soon, on every node: other nodes hear of it. */
const signedOut = (browser: Visitor) =>
  until('the session has ended', async () => codeOf(await browser.get('/account/me')) === 'signed_out')

describe('people', () => {
  let house: House
  beforeAll(async () => {
    house = await openHouse()
  })
  afterAll(() => house.close())

  test('signs up, confirms the address with the letter and the password, signs out and in', async () => {
    const browser = visitor(house)
    const email = 'ann@example.org'
    const asked = await browser.post('/account/sign_up', { email: 'Ann@Example.org', password: PASSWORD, name: 'Ann' })
    expect([asked.status, asked.json]).toEqual([202, { sent: true }])
    expect(codeOf(await browser.post('/account/sign_in', { email, password: PASSWORD }))).toBe('wrong_password')
    const token = await tokenFor(house, email, 'verify')
    expect(codeOf(await browser.post('/account/verify', { token, password: OTHER }))).toBe('wrong_password')
    const done = await browser.post('/account/verify', { token, password: PASSWORD })
    expect([done.status, done.json.email, done.json.verified, done.json.role]).toEqual([200, email, true, 'member'])
    expect((await browser.get('/account/me')).json.name).toBe('Ann')
    expect(codeOf(await visitor(house).post('/account/verify', { token, password: PASSWORD }))).toBe('bad_link')
    expect((await browser.post('/account/sign_out')).status).toBe(204)
    await signedOut(browser)
    expect((await browser.post('/account/sign_in', { email, password: PASSWORD })).status).toBe(200)
  })

  test('no answer tells whether an address is known', async () => {
    await newPerson(house, 'known@example.org')
    const browser = visitor(house)
    const say = async (path: string, email: string) => {
      const { status, text } = await browser.post(path, { email, password: OTHER })
      return { status, text }
    }
    for (const path of ['/account/sign_up', '/account/reset', '/account/sign_in'])
      expect(await say(path, 'known@example.org')).toEqual(await say(path, `unknown${path.length}@example.org`))
    // The sign-up of a known address changes nothing; its owner is told.
    expect((await lettersTo(house, 'known@example.org')).map(({ kind }) => kind)).toContain('already_member')
    expect((await browser.post('/account/sign_in', { email: 'known@example.org', password: PASSWORD })).status).toBe(
      200,
    )
    // Nor does signing in with the password of one's own sign-up.
    await browser.post('/account/sign_up', { email: 'probe@example.org', password: OTHER })
    expect(await say('/account/sign_in', 'probe@example.org')).toEqual(
      await say('/account/sign_in', 'known@example.org'),
    )
  })

  test('an address that somebody else has signed up first belongs to whoever reads its letters', async () => {
    const email = 'target@example.org'
    await visitor(house).post('/account/sign_up', { email, password: 'the intruder’s one' })
    const token = await tokenFor(house, email, 'verify')
    const owner = visitor(house)
    // The owner, who follows the link, does not know the intruder's password: nothing is confirmed by a click.
    expect(codeOf(await owner.post('/account/verify', { token, password: PASSWORD }))).toBe('wrong_password')
    await owner.post('/account/sign_up', { email, password: PASSWORD })
    expect((await owner.post('/account/verify', { token, password: PASSWORD })).status).toBe(200)
    expect(codeOf(await visitor(house).post('/account/sign_in', { email, password: 'the intruder’s one' }))).toBe(
      'wrong_password',
    )
  })

  test('a member whom the operator has added sets a password by the letter; a reset ends all sessions', async () => {
    const { email } = await house.subscriber('lite')
    const browser = visitor(house)
    await browser.post('/account/reset', { email })
    const token = await tokenFor(house, email, 'reset')
    expect((await browser.post('/account/reset/confirm', { token, password: PASSWORD })).status).toBe(204)
    expect((await browser.post('/account/sign_in', { email, password: PASSWORD })).json.verified).toBe(true)
    await browser.post('/account/reset', { email })
    const second = await tokenFor(house, email, 'reset')
    house.clock.advance(HOUR_MS)
    expect(codeOf(await browser.post('/account/reset/confirm', { token: second, password: OTHER }))).toBe('bad_link')
    await browser.post('/account/reset', { email })
    const third = await tokenFor(house, email, 'reset')
    expect((await visitor(house).post('/account/reset/confirm', { token: third, password: OTHER })).status).toBe(204)
    await signedOut(browser)
    expect((await lettersTo(house, email))[0]?.kind).toBe('sign_in_changed')
  })

  test('a session ends by its time, one by one, everywhere, and with a new password elsewhere', async () => {
    const email = 'sessions@example.org'
    const here = await newPerson(house, email)
    const there = visitor(house)
    house.clock.advance(1_000)
    await there.post('/account/sign_in', { email, password: PASSWORD }, { 'user-agent': 'the other one' })
    const { sessions } = (await here.get('/account/sessions')).json
    expect(sessions.map((s: { current: boolean; agent: string }) => [s.current, s.agent.slice(0, 9)])).toEqual([
      [false, 'the other'],
      [true, 'claude-cl'],
    ])
    expect((await here.send('DELETE', `/account/sessions/${sessions[0].id}`)).status).toBe(204)
    await signedOut(there)
    await there.post('/account/sign_in', { email, password: PASSWORD })
    expect(codeOf(await here.post('/account/password', { current: OTHER, password: OTHER }))).toBe('wrong_password')
    expect((await here.post('/account/password', { current: PASSWORD, password: OTHER })).status).toBe(204)
    await signedOut(there)
    expect((await here.get('/account/me')).status).toBe(200)
    expect((await here.send('DELETE', '/account/sessions')).status).toBe(204)
    await signedOut(here)
    await here.post('/account/sign_in', { email, password: OTHER })
    house.clock.advance(30 * 24 * HOUR_MS)
    await signedOut(here)
  })

  test('when many open the console in the same moment, each is who he is', async () => {
    const { db, people } = house.rooms
    const members = await Promise.all(Array.from({ length: 40 }, () => house.subscriber()))
    const asks = members.map(async ({ memberId }, i) => {
      const token = await openSession(db, memberId, house.clock.now())
      const cookie = i % 4 === 0 ? `${SESSION_COOKIE}=${token}x` : `other=1; ${SESSION_COOKIE}=${token}`
      return { cookie, expected: i % 4 === 0 ? undefined : memberId }
    })
    const asked = await Promise.all(asks)
    const heard = await Promise.all(asked.map(({ cookie }) => people.whoIs({ cookie })))
    expect(heard.map((person) => person?.memberId)).toEqual(asked.map(({ expected }) => expected))
  })

  test('two-step sign-in: no code is good twice, recovery codes neither, and a session alone cannot take it away', async () => {
    const email = 'careful@example.org'
    const browser = await newPerson(house, email)
    expect(codeOf(await browser.post('/account/totp/begin', { password: OTHER }))).toBe('wrong_password')
    const { secret, uri } = (await browser.post('/account/totp/begin', { password: PASSWORD })).json
    expect(uri).toMatch(/^otpauth:\/\/totp\/Codeplan:careful%40example\.org\?secret=[A-Z2-7]{32}&/)
    const code = (): string => totpAt(secret, Math.floor(house.clock.now() / 30_000))
    expect(codeOf(await browser.post('/account/totp/confirm', { code: '000000' }))).toBe('wrong_code')
    const recovery = (await browser.post('/account/totp/confirm', { code: code() })).json.recovery_codes as string[]
    expect(new Set(recovery).size).toBe(10)
    const again = visitor(house)
    const enter = (more: object) => again.post('/account/sign_in', { email, password: PASSWORD, ...more })
    expect(codeOf(await enter({}))).toBe('code_needed')
    expect(codeOf(await enter({ code: code() }))).toBe('wrong_code')
    house.clock.advance(MINUTE_MS)
    const used = code()
    expect((await enter({ code: used })).json.totp).toBe(true)
    expect(codeOf(await enter({ code: used }))).toBe('wrong_code')
    expect((await enter({ code: recovery[3] })).json.recovery_codes_left).toBe(9)
    expect(codeOf(await enter({ code: recovery[3] }))).toBe('wrong_code')
    expect(codeOf(await again.post('/account/totp/remove', { password: PASSWORD, code: '123456' }))).toBe('wrong_code')
    const removed = await again.post('/account/totp/remove', { password: PASSWORD, code: recovery[4] })
    expect(removed.status).toBe(204)
    expect((await enter({})).status).toBe(200)
    expect((await lettersTo(house, email)).map(({ data }) => data.what)).toEqual(['totp_off', 'totp_on', undefined])
  })

  test('whoever has the password, or even the session, has few guesses at the second step', async () => {
    const email = 'guessed@example.org'
    const browser = await newPerson(house, email)
    const { secret } = (await browser.post('/account/totp/begin', { password: PASSWORD })).json
    const code = (): string => totpAt(secret, Math.floor(house.clock.now() / 30_000))
    await browser.post('/account/totp/confirm', { code: code() })
    const wrong = String((Number(code()) + 500_000) % 1_000_000).padStart(6, '0')
    const guesses = async (guess: () => Promise<Answered>): Promise<unknown[]> => {
      const codes: unknown[] = []
      for (let i = 0; i < 7; i++) codes.push(codeOf(await guess()))
      return codes
    }
    const few = [...Array.from({ length: 5 }, () => 'wrong_code'), 'too_many_tries', 'too_many_tries']
    const thief = visitor(house)
    expect(await guesses(() => thief.post('/account/sign_in', { email, password: PASSWORD, code: wrong }))).toEqual(few)
    expect(await guesses(() => browser.post('/account/totp/remove', { password: PASSWORD, code: wrong }))).toEqual(few)
    house.clock.advance(MINUTE_MS)
    expect((await browser.post('/account/totp/remove', { password: PASSWORD, code: code() })).status).toBe(204)
    // What went well counts for nothing.
    for (let i = 0; i < 9; i++)
      expect((await browser.post('/account/password', { current: PASSWORD, password: PASSWORD })).status).toBe(204)
  })

  test('who tries passwords waits, at most five minutes; the owner goes on from a known device or by a letter', async () => {
    const email = 'pursued@example.org'
    const owner = await newPerson(house, email)
    const thief = visitor(house)
    const guess = () => thief.post('/account/sign_in', { email, password: OTHER })
    for (let i = 0; i < 5; i++) expect(codeOf(await guess())).toBe('wrong_password')
    const slowed = await guess()
    expect([slowed.status, codeOf(slowed), slowed.headers['retry-after']]).toEqual([429, 'too_many_tries', '1'])
    for (let i = 0; i < 12; i++) {
      house.clock.advance(5 * MINUTE_MS)
      await guess()
    }
    // Even the right password waits now, from elsewhere …
    const elsewhere = await visitor(house).post('/account/sign_in', { email, password: PASSWORD })
    expect(codeOf(elsewhere)).toBe('too_many_tries')
    expect(Number(elsewhere.headers['retry-after'])).toBeLessThanOrEqual(300)
    // … but not where its owner was before …
    expect((await owner.post('/account/sign_in', { email, password: PASSWORD })).status).toBe(200)
    // … nor where a letter is read.
    const stranded = visitor(house)
    await stranded.post('/account/reset', { email })
    await stranded.post('/account/reset/confirm', { token: await tokenFor(house, email, 'reset'), password: PASSWORD })
    expect((await stranded.post('/account/sign_in', { email, password: PASSWORD })).status).toBe(200)
    house.clock.advance(5 * MINUTE_MS)
    expect((await visitor(house).post('/account/sign_in', { email, password: PASSWORD })).status).toBe(200)
  })

  test('parallel guesses are not more guesses, and letters to one person are few', async () => {
    const email = 'parallel@example.org'
    await newPerson(house, email)
    const tries = Array.from({ length: 20 }, () => visitor(house).post('/account/sign_in', { email, password: OTHER }))
    const statuses = (await Promise.all(tries)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 401)).toHaveLength(5)
    for (let i = 0; i < 8; i++) expect((await visitor(house).post('/account/reset', { email })).status).toBe(202)
    expect((await lettersTo(house, email)).filter(({ kind }) => kind === 'reset').length).toBeLessThanOrEqual(3)
  })

  test('what changes something needs the header that no foreign form can send', async () => {
    const browser = await newPerson(house, 'forged@example.org')
    const forged = await browser.send('POST', '/account/keys', { name: 'x' }, { 'x-codeplan-csrf': '' })
    expect([forged.status, codeOf(forged)]).toEqual([403, 'no_csrf_header'])
    const cookies = (await browser.post('/account/sign_in', { email: 'forged@example.org', password: PASSWORD }))
      .headers['set-cookie']
    expect([cookies ?? []].flat().map((line) => line.split('=')[0])).toEqual([
      SESSION_COOKIE,
      `${SESSION_COOKIE}_own`,
      'codeplan_device',
    ])
    for (const line of cookies ?? []) expect(line).toMatch(/; HttpOnly; SameSite=Lax$/)
  })

  test('faults are named in the language of the visitor, and the profile decides for who is signed in', async () => {
    const browser = visitor(house)
    const zh = { 'accept-language': 'zh-CN' }
    const short = await browser.post('/account/sign_up', { email: 'nobody', password: 'short' }, zh)
    expect([short.status, short.json.error]).toMatchObject([
      400,
      { code: 'bad_request', message: '请检查：email、password。', detail: { fields: ['email', 'password'] } },
    ])
    expect(
      codeOf(await browser.post('/account/sign_up', { email: 'same@example.org', password: 'aaaaaaaaaaaa' })),
    ).toBe('weak_password')
    const broken = await send(`${house.url}${CONSOLE}/account/sign_in`, {
      method: 'POST',
      headers: { 'x-codeplan-csrf': '1', 'content-type': 'application/json' },
      body: '{no json',
    })
    expect(JSON.parse(broken.text).error).toMatchObject({ code: 'bad_request', detail: { fields: ['body'] } })
    const person = await newPerson(house, 'profile@example.org')
    const changed = await person.send('PATCH', '/account/profile', {
      language: 'zh',
      zone: 'Europe/Berlin',
      usage_notices: [50],
      balance_notice: '5.5',
    })
    expect(changed.json).toMatchObject({
      language: 'zh',
      zone: 'Europe/Berlin',
      usage_notices: [50],
      balance_notice: '5.50',
    })
    const refused = await person.send('PATCH', '/account/profile', { zone: 'Nowhere/Town' })
    expect(refused.json.error).toMatchObject({ code: 'bad_request', message: '请检查：zone。' })
  })

  test('keys of one’s own: made once, renamed, limited to addresses, revoked; those of others are not there', async () => {
    const browser = await newPerson(house, 'keys@example.org')
    const made = await browser.post('/account/keys', { name: 'laptop', allowed: ['10.0.0.0/8'] })
    expect([made.status, made.json.key]).toEqual([201, expect.stringMatching(/^[0-9a-f]{32}\.\w{16}$/)])
    expect(codeOf(await browser.post('/account/keys', { name: 'x', allowed: ['nowhere'] }))).toBe('bad_allow_list')
    const { id } = made.json
    expect((await browser.send('PATCH', `/account/keys/${id}`, { name: 'desk' })).status).toBe(204)
    const stranger = await newPerson(house, 'stranger@example.org')
    expect(codeOf(await stranger.send('DELETE', `/account/keys/${id}`))).toBe('no_such_key')
    expect(codeOf(await stranger.send('PATCH', `/account/keys/${id}`, { name: 'mine' }))).toBe('no_such_key')
    expect((await browser.send('DELETE', `/account/keys/${id}`)).status).toBe(204)
    const { keys } = (await browser.get('/account/keys')).json
    expect(keys).toMatchObject([{ id, name: 'desk', allowed: ['10.0.0.0/8'], revoked_at: expect.any(String) }])
    expect(JSON.stringify(keys)).not.toContain(made.json.key)
  })

  test('a command that changes something is a line of the audit log as well', async () => {
    const { email, memberId } = await house.subscriber()
    const found = findCommand(['member', 'suspend', email])
    const args = { words: found?.rest ?? [], options: { reason: 'a test' }, input: undefined }
    if (found) expect((await runCommand(house.rooms, found.command, args)).ok).toBe(true)
    expect(await auditOf(house.rooms.db.queries, { whom: memberId, limit: 9 })).toMatchObject([
      { who: 'command line', action: 'member suspend', after: { words: [email], reason: 'a test' } },
    ])
  })

  test('operators alone use the operator’s API; what they do stands in a log that nobody can change', async () => {
    const operator = await newPerson(house, 'boss@example.org')
    const me = (await operator.get('/account/me')).json.id as string
    const helped = (await (await newPerson(house, 'helped@example.org')).get('/account/me')).json.id as string
    const role = (id: string, wish: string) => operator.send('PUT', `/api/admin/v1/members/${id}/role`, { role: wish })
    expect(codeOf(await role(helped, 'support'))).toBe('not_allowed')
    expect(codeOf(await visitor(house).get('/api/admin/v1/audit'))).toBe('signed_out')
    const first = { memberId: me, role: 'operator', who: 'command line', address: '' } as const
    await house.rooms.db.tx((tx) => changeRole(tx, first, house.clock.now()))
    await operator.post('/account/sign_in', { email: 'boss@example.org', password: PASSWORD })
    expect((await role(helped, 'support')).status).toBe(204)
    expect(codeOf(await role(me, 'member'))).toBe('own_role')
    expect(codeOf(await role('mem_nobody', 'member'))).toBe('no_such_member')
    const { entries } = (await operator.get(`/api/admin/v1/audit?whom=${helped}`)).json
    expect(entries).toMatchObject([
      { who: me, action: 'member role', whom: helped, before: { role: 'member' }, after: { role: 'support' } },
    ])
    expect(entries[0].address).toMatch(/127\.0\.0\.1/)
    for (const change of [sql`update audit set who = 'x'`, sql`delete from audit`])
      await expect(change.execute(house.rooms.db.queries)).rejects.toThrow('append-only')
  })

  test('a code belongs to its half minute and the two beside it', () => {
    const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
    // Vectors of RFC 6238, the last six digits.
    for (const [at, code] of [
      [59, '287082'],
      [1_111_111_109, '081804'],
      [20_000_000_000, '353130'],
    ] as const) {
      expect(totpAt(secret, Math.floor(at / 30))).toBe(code)
      expect(stepOfCode(secret, code, 0, instant((at + 30) * 1000))).toBe(Math.floor(at / 30))
      expect(stepOfCode(secret, code, 0, instant((at + 61) * 1000))).toBe(undefined)
    }
  })
})

describe('sign-up', () => {
  test('is closed when the catalog says nothing, and may be for some domains', async () => {
    const house = await openHouse({ catalog: (source) => source.slice(0, source.indexOf('\npeople:')) })
    const browser = visitor(house)
    const wish = { email: 'ann@example.org', password: PASSWORD }
    expect(codeOf(await browser.post('/account/sign_up', wish))).toBe('sign_up_closed')
    await house.applyCatalog((source) => `${source}\npeople: { sign_up: [example.com] }\n`)
    expect(codeOf(await browser.post('/account/sign_up', wish))).toBe('domain_not_allowed')
    expect((await browser.post('/account/sign_up', { ...wish, email: 'ann@example.com' })).status).toBe(202)
    // Who trusts his people need not wait for letters, and may have sessions of a day.
    await house.applyCatalog(
      (source) => `${source}\npeople: { sign_up: open, require_verified: false, session_days: 1 }\n`,
    )
    await browser.post('/account/sign_up', { ...wish, email: 'bob@example.com' })
    expect((await browser.post('/account/sign_in', { ...wish, email: 'bob@example.com' })).json.verified).toBe(false)
    house.clock.advance(24 * HOUR_MS)
    await signedOut(browser)
    await house.close()
  })
})

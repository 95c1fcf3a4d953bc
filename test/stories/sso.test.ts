import { MINUTE_MS } from '@codeplan/core'
import { startIssuer, type Claims, type SandboxIssuer } from '@codeplan/sandbox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { send } from '../house/ask.ts'
import { openHouse, type House } from '../house/house.ts'
import { CONSOLE, newPerson, visitor, type Visitor } from '../house/visitor.ts'

const START = '/sso/acme/start'

describe('single sign-on', () => {
  let issuer: SandboxIssuer
  let house: House
  beforeAll(async () => {
    issuer = await startIssuer()
    house = await openHouse({
      catalog: (source) =>
        source.replace(
          'require_verified: true',
          `oidc:
    - { id: acme, name: Acme, issuer: "${issuer.url}", client_id_env: ID, client_secret_env: SECRET, domains: [acme.example] }
    - { id: gone, name: Gone, issuer: "http://127.0.0.1:1", client_id_env: ID, client_secret_env: SECRET, domains: [acme.example] }
    - { id: unset, name: Unset, issuer: "${issuer.url}", client_id_env: NOWHERE, client_secret_env: SECRET, domains: [acme.example] }
  require_verified: true`,
        ),
      secrets: { ID: issuer.clientId, SECRET: issuer.clientSecret },
    })
  })
  afterAll(async () => {
    await house.close()
    await issuer.close()
  })
  const claims = (name: string, more: Claims = {}): Claims => ({
    sub: `sub-${name}`,
    email: `${name}@acme.example`,
    email_verified: true,
    name,
    ...more,
  })
  const location = (headers: Readonly<Record<string, unknown>>): URL => new URL(String(headers.location))
  /** To the provider and up to the address that it sends the browser back to. */
  const away = async (browser: Visitor, start = START): Promise<string> => {
    const begun = await browser.get(start)
    expect(begun.status).toBe(302)
    const back = location((await send(String(begun.headers.location), {})).headers)
    expect(back.href.startsWith('http://plan.example.org/api/console/v1/sso/acme/callback?')).toBe(true)
    return back.pathname + back.search
  }
  const through = async (browser: Visitor, start = START): Promise<string> => {
    const done = await browser.get(await away(browser, start))
    expect(done.status).toBe(302)
    return String(done.headers.location)
  }
  const refused = (why: string): string => `http://plan.example.org/account/sign-in?refused=${why}`

  test('signs in somebody new with an address of the provider’s domains, and knows him again by his subject', async () => {
    issuer.signInAs(claims('ann'))
    const browser = visitor(house)
    expect(await through(browser, `${START}?back=/keys`)).toBe('http://plan.example.org/keys')
    const me = (await browser.get('/account/me')).json
    expect(me).toMatchObject({ email: 'ann@acme.example', name: 'ann', verified: true, has_password: false })
    issuer.signInAs(claims('ann', { email: 'ann.married@acme.example' }))
    const other = visitor(house)
    await through(other)
    expect((await other.get('/account/me')).json.id).toBe(me.id)
  })

  test('what a stranger set up with an unconfirmed address ends when its owner comes', async () => {
    const password = 'the stranger’s one'
    await visitor(house).post('/account/sign_up', { email: 'bob@acme.example', password })
    issuer.signInAs(claims('bob'))
    const browser = visitor(house)
    await through(browser)
    expect((await browser.get('/account/me')).json).toMatchObject({ verified: true, has_password: false })
    expect((await visitor(house).post('/account/sign_in', { email: 'bob@acme.example', password })).status).toBe(401)
  })

  test('a provider vouches for its domains alone, and for what it has confirmed', async () => {
    const owner = await newPerson(house, 'carol@example.org')
    for (const wrong of [
      { email: 'carol@example.org' },
      { email_verified: false },
      { email_verified: 'true' },
      { email: 7 },
    ]) {
      issuer.signInAs(claims('carol', wrong))
      const browser = visitor(house)
      expect(await through(browser)).toBe(refused('sso_address'))
      expect((await browser.get('/account/me')).status).toBe(401)
    }
    expect((await owner.get('/account/me')).status).toBe(200)
  })

  test('a token that is forged, old, for somebody else or of another journey opens nothing', async () => {
    const spoils: readonly ((claims: Claims) => Claims)[] = [
      (own) => ({ ...own, nonce: 'another' }),
      (own) => ({ ...own, aud: 'another' }),
      (own) => ({ ...own, iss: 'http://127.0.0.1:1' }),
      (own) => ({ ...own, exp: Number(own.iat) - 60 }),
    ]
    for (const spoil of spoils) {
      issuer.signInAs(claims('dave'), { spoil })
      expect(await through(visitor(house))).toBe(refused('sso_failed'))
    }
    issuer.signInAs(claims('dave'), { forged: true })
    expect(await through(visitor(house))).toBe(refused('sso_failed'))
  })

  test('a way back that another browser began, a second use, a late one and a changed state open nothing', async () => {
    issuer.signInAs(claims('erin'))
    const back = await away(visitor(house))
    const elsewhere = visitor(house)
    expect((await elsewhere.get(back)).headers.location).toBe(refused('sso_failed'))
    await elsewhere.get(START)
    expect((await elsewhere.get(back)).headers.location).toBe(refused('sso_failed'))
    const browser = visitor(house)
    const own = await away(browser)
    const { cookies } = browser
    const kept = cookies.get('codeplan_sso') as string
    expect((await browser.get(own)).headers.location).toBe('http://plan.example.org/')
    cookies.set('codeplan_sso', kept)
    expect((await browser.get(own)).headers.location).toBe(refused('sso_failed'))
    const late = await away(browser)
    house.clock.advance(10 * MINUTE_MS)
    expect((await browser.get(late)).headers.location).toBe(refused('sso_failed'))
  })

  test('nobody is sent elsewhere by a link that begins here', async () => {
    issuer.signInAs(claims('fred'))
    for (const back of ['//evil.example', 'https://evil.example', '/\\evil.example', 'x'])
      expect(await through(visitor(house), `${START}?back=${encodeURIComponent(back)}`)).toBe(
        'http://plan.example.org/',
      )
  })

  test('a provider that is away or not set up is shown so', async () => {
    const { providers } = (await visitor(house).get('/sso/providers')).json
    expect(providers).toEqual([
      { id: 'acme', name: 'Acme', ready: true },
      { id: 'gone', name: 'Gone', ready: false },
      { id: 'unset', name: 'Unset', ready: false },
    ])
    const refused = await send(`${house.url}${CONSOLE}/sso/gone/start`, {})
    expect([refused.status, JSON.parse(refused.text).error.code]).toEqual([404, 'sso_off'])
  })
})

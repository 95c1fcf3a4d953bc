import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { send } from '../house/ask.ts'
import { openHouse, type House } from '../house/house.ts'
import { newPerson } from '../house/visitor.ts'

/** What everybody may ask, and why. Whoever adds a route adds a check, or a line here. */
const OPEN: Readonly<Record<string, string>> = {
  'GET /healthz': 'is it alive',
  'GET /readyz': 'may it be sent calls',
  'GET /metrics': 'figures of the node, without people and keys; the operator closes it in front',
  'GET /docs': 'the documentation',
  'GET /docs/': 'the documentation',
  'GET /docs/style.css': 'its looks',
  'GET /docs/en/:page': 'its pages',
  'GET /docs/zh/:page': 'the same in Chinese',
  'GET /docs/:page': 'its in-depth pages',
  'GET /docs/errors/:page': 'what a code means',
  'GET /llms.txt': 'its index',
  'GET /': 'the page of the console, with nothing of anybody in it',
  'GET /assets/*': 'its files',
  'GET /api/console/v1/start': 'whose console this is; who is signed in hears of himself',
  'GET /api/console/v1/plans': 'what is sold',
  'GET /api/usage/v1/openapi.json': 'the description of the API',
  'GET /api/usage/v1/prices': 'what is sold',
  'GET /api/console/v1/sale': 'what is sold today',
  'GET /api/console/v1/sale/releases/:id/lot': 'anybody may recompute a draw',
  'GET /api/console/v1/sso/providers': 'ways to sign in',
  'GET /api/console/v1/sso/:id/start': 'begins to sign in',
  'GET /api/console/v1/sso/:id/callback': 'ends it, with a state of this browser',
  'POST /api/webhooks/:provider': 'proven by its signature',
  'POST /api/console/v1/account/sign_up': 'makes an account',
  'POST /api/console/v1/account/sign_in': 'begins a session',
  'POST /api/console/v1/account/sign_out': 'ends what is there',
  'DELETE /api/console/v1/account/look': 'ends a look, where there is one',
  'POST /api/console/v1/account/verify': 'proven by a letter',
  'POST /api/console/v1/account/reset': 'sends a letter',
  'POST /api/console/v1/account/reset/confirm': 'proven by a letter',
  'POST /api/console/v1/teams/join': 'proven by an invitation',
}
/** Of MCP: there is no stream without a key, and messages go to a session that only its own stream has told of. */
const MCP: Readonly<Record<string, number>> = { 'GET mcp': 405, 'DELETE mcp': 405, 'POST messages': 404 }
const METERS = ['/api/monitor/', '/api/biz/', '/api/paas/v4/', '/api/coding/']

describe('every route', () => {
  let house: House
  beforeAll(async () => {
    house = await openHouse()
  })
  afterAll(() => house.close())
  const listed = () => house.app.routes.filter(({ method }) => method !== 'HEAD' && method !== 'OPTIONS')
  const ask = (method: string, url: string, headers: Readonly<Record<string, string>> = {}) =>
    send(house.url + url.replaceAll(/:\w+/g, 'x').replace('*', 'x'), {
      method,
      headers: { 'x-codeplan-csrf': '1', 'content-type': 'application/json', ...headers },
      ...(method === 'GET' || method === 'DELETE' ? {} : { body: '{}' }),
    })

  test('F94: is refused to whoever shows nothing, unless it is named as open, with a reason', async () => {
    const unguarded: string[] = []
    for (const { method, url } of listed()) {
      const name = `${method} ${url}`
      if (name in OPEN || METERS.some((base) => url.startsWith(base))) continue
      const { status } = await ask(method, url)
      const ofMcp = url.startsWith('/api/mcp') ? MCP[`${method} ${url.split('/').at(-1)}`] : undefined
      if (status !== (ofMcp ?? 401)) unguarded.push(`${name}: ${status}`)
    }
    expect(unguarded).toEqual([])
  })

  test('F94: of operators is refused to members', async () => {
    const browser = await newPerson(house, 'member@example.org')
    const admin = listed().filter(({ url }) => url.startsWith('/api/admin/'))
    expect(admin.length).toBeGreaterThan(0)
    for (const { method, url } of admin) {
      const body = method === 'GET' || method === 'DELETE' ? undefined : {}
      const { status } = await browser.send(method, url.replaceAll(/:\w+/g, 'x'), body)
      expect([method, url, status]).toEqual([method, url, 403])
    }
  })

  test('each open route is there', () => {
    const names = new Set(listed().map(({ method, url }) => `${method} ${url}`))
    expect(Object.keys(OPEN).filter((name) => !names.has(name))).toEqual([])
  })

  test('F91: the usage API answers 401 to a bad key, and its address names its version', async () => {
    const usage = listed().filter(({ url }) => url.startsWith('/api/usage/v'))
    expect(usage.length).toBeGreaterThan(5)
    for (const { method, url } of usage) {
      if (`${method} ${url}` in OPEN) continue
      const { status } = await ask(method, url, {
        authorization: 'Bearer 00000000000000000000000000000000.0123456789abcdef',
      })
      expect([url, status]).toEqual([url, 401])
    }
  })
})

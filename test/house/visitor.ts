import { mailsOf } from '../../apps/server/src/platform/index.ts'
import { send } from './ask.ts'
import type { House } from './house.ts'

/** A browser at the console: it keeps cookies and sends what our pages send. */
export interface Visitor {
  readonly cookies: Map<string, string>
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answered>
  post(path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answered>
  send(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answered>
}

export interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  /** The body, as whoever reads JSON without a schema gets it. */
  readonly json: ReturnType<typeof JSON.parse>
}

export const CONSOLE = '/api/console/v1'

export function visitor(house: Pick<House, 'url' | 'clock'>): Visitor {
  const cookies = new Map<string, string>()
  const ask: Visitor['send'] = async (method, path, body, more = {}) => {
    // A person takes time: what follows is later, so that lists have an order.
    house.clock.advance(1)
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = {
      ...(cookie ? { cookie } : {}),
      ...(method === 'GET' ? {} : { 'x-codeplan-csrf': '1' }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...more,
    }
    const url = path.startsWith('/api/') ? house.url + path : `${house.url}${CONSOLE}${path}`
    const heard = await send(url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
    for (const line of [heard.headers['set-cookie'] ?? []].flat()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (/Max-Age=0/.test(line)) cookies.delete(name)
      else cookies.set(name, value)
    }
    const isJson = heard.text.startsWith('{')
    return {
      status: heard.status,
      headers: heard.headers,
      text: heard.text,
      json: isJson ? JSON.parse(heard.text) : {},
    }
  }
  return {
    cookies,
    send: ask,
    get: (path, headers) => ask('GET', path, undefined, headers),
    post: (path, body, headers) => ask('POST', path, body, headers),
  }
}

/** The letters to an address, the newest first: kinds and what they tell of. */
export const lettersTo = (house: House, address: string) => mailsOf(house.rooms.db.queries, { address, limit: 100 })

/** The token in the newest letter of a kind. */
export async function tokenFor(house: House, address: string, kind: string): Promise<string> {
  const letter = (await lettersTo(house, address)).find((row) => row.kind === kind)
  const token = /[?&]token=([\w-]+)/.exec(String(letter?.data.link))?.[1]
  if (!token) throw new Error(`no letter ${kind} with a link to ${address}`)
  return token
}

/** A browser in which a new person has signed up, confirmed the address and signed in. */
export async function newPerson(house: House, email: string, password = 'quite a long one'): Promise<Visitor> {
  const browser = visitor(house)
  await browser.post('/account/sign_up', { email, password })
  const done = await browser.post('/account/verify', { token: await tokenFor(house, email, 'verify'), password })
  if (done.status !== 200) throw new Error(done.text)
  return browser
}

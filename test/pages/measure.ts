import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { DAY_MS } from '@codeplan/core'

import { startApp } from '../../apps/server/src/app.ts'
import { runCommand } from '../../apps/server/src/commands/command.ts'
import { seedCommand } from '../../apps/server/src/commands/seed.ts'
import { readConfig } from '../../apps/server/src/config.ts'
import { memberByEmail, openSession, SESSION_COOKIE } from '../../apps/server/src/identity/index.ts'
import { sql } from '../../apps/server/src/platform/index.ts'
import { openRooms } from '../../apps/server/src/rooms.ts'

/**
 * How long the pages wait: a made-up year in a new database, then everything that the operator's and a member's pages ask, several
 * times. Fails when the median of one is not under the limit. `npm run test:pages -- <members> <seed>`; CODEPLAN_DATA: an existing one.
 */
const say = (text: string): boolean => process.stdout.write(`${text}\n`)
const LIMIT_MS = 300
const TIMES = 5
const [members = '5000', seed = '1'] = process.argv.slice(2)

const given = process.env['CODEPLAN_DATA']
const folder = given ?? mkdtempSync(join(tmpdir(), 'codeplan-pages-'))
const { config } = readConfig({ ...process.env, CODEPLAN_DATA: folder, PORT: '0', LOG_LEVEL: 'warn' })
const opened = await openRooms(config)
if (!opened.ok) throw new Error(JSON.stringify(opened.no))
const rooms = opened.value
const filled = await runCommand(rooms, seedCommand, { words: [], options: { members, seed }, input: undefined })
say(filled.ok ? filled.text : filled.why)

const app = await startApp(rooms, { sandboxUrl: () => 'http://127.0.0.1:9' })
const base = `http://127.0.0.1:${app.port}`
const now = rooms.clock.now()
const cookieOf = async (email: string): Promise<string> => {
  const member = await memberByEmail(rooms.db.queries, email)
  return `${SESSION_COOKIE}=${await openSession(rooms.db, member?.id ?? '', now)}`
}
const operator = await cookieOf('operator@example.org')

interface Page {
  readonly path: string
  readonly cookie: string
  readonly body?: unknown
}
const read = async ({ path, cookie, body }: Page): Promise<{ ms: number; json: never }> => {
  const began = performance.now()
  const post = { method: 'POST', headers: { cookie, 'x-codeplan-csrf': '1', 'content-type': 'application/json' } }
  const heard = await fetch(
    base + path,
    body === undefined ? { headers: { cookie } } : { ...post, body: JSON.stringify(body) },
  )
  const text = await heard.text()
  const ms = performance.now() - began
  if (!heard.ok) throw new Error(`${path}: ${heard.status} ${text.slice(0, 300)}`)
  return { ms, json: JSON.parse(text) as never }
}

const ADMIN = '/api/admin/v1'
const admin = (path: string, body?: unknown): Page => ({ path: ADMIN + path, cookie: operator, body })
const { json: some } = await read(admin('/members?is=subscribed&limit=1'))
const [member] = (some as { members: { id: string; email: string }[] }).members
const { json: paid } = await read(admin('/orders?state=paid&limit=1'))
const [order] = (paid as { orders: { id: string }[] }).orders
const { json: catalog } = await read(admin('/catalog/versions/running'))
const { source } = catalog as { source: string }
const subscriber = await cookieOf(member?.email ?? '')
const own = (path: string): Page => ({ path: `/api/console/v1${path}`, cookie: subscriber })

/** Whoever has made the most calls waits the longest for the pages of usage. */
const { rows: most } = await sql<{ email: string }>`select m.email from usage_hours u
  join subscriptions s on s.id = u.subscription_id join members m on m.id = s.member_id
  group by m.email order by sum(u.calls) desc limit 1`.execute(rooms.db.queries)
const heavy = await cookieOf(most[0]?.email ?? '')
const usage = (path: string): Page => ({ path: `/api/usage/v1${path}`, cookie: heavy })
const { json: first } = await read(usage('/prompts?limit=1'))
const [prompt] = (first as { prompts: { id: string }[] }).prompts
const since = (days: number): string => new Date(now - days * DAY_MS).toISOString()

const PAGES: readonly Page[] = [
  ...['/today', '/members', '/members?q=4321', '/members?is=past_due', '/members?plan=max', '/members?is=staff'].map(
    (path) => admin(path),
  ),
  admin(`/members/${member?.id}`),
  admin(`/members/${member?.id}/refund`),
  ...['/orders', '/orders?state=open', '/orders?state=cancelled&kind=seats', '/payments', '/payments?stuck=true'].map(
    (path) => admin(path),
  ),
  ...['/refunds?state=failed', '/coupons', '/sale', '/sale/suggestion', '/catalog/versions'].map((path) => admin(path)),
  admin(`/orders/${order?.id}`),
  admin('/catalog/check', { source: source.replace('rank: 2', 'rank: 5') }),
  ...['/upstreams', '/capacity?hours=168', '/economics', '/tools', '/audit'].map((path) => admin(path)),
  ...['/system', '/doctor', '/letters', '/letters?given_up=true', '/teams'].map((path) => admin(path)),
  ...['/start', '/plans', '/sale', '/subscription', '/orders', '/invoices', '/methods', '/balance'].map(own),
  ...['/account/me', '/account/keys', '/account/sessions'].map(own),
  ...['/standing', '/prices', '/value', '/refusals?limit=50', '/prompts?limit=20'].map(usage),
  usage(`/calls?limit=200&prompt=${prompt?.id}&from=2020-01-01T00:00:00Z`),
  ...['model', 'tool', 'key'].flatMap((by) => [
    usage(`/hours?by=${by}&from=${since(2)}`),
    usage(`/days?by=${by}&zone=Asia/Shanghai&from=${since(31)}`),
  ]),
]

const slow: string[] = []
for (const page of PAGES) {
  const times = []
  for (let i = 0; i < TIMES; i++) times.push((await read(page)).ms)
  const [first = 0] = times
  const median = times.toSorted((a, b) => a - b)[Math.floor(TIMES / 2)] ?? 0
  if (median >= LIMIT_MS) slow.push(page.path)
  say(`${median.toFixed(0).padStart(6)} ms  first ${first.toFixed(0).padStart(5)} ms  ${page.path}`)
}
await app.stop()
await rooms.close()
if (given === undefined) rmSync(folder, { recursive: true, force: true })
say(slow.length === 0 ? `every answer under ${LIMIT_MS} ms` : `NOT under ${LIMIT_MS} ms: ${slow.join(', ')}`)
process.exit(slow.length === 0 ? 0 : 1)

import { writeFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { startBank, startUpstream, type SandboxBank } from '@codeplan/sandbox'

import { sql, type Queries } from '../../apps/server/src/platform/index.ts'
import { ask } from '../house/ask.ts'
import { openPlace, type Place } from '../house/place.ts'
import { runCommand, startServer, type ServerProcess } from '../house/process.ts'
import { addSubscriber, withRoomsOf } from '../house/rooms-of.ts'
import { limitedSale, NO_ROOM } from '../house/shop.ts'

const BANK_SECRET = 'secret of the bank of the rush'
const START = 'starts: "2026-01-23T10:00:00+08:00"'

/** Two servers on one PostgreSQL, a bank, a crowd that is signed in, and people who code meanwhile. */
export interface Market {
  readonly place: Place
  readonly nodes: readonly ServerProcess[]
  readonly bank: SandboxBank
  /** Puts the first pieces on sale at this instant: a catalog that the running servers take over. */
  openAt(ms: number): Promise<void>
  /** Codes on all nodes until it is told to stop; answers the statuses heard, 0 for a node that was gone. */
  code(): { stop(): Promise<Readonly<Record<number, number>>> }
  close(): Promise<void>
}

export async function openMarket(serverUrl: string, buyers: number, pieces: number): Promise<Market> {
  const upstream = await startUpstream({})
  const bank = await startBank({ secret: BANK_SECRET })
  const catalog = limitedSale(
    pieces,
    NO_ROOM,
    [START, 'starts: "2099-01-01T10:00:00+08:00"'],
    // The test bank has few cards.
    ['per_payment_method: 1 ', 'per_payment_method: 1000000 '],
    ['kind: openai, base_url: sandbox', `kind: openai, base_url: "${upstream.url}/v1"`],
    ['concurrency: 30', 'concurrency: 1000'],
  )
  const opened = await openPlace({ serverUrl, catalog })
  const place = {
    ...opened,
    env: {
      ...opened.env,
      CODEPLAN_BANK_URL: bank.url,
      CODEPLAN_BANK_SECRET: BANK_SECRET,
    },
  }
  const { key } = await addSubscriber(place.env, { email: 'coder@example.org', plan: 'max' })
  await withRoomsOf(place.env, ({ db, clock }) => signInCrowd(db.queries, buyers, clock.now()))
  const nodes = await Promise.all([startServer(place.env), startServer(place.env)])
  return {
    place,
    nodes,
    bank,
    openAt: async (ms) => {
      const file = join(place.folder, 'open.yaml')
      const text = readFileSync(place.catalogFile, 'utf8')
      writeFileSync(file, text.replace('2099-01-01T10:00:00+08:00', new Date(ms).toISOString()))
      const { code, err } = await runCommand(place.env, 'catalog', 'apply', file)
      if (code !== 0) throw new Error(err)
    },
    code: () => keepCoding(nodes, key),
    close: async () => {
      for (const node of nodes) node.kill('SIGTERM')
      await Promise.all(nodes.map((node) => node.exited))
      await Promise.all([place.close(), upstream.close(), bank.close()])
    },
  }
}

/** Members `mem_buyer0` …, each with an open session whose token the buyers know. */
async function signInCrowd(on: Queries, count: number, now: number): Promise<void> {
  await sql`insert into members (id, email, name, created_at, verified_at)
    select 'mem_buyer' || n, 'buyer' || n || '@example.org', '', ${now}, ${now} from generate_series(0, ${count}::int - 1) n`.execute(
    on,
  )
  await sql`insert into sessions (id, hash, member_id, created_at, seen_at, ends_at, address, agent)
    select 'ses_buyer' || n, sha256(convert_to('session-of-buyer-' || n, 'UTF8')), 'mem_buyer' || n, ${now}, ${now},
      ${now + 86_400_000}, '', '' from generate_series(0, ${count}::int - 1) n`.execute(on)
}

const CODERS = 8

function keepCoding(nodes: readonly ServerProcess[], key: string) {
  const heard: Record<number, number> = {}
  const over = new AbortController()
  const work = Array.from({ length: CODERS }, async (_, coder) => {
    for (let n = 0; !over.signal.aborted; n++) {
      const url = nodes[(coder + n) % nodes.length]?.url ?? ''
      const call = { text: `[[fault=late:50]] coder ${coder} question ${n % 20}`, stream: true }
      const status = await ask(url, key, call).then(
        (one) => one.status,
        () => 0,
      )
      heard[status] = (heard[status] ?? 0) + 1
    }
  })
  return {
    stop: async () => {
      over.abort()
      await Promise.all(work)
      return heard
    },
  }
}

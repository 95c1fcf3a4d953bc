import { readFileSync } from 'node:fs'

import { startBank, startUpstream, type SandboxBank } from '@codeplan/sandbox'

import { applyCatalog } from '../../apps/server/src/catalog/index.ts'
import { sql, type Queries } from '../../apps/server/src/platform/index.ts'
import type { Rooms } from '../../apps/server/src/rooms.ts'
import { ask } from '../house/ask.ts'
import { openPlace, type Place } from '../house/place.ts'
import { startServer, type ServerProcess } from '../house/process.ts'
import { addSubscriber, openRoomsOf } from '../house/rooms-of.ts'
import { limitedSale, NO_ROOM } from '../house/shop.ts'
import type { Rush } from './buyers.ts'

const BANK_SECRET = 'secret of the bank of the rush'
const START = 'starts: "2026-01-23T10:00:00+08:00"'

/** Two servers on one PostgreSQL, a bank, a crowd that is signed in, and people who code meanwhile. */
export interface Market {
  readonly place: Place
  readonly nodes: readonly ServerProcess[]
  readonly bank: SandboxBank
  /** On the same database, in this process. */
  readonly rooms: Rooms
  /** Puts the first pieces on sale at this instant: a catalog that the running servers take over. */
  openAt(ms: number): Promise<void>
  /** Codes on all nodes until it is told to stop; answers the statuses heard, 0 for a node that was gone. */
  code(): { stop(): Promise<Readonly<Record<number, number>>> }
  close(): Promise<void>
}

export async function openMarket(
  serverUrl: string,
  { buyers, pieces, way }: { readonly buyers: number; readonly pieces: number; readonly way: Rush['way'] },
): Promise<Market> {
  const upstream = await startUpstream({})
  const bank = await startBank({ secret: BANK_SECRET })
  const catalog = limitedSale(
    pieces,
    ...(way === 'order' ? [NO_ROOM] : []),
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
  const rooms = await openRoomsOf(place.env)
  await signInCrowd(rooms.db.queries, buyers, rooms.clock.now())
  const nodes = await Promise.all([startServer(place.env), startServer(place.env)])
  return {
    place,
    nodes,
    bank,
    rooms,
    openAt: async (ms) => {
      const text = readFileSync(place.catalogFile, 'utf8')
      const opened = text.replace('2099-01-01T10:00:00+08:00', new Date(ms).toISOString())
      const applied = await applyCatalog(rooms.db, opened, 'the rush', rooms.clock.now())
      if (!applied.ok) throw new Error(JSON.stringify(applied.no))
    },
    code: () => keepCoding(nodes, key),
    close: async () => {
      for (const node of nodes) node.kill('SIGTERM')
      await Promise.all(nodes.map((node) => node.exited))
      await rooms.close()
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
  // As a database that was not filled a moment ago.
  await sql`analyze members, sessions`.execute(on)
}

const CODERS = 8

function keepCoding(nodes: readonly ServerProcess[], key: string) {
  const heard: Record<number, number> = {}
  let stopped = false
  const work = Array.from({ length: CODERS }, async (_, coder) => {
    for (let n = 0; ; n++) {
      if (stopped) return
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
      stopped = true
      await Promise.all(work)
      return heard
    },
  }
}

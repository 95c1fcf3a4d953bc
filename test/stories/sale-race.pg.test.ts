import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { sql } from '../../apps/server/src/platform/index.ts'
import { addRelease } from '../../apps/server/src/sale/index.ts'
import { send } from '../house/ask.ts'
import { testDatabaseUrl } from '../house/house.ts'
import { until } from '../house/until.ts'
import { cookieOf } from '../rush/buyers.ts'
import { openMarket, type Market } from '../rush/market.ts'
import { sendBuyers } from '../rush/send-buyers.ts'

const PLANS = ['lite', 'pro', 'max']
const PIECES = 7
const BUYERS = 400
/** The catalog is taken over, and the buyers are ready, before it opens. */
const AHEAD_MS = 8_000
const SALE = '/api/console/v1/sale'

describe('two servers sell from one PostgreSQL', () => {
  let market: Market
  beforeAll(async () => {
    market = await openMarket(testDatabaseUrl ?? '', { buyers: BUYERS + 1, pieces: PIECES, way: 'order' })
  })
  afterAll(() => market.close())

  test('F34: 400 buyers at the same moment, each at either server: exactly 3 × 7 have a piece, nobody two', async () => {
    const opensAtMs = Date.now() + AHEAD_MS
    await market.openAt(opensAtMs)
    const urls = market.nodes.map(({ url }) => url)
    const heard = await sendBuyers({ urls, buyers: BUYERS, plans: PLANS, opensAtMs, overMs: 0, way: 'order' })
    expect(heard.answers).toEqual({ 201: PLANS.length * PIECES, sold_out: BUYERS - PLANS.length * PIECES })
    const { db } = market.rooms
    const { rows } = await sql<{ plan: string; taken: number; held: number }>`
      select r.plan, r.taken, count(s.*)::int as held from sale_releases r
      join sale_reservations s on s.release_id = r.id group by r.id order by r.plan`.execute(db.queries)
    expect(rows).toEqual(PLANS.toSorted().map((plan) => ({ plan, taken: PIECES, held: PIECES })))
    const orders = await sql<{ n: number }>`select count(distinct member_id)::int as n from orders`.execute(db.queries)
    expect(orders.rows[0]?.n).toBe(PLANS.length * PIECES)
  })

  test('F34: one person who asks both servers for every plan at once gets one piece', async () => {
    const { db, clock, catalog } = market.rooms
    await catalog.refresh()
    for (const plan of PLANS)
      await db.tx((tx) => addRelease(tx, catalog.current(), { plan, pieces: 5, at: clock.now() }, clock.now()))
    const ask = (url: string, plan: string) =>
      send(`${url}${SALE}/orders`, {
        method: 'POST',
        headers: {
          cookie: cookieOf(BUYERS),
          'x-codeplan-csrf': '1',
          'content-type': 'application/json',
          'idempotency-key': `greedy-${plan}-${url}`,
        },
        body: JSON.stringify({ plan, cycle: 'month' }),
      })
    const heard = await Promise.all(market.nodes.flatMap(({ url }) => PLANS.map((plan) => ask(url, plan))))
    expect(heard.filter(({ status }) => status === 201)).toHaveLength(1)
  })

  test('more pieces are sold by every server within a second', async () => {
    const left = async (url: string) =>
      (JSON.parse((await send(`${url}${SALE}`, {})).text) as { plans: { left: number }[] }).plans.reduce(
        (n, p) => n + p.left,
        0,
      )
    const [first, second] = market.nodes as [Market['nodes'][number], Market['nodes'][number]]
    const before = await left(second.url)
    const { db, clock, catalog } = market.rooms
    await catalog.refresh()
    await db.tx((tx) => addRelease(tx, catalog.current(), { plan: 'pro', pieces: 3, at: clock.now() }, clock.now()))
    for (const { url } of [first, second])
      await until('it is told', async () => (await left(url)) === before + 3, 1_000)
  })
})

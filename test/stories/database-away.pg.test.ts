import { afterAll, beforeAll, expect, test } from 'vitest'

import { sql } from '../../apps/server/src/platform/index.ts'
import { ask, begin, readAll } from '../house/ask.ts'
import { drawn, faultsOfBooks, receiptOf } from '../house/books.ts'
import { openHouse, testDatabaseUrl, type House } from '../house/house.ts'
import { onServer } from '../house/place.ts'
import { until } from '../house/until.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

test('F29: while the database is away no call begins; one that ran is settled once when it is back, and calls work again', async () => {
  const server = testDatabaseUrl ?? ''
  const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(house.rooms.db.queries)
  const name = rows[0]?.name ?? ''
  const member = await house.subscriber('lite')
  const running = await begin(house.url, member.key, { text: 'meanwhile [[fault=tokens:60,rate:40]]', stream: true })
  await onServer(server, `alter database ${name} allow_connections false`)
  await onServer(server, `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`)
  const before = house.upstream.calls().length
  for (let n = 0; n < 3; n++) {
    const refused = await ask(house.url, member.key, { text: `not now ${n}` })
    expect([refused.status, Number(refused.headers['retry-after']) > 0]).toEqual([503, true])
  }
  expect((await readAll(running)).includes('message_stop')).toBe(true)
  expect(house.upstream.calls().length).toBe(before)

  await onServer(server, `alter database ${name} allow_connections true`)
  const again = async (): Promise<string | undefined> => {
    const answer = await ask(house.url, member.key, { text: 'and now', headers: { 'idempotency-key': 'back' } })
    return answer.status === 200 ? String(answer.headers['x-request-id']) : undefined
  }
  await receiptOf(house, await until('calls work again', again, 30_000))
  const receipt = await receiptOf(house, String(running.headers['x-request-id']))
  expect([receipt.ending, receipt.charge]).toEqual(['completed', 1_000_000])
  expect(await drawn(house, member)).toMatchObject({ inFlight: 0, five_hour: { used: 2, settled: 2 } })
  expect(await faultsOfBooks(house)).toEqual([])
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { begin, readAll } from '../../../../test/house/ask.ts'
import { openHouse, testDatabaseUrl, type House } from '../../../../test/house/house.ts'
import { sql } from '../platform/index.ts'
import { waitForDisk } from './batch-store.ts'

describe('what is on disk, and when', () => {
  let house: House
  beforeAll(async () => {
    house = await openHouse()
  })
  afterAll(() => house.close())

  test('F12: after waitForDisk everything that was committed before is written, also what was committed quickly', async () => {
    await house.rooms.db.scripts(async (script) => {
      for (let n = 0; n < 5; n++) {
        await script(
          `begin; set local synchronous_commit to off; insert into settings values ('test-${n}', ''); commit`,
        )
        const [before] = await script('select pg_current_wal_insert_lsn() as at')
        const at = String((before?.[0] as { at: string } | undefined)?.at)
        await waitForDisk(script)
        const [after] = await script(`select pg_current_wal_flush_lsn() >= '${at}' as written`)
        expect(after).toEqual([{ written: true }])
      }
    })
  })

  test('F11: embedded, a hold is written before the upstream is asked, so that kill -9 loses no admitted call', async () => {
    // A database server outlives this process; there the hold may follow (and its loss is made up for by settlement).
    if (testDatabaseUrl) return
    const { key } = await house.subscriber('lite')
    const call = await begin(house.url, key, { text: 'hold on [[fault=tokens:20,rate:40]]', stream: true })
    const { rows } = await sql<{ holds: number; unwritten: number }>`select (select count(*)::int from holds) as holds,
      (pg_current_wal_insert_lsn() - pg_current_wal_flush_lsn())::int as unwritten`.execute(house.rooms.db.queries)
    expect(rows).toEqual([{ holds: 1, unwritten: 0 }])
    await readAll(call)
  })
})

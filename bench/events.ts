import { setPriority, totalmem } from 'node:os'
import { join } from 'node:path'

import { measureQueries } from './events-queries.ts'
import { beginYear, DAYS, endYear, heavyCallsOf, seedDay, type Year } from './events-seed.ts'
import type { Gateway } from './gateway.ts'
import { postgresBin } from './need.ts'
import type { Postgres } from './postgres.ts'
import { execute } from './processes.ts'
import type { Report } from './report.ts'

const DAY_MS = 86_400_000
const MONTHS = 11
const SAY_EVERY_DAYS = 30
/** Days that are seeded at the same time: a core each. */
const TOGETHER = 2
/** A quarter of the machine's memory, as PostgreSQL's manual advises and docs/operating.md says. */
export const EVENTS_MEMORY = `shared_buffers=${Math.floor(totalmem() / 4 / 1_048_576)}MB`
const SEEDING = [
  "alter system set max_wal_size = '8GB'",
  'alter system set autovacuum = off',
  'select pg_reload_conf()',
]
const SEEDED = ['alter system reset all', 'select pg_reload_conf()']

const SIZE = `select (select count(*) from meter_events), pg_size_pretty(sum(pg_total_relation_size(inhrelid)))
  from pg_inherits where inhparent = 'meter_events'::regclass`

/** A year of events in the table, then what a heavy subscriber asks of a month. */
export async function measureEvents(
  postgres: Postgres,
  gateway: Gateway,
  events: number,
  say: (text: string) => void,
): Promise<Report> {
  const sql = async (...statements: readonly string[]): Promise<string> => {
    const commands = statements.flatMap((statement) => ['-c', statement])
    const { stdout } = await execute(
      join(postgresBin() as string, 'psql'),
      ['-XqAt', '-v', 'ON_ERROR_STOP=1', postgres.url, ...commands],
      { env: { ...process.env, PGOPTIONS: '-c synchronous_commit=off' } },
    )
    return stdout.trim()
  }
  const [subscription = '', member = '', key = ''] = (
    await sql('select s.id, s.member_id, k.id from subscriptions s join keys k using (member_id)')
  ).split('|')
  const fromMs = (Math.floor(Date.now() / DAY_MS) - DAYS) * DAY_MS
  const year: Year = { events, fromMs, heavy: { subscription, member, key } }

  // Other work on the machine goes first; only the superuser may take that back.
  const mayYield = process.getuid?.() === 0
  if (mayYield) setPriority(postgres.pid, 10)
  const began = performance.now()
  await sql(...SEEDING)
  await sql(...beginYear(year))
  for (let day = 0; day < DAYS; day += TOGETHER) {
    const days = Array.from({ length: TOGETHER }, (_, n) => day + n)
    await Promise.all(days.map((one) => sql(...seedDay(year, one))))
    const done = day + TOGETHER
    if (done % SAY_EVERY_DAYS > 0) continue
    const sec = Math.round((performance.now() - began) / 1_000)
    say(`${done} of ${DAYS} days are in the table after ${sec} s\n`)
    // What cannot be asked is better known now than in an hour.
    if (done === SAY_EVERY_DAYS) await measureQueries(gateway, fromMs + done * DAY_MS, 1)
  }
  await sql(...endYear, ...SEEDED)
  if (mayYield) setPriority(postgres.pid, 0)

  const [rows = '', size = ''] = (await sql(SIZE)).split('|')
  say(`${rows} events, ${size} with indexes; ${heavyCallsOf(year, DAYS)} of them are the heavy subscriber's\n`)
  return measureQueries(gateway, fromMs + DAYS * DAY_MS, MONTHS)
}

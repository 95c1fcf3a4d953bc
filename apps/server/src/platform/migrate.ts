import { DAY_MS, type Instant } from '@codeplan/core'

import { run, sql, type Db, type Tx } from './db.ts'
import { foundation } from './migrations/0001-foundation.ts'
import { promptsBySubscription } from './migrations/0002-prompts-by-subscription.ts'
import { storedResponses } from './migrations/0003-stored-responses.ts'
import { capacity } from './migrations/0004-capacity.ts'
import { booksVersion } from './migrations/0005-books-version.ts'
import { refusals } from './migrations/0006-refusals.ts'
import { wallets } from './migrations/0007-wallets.ts'
import { shop } from './migrations/0008-shop.ts'
import { sale } from './migrations/0009-sale.ts'
import { people } from './migrations/0010-people.ts'
import { teams } from './migrations/0011-teams.ts'
import { operator } from './migrations/0012-operator.ts'
import { services } from './migrations/0013-services.ts'
import { looks } from './migrations/0014-looks.ts'
import { projects } from './migrations/0015-projects.ts'
import { setups } from './migrations/0016-setups.ts'
import { seatContracts } from './migrations/0017-seat-contracts.ts'
import { deedsOnce } from './migrations/0018-deeds-once.ts'
import { hoursBySubscription } from './migrations/0019-hours-by-subscription.ts'
import { promptUse } from './migrations/0020-prompt-use.ts'

/** In order; an entry that has shipped is never changed. A statement each, since one driver takes no more at a time. */
export const MIGRATIONS: readonly { readonly name: string; readonly statements: readonly string[] }[] = [
  { name: '0001-foundation', statements: foundation },
  { name: '0002-prompts-by-subscription', statements: promptsBySubscription },
  { name: '0003-stored-responses', statements: storedResponses },
  { name: '0004-capacity', statements: capacity },
  { name: '0005-books-version', statements: booksVersion },
  { name: '0006-refusals', statements: refusals },
  { name: '0007-wallets', statements: wallets },
  { name: '0008-shop', statements: shop },
  { name: '0009-sale', statements: sale },
  { name: '0010-people', statements: people },
  { name: '0011-teams', statements: teams },
  { name: '0012-operator', statements: operator },
  { name: '0013-services', statements: services },
  { name: '0014-looks', statements: looks },
  { name: '0015-projects', statements: projects },
  { name: '0016-setups', statements: setups },
  { name: '0017-seat-contracts', statements: seatContracts },
  { name: '0018-deeds-once', statements: deedsOnce },
  { name: '0019-hours-by-subscription', statements: hoursBySubscription },
  { name: '0020-prompt-use', statements: promptUse },
]
/** Any constant: nodes that start together take turns on it. */
const MIGRATION_LOCK = 7_270_001
/** Partitions of the months to come are made this far ahead, so that a missed job loses nothing. */
const PARTITIONS_AHEAD_MS = 62 * DAY_MS

/** Brings the schema up to date; several nodes may call it at once. Returns the names of what was applied. */
export async function migrate(db: Db, now: Instant): Promise<readonly string[]> {
  return db.tx(async (tx) => {
    await sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`.execute(tx)
    await sql`create table if not exists migrations (name text primary key, applied_at int8 not null)`.execute(tx)
    const done = new Set((await sql<{ name: string }>`select name from migrations`.execute(tx)).rows.map((r) => r.name))
    const applied: string[] = []
    for (const migration of MIGRATIONS) {
      if (done.has(migration.name)) continue
      for (const statement of migration.statements) await run(tx, statement, [])
      await sql`insert into migrations (name, applied_at) values (${migration.name}, ${now})`.execute(tx)
      applied.push(migration.name)
    }
    await makePartitions(tx, now)
    return applied
  })
}

export async function pendingMigrations(db: Db): Promise<readonly string[]> {
  const { rows } = await sql<{ there: string | null }>`select to_regclass('migrations')::text as there`.execute(
    db.queries,
  )
  if (!rows[0]?.there) return MIGRATIONS.map((m) => m.name)
  const done = new Set(
    (await sql<{ name: string }>`select name from migrations`.execute(db.queries)).rows.map((r) => r.name),
  )
  return MIGRATIONS.map((m) => m.name).filter((name) => !done.has(name))
}

/** A partition of meter events for each calendar month (UTC) from the last one to two months ahead. */
export async function makePartitions(tx: Tx, now: Instant): Promise<void> {
  const first = new Date(now - 31 * DAY_MS)
  for (let month = monthStart(first, 0); month <= now + PARTITIONS_AHEAD_MS; month = monthStart(new Date(month), 1)) {
    const name = `meter_events_${new Date(month).toISOString().slice(0, 7).replace('-', '_')}`
    const next = monthStart(new Date(month), 1)
    await run(
      tx,
      `create table if not exists ${name} partition of meter_events for values from (${month}) to (${next})`,
      [],
    )
  }
  await run(tx, 'create table if not exists meter_events_other partition of meter_events default', [])
}

const monthStart = (date: Date, plus: number): number => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + plus, 1)

import { HOUR_MS } from '@codeplan/core'

import { checkMoney } from '../billing/index.ts'
import { checkBooks } from '../entitlements/index.ts'
import { unbalancedPostings } from '../ledger/index.ts'
import { pendingMigrations, sql } from '../platform/index.ts'
import { isReady } from '../ready.ts'
import type { Rooms } from '../rooms.ts'
import { differentHours } from '../usage/index.ts'
import { answer, type Command } from './command.ts'

interface Finding {
  readonly check: string
  readonly ok: boolean
  /** What was found; when it is not ok, with the cure. */
  readonly says: string
}

/** A difference of clocks above this makes windows open and close at other times than people see. */
const DRIFT_MS_MAX = 2_000

export const doctor: Command = {
  name: 'doctor',
  usage: '',
  does: 'checks database, catalog, upstreams and books; every line is ok or names its cure',
  words: { min: 0, max: 0 },
  run: async (rooms) => {
    const findings = [
      await database(rooms),
      await clocks(rooms),
      await readiness(rooms),
      engines(rooms),
      await books(rooms),
      await hours(rooms),
      await ledger(rooms),
      await money(rooms),
    ]
    const ok = findings.every((f) => f.ok)
    const text = findings.map((f) => `${f.ok ? 'ok  ' : 'FAIL'}  ${f.check}: ${f.says}`).join('\n')
    return answer({ ok, findings }, text)
  },
}

async function database({ db }: Rooms): Promise<Finding> {
  const { rows } = await sql<{ version: string }>`select version()`.execute(db.queries)
  const pending = await pendingMigrations(db)
  const name = `${db.kind}, ${rows[0]?.version.split(' ').slice(0, 2).join(' ')}`
  if (pending.length > 0)
    return { check: 'database', ok: false, says: `${name}; run "migrate": ${pending.join(', ')} are missing` }
  return { check: 'database', ok: true, says: name }
}

async function clocks({ db, config }: Rooms): Promise<Finding> {
  const before = Date.now()
  const { rows } = await sql<{ ms: number }>`select (extract(epoch from clock_timestamp()) * 1000)::int8 as ms`.execute(
    db.queries,
  )
  const drift = Math.abs((rows[0]?.ms ?? 0) - (before + Date.now()) / 2)
  const sandbox = config.sandboxClock ? ' (sandbox: the clock can be moved)' : ''
  if (drift > DRIFT_MS_MAX)
    return { check: 'clock', ok: false, says: `${drift} ms from the database’s: run a time service on both` }
  return { check: 'clock', ok: true, says: `agrees with the database within ${DRIFT_MS_MAX} ms${sandbox}` }
}

async function readiness(rooms: Rooms): Promise<Finding> {
  const ready = await isReady(rooms)
  const without = ready.modelsWithoutRoute
  if (without.length > 0) {
    return {
      check: 'catalog',
      ok: false,
      says: `no key in the environment for ${without.join(', ')}: set the variable its upstream's key_env names`,
    }
  }
  return { check: 'catalog', ok: true, says: `version ${ready.catalog}, every model has a route` }
}

/** A search engine without its key would only be found out by the calls that fall to the next one. */
function engines({ catalog, config }: Rooms): Finding {
  const { engines: named } = catalog.current().services.web_search
  const without = named.flatMap((engine) => {
    const variable = 'key_env' in engine ? engine.key_env : undefined
    return variable !== undefined && config.secret(variable) === undefined ? [`${engine.id} (${variable})`] : []
  })
  if (without.length > 0)
    return {
      check: 'web search',
      ok: false,
      says: `no key in the environment for ${without.join(', ')}: set the variable`,
    }
  return { check: 'web search', ok: true, says: named.map(({ id }) => id).join(', ') }
}

const FAULTS_SHOWN = 10

async function books(rooms: Rooms): Promise<Finding> {
  const { subscriptions, openHolds, faults } = await checkBooks(rooms, rooms.clock.now())
  if (faults.length > 0) {
    const list = faults.slice(0, FAULTS_SHOWN).map((f) => `${f.subscriptionId}: ${f.what}`)
    return {
      check: 'windows',
      ok: false,
      says: `they differ from the events; please report this with: ${list.join('; ')}`,
    }
  }
  return {
    check: 'windows',
    ok: true,
    says: `${subscriptions} subscriptions equal their events, ${openHolds} calls are open`,
  }
}

const HOURS_BACK_MS = 31 * 24 * HOUR_MS

async function hours({ db, clock }: Rooms): Promise<Finding> {
  const to = Math.floor(clock.now() / HOUR_MS) * HOUR_MS + HOUR_MS
  const different = await differentHours(db.queries, { from: to - HOURS_BACK_MS, to })
  if (different.length > 0) {
    const list = different.map((d) => `${d.subscription_id} at ${new Date(d.hour_at).toISOString()}`)
    return {
      check: 'roll-ups',
      ok: false,
      says: `hours that are not the sum of their events; please report: ${list.join(', ')}`,
    }
  }
  return { check: 'roll-ups', ok: true, says: 'the hours of the last 31 days equal their events' }
}

async function ledger({ db }: Rooms): Promise<Finding> {
  const off = await unbalancedPostings(db.queries)
  if (off.length > 0) return { check: 'ledger', ok: false, says: `postings that do not sum to zero: ${off.join(', ')}` }
  return { check: 'ledger', ok: true, says: 'every posting sums to zero' }
}

async function money(rooms: Rooms): Promise<Finding> {
  const faults = await checkMoney(rooms)
  if (faults.length > 0) return { check: 'money', ok: false, says: `please report this: ${faults.join('; ')}` }
  return { check: 'money', ok: true, says: 'orders, periods and refunds equal the ledger' }
}

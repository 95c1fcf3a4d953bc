import type { DoctorAnswer } from '@codeplan/contract'
import { HOUR_MS } from '@codeplan/core'

import { checkMoney } from '../billing/index.ts'
import { modelsWithoutRoute } from '../catalog/index.ts'
import { checkBooks } from '../entitlements/index.ts'
import { unbalancedPostings } from '../ledger/index.ts'
import { pendingMigrations } from '../platform/index.ts'
import { differentHours, differentPrompts } from '../usage/index.ts'
import type { AdminDeps } from './deps.ts'
import { databaseMs, databaseVersion } from './system-store.ts'

/** What was found; when it is not ok, with the cure. */
export type Finding = DoctorAnswer['findings'][number]

type DoctorDeps = Pick<AdminDeps, 'db' | 'clock' | 'catalog' | 'config'>

/** A difference of clocks above this makes windows open and close at other times than people see. */
const DRIFT_MS_MAX = 2_000
const FAULTS_SHOWN = 10
const HOURS_BACK_MS = 31 * 24 * HOUR_MS
const PROMPTS_BACK_MS = 2 * 24 * HOUR_MS

/** Checks database, clock, catalog and books, from the facts alone. Slow by nature. */
export const examine = async (deps: DoctorDeps): Promise<readonly Finding[]> => [
  await database(deps),
  await clocks(deps),
  readiness(deps),
  engines(deps),
  await books(deps),
  await hours(deps),
  await ledger(deps),
  await money(deps),
]

async function database({ db }: DoctorDeps): Promise<Finding> {
  const pending = await pendingMigrations(db)
  const name = `${db.kind}, ${await databaseVersion(db.queries)}`
  if (pending.length > 0)
    return { check: 'database', ok: false, says: `${name}; run "migrate": ${pending.join(', ')} are missing` }
  return { check: 'database', ok: true, says: name }
}

async function clocks({ db, config }: DoctorDeps): Promise<Finding> {
  const before = Date.now()
  const drift = Math.abs((await databaseMs(db.queries)) - (before + Date.now()) / 2)
  const sandbox = config.sandboxClock ? ' (sandbox: the clock can be moved)' : ''
  if (drift > DRIFT_MS_MAX)
    return { check: 'clock', ok: false, says: `${drift} ms from the database’s: run a time service on both` }
  return { check: 'clock', ok: true, says: `agrees with the database within ${DRIFT_MS_MAX} ms${sandbox}` }
}

function readiness({ catalog, config }: DoctorDeps): Finding {
  const current = catalog.current()
  const without = modelsWithoutRoute(current, config.secret)
  if (without.length > 0) {
    return {
      check: 'catalog',
      ok: false,
      says: `no key in the environment for ${without.join(', ')}: set the variable its upstream's key_env names`,
    }
  }
  return { check: 'catalog', ok: true, says: `version ${current.version}, every model has a route` }
}

/** A search engine without its key would only be found out by the calls that fall to the next one. */
function engines({ catalog, config }: DoctorDeps): Finding {
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

async function books(deps: DoctorDeps): Promise<Finding> {
  const { subscriptions, openHolds, faults } = await checkBooks(deps, deps.clock.now())
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

async function hours({ db, clock }: DoctorDeps): Promise<Finding> {
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
  const prompts = await differentPrompts(db.queries, { from: to - PROMPTS_BACK_MS, to })
  if (prompts.length > 0) {
    const says = `prompts that are not the sum of their events; please report: ${prompts.join(', ')}`
    return { check: 'roll-ups', ok: false, says }
  }
  return {
    check: 'roll-ups',
    ok: true,
    says: 'the hours of the last 31 days and the prompts of two equal their events',
  }
}

async function ledger({ db }: DoctorDeps): Promise<Finding> {
  const off = await unbalancedPostings(db.queries)
  if (off.length > 0) return { check: 'ledger', ok: false, says: `postings that do not sum to zero: ${off.join(', ')}` }
  return { check: 'ledger', ok: true, says: 'every posting sums to zero' }
}

async function money(deps: DoctorDeps): Promise<Finding> {
  const faults = await checkMoney(deps)
  if (faults.length > 0) return { check: 'money', ok: false, says: `please report this: ${faults.join('; ')}` }
  return { check: 'money', ok: true, says: 'orders, periods and refunds equal the ledger' }
}

/** The doctor as pages ask for him: he is called, and what he found last is read. One visit at a time, on this node. */
export interface Visits {
  last(): DoctorAnswer
  /** False while he is there already. */
  call(): boolean
}

export function makeVisits(deps: DoctorDeps & Pick<AdminDeps, 'log'>): Visits {
  let state: DoctorAnswer = { running: false, finished_at: null, took_ms: null, ok: null, findings: [] }
  const visit = async (): Promise<void> => {
    const began = performance.now()
    try {
      const findings = await examine(deps)
      const took_ms = Math.round(performance.now() - began)
      const finished_at = new Date(deps.clock.now()).toISOString()
      state = { running: false, finished_at, took_ms, ok: findings.every(({ ok }) => ok), findings: [...findings] }
    } catch (error) {
      deps.log.error({ err: error }, 'the doctor could not end his visit')
      state = { ...state, running: false }
    }
  }
  return {
    last: () => state,
    call: () => {
      if (state.running) return false
      state = { ...state, running: true }
      void visit()
      return true
    },
  }
}

import { randomBytes } from 'node:crypto'

import { DAY_MS, HOUR_MS, instant, readMoney, wallClock, type Instant } from '@codeplan/core'

import { addInvited, changeRole, newPassword } from '../identity/index.ts'
import type { Rooms } from '../rooms.ts'
import { answer, COMMAND_LINE, wholeNumber, wrong, type Command } from './command.ts'
import { seedMoney } from './seed-money-store.ts'
import { hasMembers, makeDice, seedMembers, seedPeriods, seedSubscriptions, type Year } from './seed-people-store.ts'
import { seedAnalyzed, seedRest } from './seed-rest-store.ts'
import { seedDraws, seedFacts, seedHours, seedModels } from './seed-use-store.ts'

const MEMBERS = 500
const MEMBERS_MAX = 50_000
const YEAR_MS = 365 * DAY_MS
/** How many places a route is thought to have that takes any number. */
const PLACES = 60
const OPERATOR = 'operator@example.org'

/** Steps in their order, each on what those before have made; the names are told as they are done. */
const STEPS = {
  dice: makeDice,
  members: seedMembers,
  periods: seedPeriods,
  subscriptions: seedSubscriptions,
  money: seedMoney,
  models: seedModels,
  draws: seedDraws,
  facts: seedFacts,
  hours: seedHours,
  rest: seedRest,
  analyze: seedAnalyzed,
}

export const seedCommand: Command = {
  name: 'seed',
  usage: '[--members n] [--seed n]',
  does: 'fills a new database with a made-up year of members, orders and use, to try pages with; the books are right',
  words: { min: 0, max: 0 },
  options: { members: 'string', seed: 'string' },
  run: async (rooms, { options }) => {
    const members = wholeNumber(options.members, MEMBERS)
    if (members === undefined || members > MEMBERS_MAX)
      return wrong(`--members: use a whole number up to ${MEMBERS_MAX}`)
    const seed = wholeNumber(options.seed, 1)
    if (seed === undefined) return wrong('--seed: use a whole number above 0')
    const began = performance.now()
    const year = await yearOf(rooms, members, seed)
    // A new one each time: a server with a known password must not be.
    const password = randomBytes(12).toString('base64url')
    const hash = await newPassword(rooms.people, OPERATOR, password)
    if (!hash.ok) return wrong('the password of the operator could not be made: try again')
    const took: Record<string, number> = {}
    const done = await rooms.db.tx(async (tx) => {
      if (await hasMembers(tx)) return false
      for (const [name, step] of Object.entries(STEPS)) {
        const stepBegan = performance.now()
        await step(tx, year)
        took[name] = Math.round(performance.now() - stepBegan)
      }
      const who = { email: OPERATOR, name: '', language: 'en', hash: hash.value, address: '', agent: 'seed' } as const
      const { memberId } = await addInvited(rooms.people, tx, who, year.now as Instant)
      await changeRole(tx, { memberId, role: 'operator', who: COMMAND_LINE, address: '' }, year.now as Instant)
      return true
    })
    if (!done) return wrong('there are members already: a made-up year is for a new database')
    const sec = Math.round((performance.now() - began) / 100) / 10
    return answer(
      { members, seed, operator: OPERATOR, password, took_ms: took },
      `${members} members in a year, in ${sec} s (seed ${seed}). Sign in as ${OPERATOR} with ${password}`,
    )
  },
}

async function yearOf({ catalog, clock, db }: Rooms, members: number, seed: number): Promise<Year> {
  const now = instant(Math.floor(clock.now() / 1000) * 1000)
  const current = catalog.current()
  const { zone, currency } = current.operator
  const { renewal, invoice } = current.billing
  const minor = (text: string): number => {
    const read = readMoney(text, currency)
    return read.ok ? read.value : 0
  }
  const plans = []
  const shares = sharesOf(current.plans.size)
  for (const [i, plan] of [...current.plans.values()].toSorted((a, b) => a.rank - b.rank).entries()) {
    const version = await catalog.newestPlanVersion(db.queries, plan.id)
    if (!version) continue
    const { prices, windows } = version.terms
    plans.push({
      plan: plan.id,
      version: version.id,
      rank: plan.rank,
      share: shares[i] ?? 0,
      month: minor(prices.month),
      quarter: minor(prices.quarter ?? prices.month) * (prices.quarter === undefined ? 3 : 1),
      year: minor(prices.year ?? prices.month) * (prices.year === undefined ? 12 : 1),
      models: plan.models,
      windows: windows.map(({ id, kind, lengthMs }) => ({ id, kind, length_ms: lengthMs })),
    })
  }
  const midnight = now - wallClock(zone, now).minuteOfDay * 60_000
  return {
    seed,
    members,
    from: now - YEAR_MS,
    now,
    zone,
    currency,
    plans,
    models: [...current.models.values()].map((model) => {
      const price = model.prices.at(-1)
      return {
        id: model.id,
        input: price?.input ?? 0,
        cached: price?.cachedInput ?? 0,
        output: price?.output ?? 0,
        places: model.routes.reduce((sum, { concurrency }) => sum + (concurrency ?? PLACES), 0),
        permille: Array.from(
          { length: 24 },
          (_, hour) => current.multiplier(model.id, 'unknown', (midnight + hour * HOUR_MS) as Instant).permille,
        ),
      }
    }),
    tools: ['claude-code', 'opencode', 'codex', 'cherry-studio', 'cline', 'qwen-code'],
    catalog: current.version,
    invoicePrefix: invoice.prefix,
    noticeDays: renewal.notice_days,
    chargeBeforeMs: renewal.charge_before_minutes * 60_000,
    graceMs: renewal.grace_days * DAY_MS,
    retryMs: (renewal.retry_hours[0] ?? 24) * HOUR_MS,
  }
}

/** The first plan is bought the most: of three 60, 30 and 10 of a hundred. */
function sharesOf(count: number): readonly number[] {
  const weights = Array.from({ length: count }, (_, i) => [6, 3, 1][i] ?? 1)
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map((weight) => weight / sum)
}

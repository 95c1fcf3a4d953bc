import {
  beginAgain,
  beginCall,
  creditWindow,
  DAY_MS,
  emptyTally,
  endCall,
  HOUR_MS,
  instant,
  MINUTE_MS,
  multiplierAt,
  windowNow,
  type Account,
  type Meter,
  type MultiplierRule,
  type PlanTerms,
  type PromptTally,
  type RunningCall,
} from '../../packages/core/src/index.ts'
import { makeDice, type Dice } from '../house/dice.ts'

/**
 * A seeded life of many subscriptions: questions, follow-ups, retries, failures, hang-ups, crashes that lose what was reserved,
 * moves of the clock, upgrades in the middle of a window, changed multipliers, credits. After every event the books of the
 * subscription it touched are compared with a ledger that knows nothing but what was charged.
 */
export interface SimulationResult {
  readonly seed: number
  readonly events: number
  readonly admitted: number
  readonly refused: number
  readonly settled: number
  readonly voided: number
  readonly lost: number
}

interface OpenCall extends RunningCall {
  readonly prompt: string
  readonly actual: number
}

interface Life {
  terms: PlanTerms
  readonly anchor: number
  account: Account
  readonly prompts: Map<string, PromptTally>
  readonly open: Map<number, OpenCall>
  /** What was charged, by `window@start`: the ledger. */
  readonly ledger: Map<string, number>
  readonly credits: Map<string, number>
}

const METERS: readonly Meter[] = [
  { kind: 'prompt', callsPerPrompt: 20 },
  { kind: 'prompt', callsPerPrompt: 3 },
  { kind: 'call', callsPerPrompt: 20 },
  { kind: 'token', rates: {}, chargeMax: 5_000_000 },
]
const RULE_SETS: readonly (readonly MultiplierRule[])[] = [
  [
    { id: 'peak', permille: 3000, models: ['big'], zone: 'Asia/Shanghai', daily: { fromMinute: 840, toMinute: 1080 } },
    { id: 'off', permille: 2000, models: ['big'], zone: 'Asia/Shanghai' },
  ],
  [{ id: 'night', permille: 0, zone: 'Europe/Berlin', daily: { fromMinute: 1380, toMinute: 540 } }],
  [{ id: 'half', permille: 500, zone: 'America/St_Johns', weekdays: [6, 7] }],
]
const LIVES = 24

export function simulate(seed: number, events: number): SimulationResult {
  const dice = makeDice(seed)
  let now = Date.UTC(2026, 0, 31, 2)
  let rules = RULE_SETS[0] as readonly MultiplierRule[]
  let lastCall = 0
  const lives = Array.from({ length: LIVES }, () => newLife(dice, now))
  const count = { admitted: 0, refused: 0, settled: 0, voided: 0, lost: 0 }

  for (let event = 0; event < events; event++) {
    const at = dice.roll(LIVES)
    const life = lives[at] as Life
    const what = dice.roll(100)
    if (what < 45) {
      const began = begin(life, dice, rules, ++lastCall, now)
      count[began ? 'admitted' : 'refused']++
    } else if (what < 90) {
      const ended = end(life, dice)
      if (ended) count[ended]++
    } else if (what < 96) now += dice.roll(dice.chance(0.02) ? 9 * DAY_MS : 40 * MINUTE_MS)
    else if (what < 97) rules = dice.pick(RULE_SETS)
    else if (what < 98) giveCredit(life, dice, now)
    else if (what < 99 && life.open.size === 0) lives[at] = newLife(dice, now)
    else if (dice.chance(0.5)) count.lost += loseReservation(life, dice)
    check(lives[at] as Life, now, `seed ${seed}, event ${event}`)
  }
  for (const life of lives) {
    while (life.open.size > 0) end(life, dice)
    check(life, now, `seed ${seed}, at the end`)
    if (life.account.inFlight !== 0) throw new Error(`seed ${seed}: ${life.account.inFlight} calls are left in flight`)
  }
  return { seed, events, ...count }
}

function newLife(dice: Dice, now: number): Life {
  const allowance = (10 + dice.roll(90)) * 1_000_000
  return {
    terms: {
      plan: 'p',
      name: 'P',
      rank: 1,
      unit: 'prompts',
      reportedAs: 'tokens',
      prices: { month: '49.00' },
      models: ['big', 'small'],
      meter: dice.pick(METERS),
      windows: [
        { id: 'five_hour', kind: 'first_use', lengthMs: 5 * HOUR_MS, allowance },
        { id: 'week', kind: 'anchored', lengthMs: 7 * DAY_MS, allowance: allowance * 5 },
      ],
      concurrencyMax: 1 + dice.roll(8),
    },
    anchor: now,
    account: { windows: {}, inFlight: 0 },
    prompts: new Map(),
    open: new Map(),
    ledger: new Map(),
    credits: new Map(),
  }
}

function begin(life: Life, dice: Dice, rules: readonly MultiplierRule[], id: number, now: number): boolean {
  const known = [...life.prompts.keys()]
  const prompt =
    known.length > 0 && dice.chance(0.8) ? (known.at(-1 - dice.roll(Math.min(3, known.length))) as string) : `p${id}`
  const tally = life.prompts.get(prompt) ?? emptyTally
  const { permille } = multiplierAt(rules, { model: dice.pick(['big', 'small']), tool: 't' }, instant(now))
  const reserve = life.terms.meter.kind === 'token' ? dice.roll(3_000_000) : 0
  const begun = beginCall(
    life.terms,
    instant(life.anchor),
    { account: life.account, tally },
    { permille, reserve },
    instant(now),
  )
  if (!begun.ok) {
    refusedRightly(life, begun.no, now)
    return false
  }
  const { account, cost, starts, readings } = begun.value
  for (const reading of readings) {
    if (cost > 0 && reading.after > reading.allowance)
      throw new Error(`admitted ${reading.after} of ${reading.allowance} in ${reading.id}`)
  }
  life.account = account
  life.prompts.set(prompt, begun.value.tally)
  const actual = life.terms.meter.kind === 'token' ? dice.roll(4_000_000) : 0
  life.open.set(id, { permille, reserve: life.terms.meter.kind === 'token' ? cost : 0, starts, prompt, actual })
  return true
}

function refusedRightly(life: Life, refusal: { code: string }, now: number): void {
  if (refusal.code === 'too_many_calls') {
    if (life.open.size < life.terms.concurrencyMax) throw new Error('refused for concurrency with room left')
    return
  }
  const { window, cost } = refusal as unknown as { window: string; cost: number }
  const rule = life.terms.windows.find((w) => w.id === window)
  const standing = rule && windowNow(rule, instant(life.anchor), life.account.windows[window], instant(now))
  if (!standing || standing.used + cost <= standing.allowance) throw new Error(`refused by ${window} with room left`)
}

function end(life: Life, dice: Dice): 'settled' | 'voided' | undefined {
  const ids = [...life.open.keys()]
  if (ids.length === 0) return undefined
  const id = dice.pick(ids)
  const call = life.open.get(id) as OpenCall
  life.open.delete(id)
  const counts = dice.chance(0.8)
  const tally = life.prompts.get(call.prompt) as PromptTally
  const ended = endCall(life.terms, { account: life.account, tally }, call, { counts, actual: call.actual })
  life.account = ended.account
  life.prompts.set(call.prompt, ended.tally)
  for (const { starts, micro } of ended.charged) {
    for (const [window, startsAt] of Object.entries(starts)) add(life.ledger, `${window}@${startsAt}`, micro)
  }
  return counts ? 'settled' : 'voided'
}

/** A crash of the database forgets that a call began; its settlement enters it again, as it was. */
function loseReservation(life: Life, dice: Dice): number {
  const ids = [...life.open.keys()]
  if (ids.length === 0) return 0
  const id = dice.pick(ids)
  const call = life.open.get(id) as OpenCall
  const tally = life.prompts.get(call.prompt) as PromptTally
  // Forgetting is what ending without counting leaves behind.
  const forgotten = endCall(life.terms, { account: life.account, tally }, call, { counts: false, actual: 0 })
  const again = beginAgain(life.terms, forgotten, call)
  life.account = again.account
  life.prompts.set(call.prompt, again.tally)
  return 1
}

function giveCredit(life: Life, dice: Dice, now: number): void {
  const rule = dice.pick(life.terms.windows)
  const window = windowNow(rule, instant(life.anchor), life.account.windows[rule.id], instant(now))
  if (window.startsAt === undefined) return
  const micro = 1_000_000 * (1 + dice.roll(10))
  life.account = { ...life.account, windows: creditWindow(life.account.windows, window, micro, instant(now)) }
  add(life.credits, `${rule.id}@${window.startsAt}`, micro)
}

function check(life: Life, now: number, where: string): void {
  const fail = (what: string): never => {
    throw new Error(`${where}: ${what}`)
  }
  if (life.account.inFlight !== life.open.size) fail(`${life.account.inFlight} in flight, ${life.open.size} open`)
  const reserved = new Map<string, number>()
  for (const tally of life.prompts.values()) {
    for (const part of tally.parts) {
      if (part.settled > part.reserved || part.settled < 0) fail('a part has settled more than it reserved')
      for (const [window, startsAt] of Object.entries(part.starts))
        add(reserved, `${window}@${startsAt}`, part.reserved)
    }
  }
  for (const rule of life.terms.windows) {
    const window = windowNow(rule, instant(life.anchor), life.account.windows[rule.id], instant(now))
    if (window.startsAt === undefined) continue
    const key = `${rule.id}@${window.startsAt}`
    if (window.used !== (reserved.get(key) ?? 0))
      fail(`${rule.id} holds ${window.used}, its prompts ${reserved.get(key) ?? 0}`)
    if (window.settled !== (life.ledger.get(key) ?? 0))
      fail(`${rule.id} has settled ${window.settled}, the ledger ${life.ledger.get(key) ?? 0}`)
    if (window.allowance !== rule.allowance + (life.credits.get(key) ?? 0))
      fail(`${rule.id} allows ${window.allowance}`)
    if (life.terms.meter.kind !== 'token' && window.used > window.allowance)
      fail(`${rule.id} holds ${window.used} of ${window.allowance}`)
    if ((window.resetsAt as number) <= now) fail(`${rule.id} stands past its reset`)
  }
  // Prompts whose windows are long over are let go of, as retention does, so that a long life stays small.
  if (life.prompts.size > 60) {
    for (const [id, tally] of life.prompts) {
      const old = tally.parts.every((part) => Object.values(part.starts).every((start) => start < now - 8 * DAY_MS))
      if (old && Object.keys(tally.open).length === 0 && ![...life.open.values()].some((call) => call.prompt === id))
        life.prompts.delete(id)
    }
  }
}

function add(map: Map<string, number>, key: string, micro: number): void {
  map.set(key, (map.get(key) ?? 0) + micro)
}

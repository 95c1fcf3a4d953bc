import {
  costOfCall,
  openCall,
  settleCall,
  voidCall,
  type Movement,
  type PromptTally,
  type WindowStarts,
} from './metering.ts'
import { no, yes, type Outcome } from './outcome.ts'
import type { PlanTerms } from './plan.ts'
import { mayBegin, move, openWindows, startsOf, windowNow, type QuotaRefusal, type WindowStates } from './quota.ts'
import { instant, type Instant } from './units.ts'

/** What is stored of a subscription's quota: its windows and how many of its calls run. */
export interface Account {
  readonly windows: WindowStates
  readonly inFlight: number
}

/** A window as a call found it and left it, in micro-prompts. */
export interface WindowReading {
  readonly id: string
  readonly lengthMs: number
  readonly startsAt: Instant
  readonly resetsAt: Instant
  readonly allowance: number
  readonly before: number
  readonly after: number
}

export interface Begun {
  readonly account: Account
  readonly tally: PromptTally
  /** Micro-prompts that the call added to its prompt. */
  readonly cost: number
  readonly starts: WindowStarts
  readonly readings: readonly WindowReading[]
}

/** May a call of a prompt begin now, at this multiplier? If so, everything that changes by it. */
export function beginCall(
  terms: PlanTerms,
  anchor: Instant,
  books: { readonly account: Account; readonly tally: PromptTally },
  permille: number,
  now: Instant,
): Outcome<Begun, QuotaRefusal> {
  const { account, tally } = books
  const cost = costOfCall(terms.meter, tally, permille)
  const windows = terms.windows.map((rule) => windowNow(rule, anchor, account.windows[rule.id], now))
  const may = mayBegin(windows, { cost, inFlight: account.inFlight, concurrencyMax: terms.concurrencyMax }, now)
  if (!may.ok) return no(may.no)
  const opened = openWindows(windows, now)
  const starts = startsOf(opened)
  return yes({
    account: { windows: move(opened, { starts, micro: cost }, 'used', 1), inFlight: account.inFlight + 1 },
    tally: openCall(terms.meter, tally, permille, starts).tally,
    cost,
    starts,
    readings: windows.map(({ rule, used }) => {
      const startsAt = instant(starts[rule.id] as number)
      const resetsAt = instant(startsAt + rule.lengthMs)
      const { id, lengthMs, allowance } = rule
      return { id, lengthMs, startsAt, resetsAt, allowance, before: used, after: used + cost }
    }),
  })
}

/** What is remembered of a call while it runs. */
export interface RunningCall {
  readonly permille: number
  readonly starts: WindowStarts
}

export interface Ended {
  readonly account: Account
  readonly tally: PromptTally
  /** What the call's end charged, and to which windows. */
  readonly charged: readonly Movement[]
}

/** A call ends: it counts, or it does not and gives back what its prompt no longer costs. */
export function endCall(
  terms: PlanTerms,
  books: { readonly account: Account; readonly tally: PromptTally },
  call: RunningCall,
  counts: boolean,
): Ended {
  const { account, tally } = books
  const inFlight = account.inFlight - 1
  if (inFlight < 0) throw new Error('a call ended that was not in flight')
  if (!counts) {
    const voided = voidCall(terms.meter, tally, call.permille)
    const windows = moveAll(account.windows, voided.released, 'used', -1)
    return { account: { windows, inFlight }, tally: voided.tally, charged: [] }
  }
  const settled = settleCall(terms.meter, tally, call.permille)
  const windows = moveAll(account.windows, settled.charged, 'settled', 1)
  return { account: { windows, inFlight }, tally: settled.tally, charged: settled.charged }
}

/** Enters a call again whose beginning a crash of the database has lost, in the windows that it had found. */
export function beginAgain(
  terms: PlanTerms,
  books: { readonly account: Account; readonly tally: PromptTally },
  call: RunningCall,
): { readonly account: Account; readonly tally: PromptTally } {
  const { tally, cost } = openCall(terms.meter, books.tally, call.permille, call.starts)
  const windows = { ...books.account.windows }
  for (const [id, startsAt] of Object.entries(call.starts)) {
    const state = windows[id]
    // The opening of a window may be lost too; a window that began later is another one and stays.
    if (!state || state.startsAt < startsAt) windows[id] = { startsAt, used: 0, settled: 0 }
  }
  return {
    account: {
      windows: move(windows, { starts: call.starts, micro: cost }, 'used', 1),
      inFlight: books.account.inFlight + 1,
    },
    tally,
  }
}

function moveAll(
  windows: WindowStates,
  movements: readonly Movement[],
  field: 'used' | 'settled',
  sign: 1 | -1,
): WindowStates {
  return movements.reduce((states, movement) => move(states, movement, field, sign), windows)
}

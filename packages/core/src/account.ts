import {
  costOfCall,
  openCall,
  replaceReserve,
  settleCall,
  voidCall,
  type CallEnd,
  type CallWeight,
  type Meter,
  type Movement,
  type PromptTally,
  type WindowStarts,
} from './metering.ts'
import { no, yes, type Outcome } from './outcome.ts'
import { concurrencyAt, type PlanTerms } from './plan.ts'
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

/** May a call of a prompt begin now, with this weight? If so, everything that changes by it. */
export function beginCall(
  terms: PlanTerms,
  anchor: Instant,
  books: { readonly account: Account; readonly tally: PromptTally },
  weight: CallWeight,
  now: Instant,
): Outcome<Begun, QuotaRefusal> {
  const { account, tally } = books
  const cost = costOfCall(terms.meter, tally, weight)
  const windows = terms.windows.map((rule) => windowNow(rule, anchor, account.windows[rule.id], now))
  const may = mayBegin(windows, { cost, inFlight: account.inFlight, concurrencyMax: concurrencyAt(terms, now) }, now)
  if (!may.ok) return no(may.no)
  const opened = openWindows(windows, now)
  const starts = startsOf(opened)
  return yes({
    account: { windows: move(opened, { starts, micro: cost }, 'used'), inFlight: account.inFlight + 1 },
    tally: openCall(terms.meter, tally, weight, starts).tally,
    cost,
    starts,
    readings: windows.map(({ rule, used, allowance }) => {
      const startsAt = instant(starts[rule.id] as number)
      const resetsAt = instant(startsAt + rule.lengthMs)
      const { id, lengthMs } = rule
      return { id, lengthMs, startsAt, resetsAt, allowance, before: used, after: used + cost }
    }),
  })
}

/** What is remembered of a call while it runs. */
export interface RunningCall extends CallWeight {
  readonly starts: WindowStarts
}

/** How a call ended: whether it counts and, for the token meter, what it used (micro-credits). */
export interface CallUse {
  readonly counts: boolean
  readonly actual: number
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
  use: CallUse,
): Ended {
  const inFlight = books.account.inFlight - 1
  if (inFlight < 0) throw new Error('a call ended that was not in flight')
  const { tally, charged, adjusted } = endInTally(terms.meter, books.tally, call, use)
  const windows = moveAll(moveAll(books.account.windows, adjusted, 'used'), charged, 'settled')
  return { account: { windows, inFlight }, tally, charged }
}

function endInTally(meter: Meter, tally: PromptTally, call: RunningCall, use: CallUse): CallEnd {
  if (meter.kind === 'token') return replaceReserve(tally, call.reserve, use.counts ? use.actual : 0, call.starts)
  return use.counts ? settleCall(meter, tally, call.permille) : voidCall(meter, tally, call.permille)
}

/** Enters a call again whose beginning a crash of the database has lost, in the windows that it had found. */
export function beginAgain(
  terms: PlanTerms,
  books: { readonly account: Account; readonly tally: PromptTally },
  call: RunningCall,
): { readonly account: Account; readonly tally: PromptTally } {
  const { tally, cost } = openCall(terms.meter, books.tally, call, call.starts)
  const windows = { ...books.account.windows }
  for (const [id, startsAt] of Object.entries(call.starts)) {
    const state = windows[id]
    // The opening of a window may be lost too; a window that began later is another one and stays.
    if (!state || state.startsAt < startsAt) windows[id] = { startsAt, used: 0, settled: 0 }
  }
  return {
    account: {
      windows: move(windows, { starts: call.starts, micro: cost }, 'used'),
      inFlight: books.account.inFlight + 1,
    },
    tally,
  }
}

function moveAll(windows: WindowStates, movements: readonly Movement[], field: 'used' | 'settled'): WindowStates {
  return movements.reduce((states, movement) => move(states, movement, field), windows)
}

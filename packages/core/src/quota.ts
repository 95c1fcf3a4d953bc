import type { Movement, WindowStarts } from './metering.ts'
import { no, yes, type Outcome } from './outcome.ts'
import { instant, type Instant } from './units.ts'

/**
 * A quota window of a plan version.
 * `first_use`: opens at the first admitted call after the last one closed. `anchored`: follows without gap from the
 * instant of purchase. Both last `lengthMs` exactly and have one reset instant, which never moves later (F36).
 */
export interface WindowRule {
  readonly id: string
  readonly kind: 'first_use' | 'anchored'
  readonly lengthMs: number
  readonly allowance: number
}

/**
 * What is stored of a window: when it began and what it holds, in micro-prompts. `used` includes open calls. `credit` is
 * what is allowed on top for this window alone: what an operator has given, less what was used of it in a plan that this
 * one has replaced. Usage itself is never written down (F40, F43).
 */
export interface WindowState {
  readonly startsAt: number
  readonly used: number
  readonly settled: number
  readonly credit?: number
}

export type WindowStates = Readonly<Record<string, WindowState>>

/** A window as it stands at an instant. `startsAt` is absent while a first-use window is untouched. */
export interface StandingWindow {
  readonly rule: WindowRule
  readonly startsAt?: Instant
  readonly resetsAt?: Instant
  /** The rule's allowance and what was credited to this window. */
  readonly allowance: number
  readonly used: number
  readonly settled: number
}

export type QuotaRefusal =
  | {
      readonly code: 'window_full'
      readonly window: string
      readonly allowance: number
      readonly used: number
      readonly cost: number
      readonly resetsAt: Instant
    }
  | { readonly code: 'too_many_calls'; readonly inFlight: number; readonly concurrencyMax: number }

/** The window as it is now: past its end it counts from zero (F37), without any job having run. */
export function windowNow(
  rule: WindowRule,
  anchor: Instant,
  state: WindowState | undefined,
  now: Instant,
): StandingWindow {
  const startsAt = rule.kind === 'anchored' ? anchoredStart(rule, anchor, now) : state?.startsAt
  const current = state !== undefined && state.startsAt === startsAt && now < state.startsAt + rule.lengthMs
  const allowance = rule.allowance + (current ? (state.credit ?? 0) : 0)
  const { used, settled } = current ? state : { used: 0, settled: 0 }
  if (rule.kind === 'first_use' && !current) return { rule, allowance, used, settled }
  const span = { startsAt: instant(startsAt as number), resetsAt: instant((startsAt as number) + rule.lengthMs) }
  return { rule, ...span, allowance, used, settled }
}

const anchoredStart = (rule: WindowRule, anchor: Instant, now: Instant): number =>
  anchor + Math.floor((now - anchor) / rule.lengthMs) * rule.lengthMs

/**
 * May a call of this cost begin? Takes nothing yet: the cost is put in with `openWindows` and `move`.
 * A call that costs nothing (its prompt is paid) is never refused by a window.
 */
export function mayBegin(
  windows: readonly StandingWindow[],
  call: { readonly cost: number; readonly inFlight: number; readonly concurrencyMax: number },
  now: Instant,
): Outcome<void, QuotaRefusal> {
  if (call.cost > 0) {
    const full = windows
      .filter((window) => window.used + call.cost > window.allowance)
      // The one that resets last decides: before that instant nothing would help.
      .toSorted((a, b) => resetOf(b, now) - resetOf(a, now))[0]
    if (full) {
      return no({
        code: 'window_full',
        window: full.rule.id,
        allowance: full.allowance,
        used: full.used,
        cost: call.cost,
        resetsAt: instant(resetOf(full, now)),
      })
    }
  }
  if (call.inFlight >= call.concurrencyMax) {
    return no({ code: 'too_many_calls', inFlight: call.inFlight, concurrencyMax: call.concurrencyMax })
  }
  return yes(undefined)
}

/** The windows as stored once a call begins now: untouched ones open, those that are over start again at zero. */
export function openWindows(windows: readonly StandingWindow[], now: Instant): WindowStates {
  const states: Record<string, WindowState> = {}
  for (const window of windows) {
    const credit = window.allowance - window.rule.allowance
    const state = { startsAt: window.startsAt ?? now, used: window.used, settled: window.settled }
    states[window.rule.id] = credit === 0 ? state : { ...state, credit }
  }
  return states
}

export function startsOf(states: WindowStates): WindowStarts {
  const starts: Record<string, number> = {}
  for (const [id, state] of Object.entries(states)) starts[id] = state.startsAt
  return starts
}

/** Applies a movement to the windows it belongs to. A window that has begun anew since then is left alone (F45). */
export function move(states: WindowStates, movement: Movement, field: 'used' | 'settled'): WindowStates {
  const next: Record<string, WindowState> = { ...states }
  for (const [id, startsAt] of Object.entries(movement.starts)) {
    const state = next[id]
    if (state?.startsAt !== startsAt) continue
    const value = state[field] + movement.micro
    if (value < 0) throw new Error(`window ${id} was about to hold ${value} micro-prompts`)
    next[id] = { ...state, [field]: value }
  }
  return next
}

/** How much of a window is used, from 0 to 1 (F92). What was carried into it may have left it nothing: then it is full. */
export const usedShare = ({ used, allowance }: { readonly used: number; readonly allowance: number }): number =>
  allowance <= 0 ? 1 : Math.min(1, used / allowance)

/** Before so much of a window has passed, its pace says nothing. */
const PACE_SHARE_MIN = 0.01

/**
 * When a window runs out if it is used on as it was since it began; undefined when it lasts to its reset, or when too little
 * of it has passed to say.
 */
export function runsOutAt({ startsAt, resetsAt, allowance, used }: StandingWindow, now: Instant): Instant | undefined {
  if (startsAt === undefined || resetsAt === undefined || used <= 0) return undefined
  if (used >= allowance) return now
  const passed = now - startsAt
  if (passed < (resetsAt - startsAt) * PACE_SHARE_MIN) return undefined
  const end = startsAt + Math.floor((passed * allowance) / used)
  return end < resetsAt ? instant(end) : undefined
}

/** Gives micro-prompts on top of what a window allows, until its reset; an untouched one opens by it. */
export function creditWindow(states: WindowStates, window: StandingWindow, micro: number, now: Instant): WindowStates {
  const current = openWindows([window], now)[window.rule.id] as WindowState
  return { ...states, [window.rule.id]: { ...current, credit: (current.credit ?? 0) + micro } }
}

const resetOf = (window: StandingWindow, now: Instant): number => window.resetsAt ?? now + window.rule.lengthMs

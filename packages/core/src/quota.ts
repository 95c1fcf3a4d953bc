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

/** What is stored of a window: when it began and what it holds, in micro-prompts. `used` includes open calls. */
export interface WindowState {
  readonly startsAt: number
  readonly used: number
  readonly settled: number
}

export type WindowStates = Readonly<Record<string, WindowState>>

/** A window as it stands at an instant. `startsAt` is absent while a first-use window is untouched. */
export interface StandingWindow {
  readonly rule: WindowRule
  readonly startsAt?: Instant
  readonly resetsAt?: Instant
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
  if (rule.kind === 'first_use') {
    if (!state || now >= state.startsAt + rule.lengthMs) return { rule, used: 0, settled: 0 }
    return { rule, ...spanOf(rule, state.startsAt), used: state.used, settled: state.settled }
  }
  const startsAt = anchor + Math.floor((now - anchor) / rule.lengthMs) * rule.lengthMs
  const same = state?.startsAt === startsAt
  return { rule, ...spanOf(rule, startsAt), used: same ? state.used : 0, settled: same ? state.settled : 0 }
}

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
      .filter((window) => window.used + call.cost > window.rule.allowance)
      // The one that resets last decides: before that instant nothing would help.
      .toSorted((a, b) => resetOf(b, now) - resetOf(a, now))[0]
    if (full) {
      return no({
        code: 'window_full',
        window: full.rule.id,
        allowance: full.rule.allowance,
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
    states[window.rule.id] = { startsAt: window.startsAt ?? now, used: window.used, settled: window.settled }
  }
  return states
}

export function startsOf(states: WindowStates): WindowStarts {
  const starts: Record<string, number> = {}
  for (const [id, state] of Object.entries(states)) starts[id] = state.startsAt
  return starts
}

/** Applies a movement to the windows it belongs to. A window that has begun anew since then is left alone (F45). */
export function move(states: WindowStates, movement: Movement, field: 'used' | 'settled', sign: 1 | -1): WindowStates {
  const next: Record<string, WindowState> = { ...states }
  for (const [id, startsAt] of Object.entries(movement.starts)) {
    const state = next[id]
    if (state?.startsAt !== startsAt) continue
    const value = state[field] + sign * movement.micro
    if (value < 0) throw new Error(`window ${id} was about to hold ${value} micro-prompts`)
    next[id] = { ...state, [field]: value }
  }
  return next
}

function spanOf(rule: WindowRule, startsAt: number): { startsAt: Instant; resetsAt: Instant } {
  return { startsAt: instant(startsAt), resetsAt: instant(startsAt + rule.lengthMs) }
}

const resetOf = (window: StandingWindow, now: Instant): number => window.resetsAt ?? now + window.rule.lengthMs

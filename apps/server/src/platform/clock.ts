import { instant, type Instant } from '@codeplan/core'

/** The only source of time. One is made in `commands/`; everybody else is handed it. */
export interface Clock {
  now(): Instant
  /**
   * Milliseconds that have passed since some beginning, whatever `now` is set to meanwhile (by `clock +3d`, or by who sets the
   * machine's time). By it silence is measured; it is no instant and means nothing to another process.
   */
  passedMs(): number
  /** Of a sandbox's clock: takes over at once that it was moved, instead of when it is heard of. */
  refresh?(): Promise<void>
}

export const systemClock: Clock = { now: () => instant(Date.now()), passedMs: () => performance.now() }

/** A clock that tests and the sandbox move. It stands still until told otherwise, or follows a base with an offset. */
export interface MovableClock extends Clock {
  /** Time passes. */
  advance(ms: number): void
  /** The clock is set, and no time passes. */
  set(byMs: number): void
}

export function stoppedClock(at: Instant): MovableClock {
  let now: number = at
  let passedMs = 0
  return {
    now: () => instant(now),
    passedMs: () => passedMs,
    advance: (ms) => {
      now += ms
      passedMs += ms
    },
    set: (byMs) => {
      now += byMs
    },
  }
}

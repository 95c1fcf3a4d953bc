import { instant, type Instant } from '@codeplan/core'

/** The only source of time. One is made in `commands/`; everybody else is handed it. */
export interface Clock {
  now(): Instant
  /** Of a sandbox's clock: takes over at once that it was moved, instead of when it is heard of. */
  refresh?(): Promise<void>
}

export const systemClock: Clock = { now: () => instant(Date.now()) }

/** A clock that tests and the sandbox move. It stands still until told otherwise, or follows a base with an offset. */
export interface MovableClock extends Clock {
  advance(ms: number): void
}

export function stoppedClock(at: Instant): MovableClock {
  let now: number = at
  return {
    now: () => instant(now),
    advance: (ms) => {
      now += ms
    },
  }
}

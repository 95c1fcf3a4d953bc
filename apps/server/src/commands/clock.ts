import { DAY_MS, HOUR_MS, MINUTE_MS } from '@codeplan/core'

import { moveSandboxClock } from '../platform/index.ts'
import type { Rooms } from '../rooms.ts'
import { answer, wrong, type Command } from './command.ts'

/** A clock that is moved by years has some thousand things to do on the way. */
const STEPS_MAX = 100_000

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS }

/** Time passes step by step: a renewal of March is done in March, also when the clock goes on to May. */
async function live(rooms: Rooms, ms: number): Promise<void> {
  const { billing, clock, db } = rooms
  const until = clock.now() + ms
  /** Answers the instant up to which everything was worked off. */
  const go = async (to: number): Promise<number> => {
    if (to > clock.now()) await moveSandboxClock(db, to - clock.now())
    await clock.refresh?.()
    const now = clock.now()
    await billing.workDue(now)
    return now
  }
  let worked = Number.NEGATIVE_INFINITY
  for (let steps = 0; steps < STEPS_MAX; steps++) {
    const due = await billing.nextDueAt()
    // What is due still after it was worked off is faulty: the log says so, and the clock goes on without it.
    if (due === undefined || due > until || due <= worked) break
    worked = await go(due)
  }
  await go(until)
}

export const clockCommand: Command = {
  name: 'clock',
  usage: '[+3d]',
  does: 'shows the time; in a sandbox (CODEPLAN_SANDBOX=1) moves it forward by s, m, h or d',
  words: { min: 0, max: 1 },
  run: async (rooms, { words: [step] }) => {
    if (step !== undefined) {
      if (!rooms.config.sandboxClock)
        return wrong('the clock moves only in a sandbox: start the server with CODEPLAN_SANDBOX=1')
      const parts = /^\+(\d{1,6})([smhd])$/.exec(step)
      if (!parts) return wrong('write the step like +90m, +5h or +32d; a clock never goes back')
      await live(rooms, Number(parts[1]) * (UNITS[parts[2] as string] as number))
      // What is due by the new time is done before the answer, so that a script sees a settled house.
      await rooms.entitlements.recover()
      await rooms.mail.work()
    }
    const now = new Date(rooms.clock.now()).toISOString()
    return answer({ now }, now)
  },
}

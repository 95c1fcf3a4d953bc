import { DAY_MS, HOUR_MS, MINUTE_MS } from '@codeplan/core'

import { moveSandboxClock } from '../platform/index.ts'
import { answer, wrong, type Command } from './command.ts'

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS }

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
      await moveSandboxClock(rooms.db, Number(parts[1]) * (UNITS[parts[2] as string] as number))
      await rooms.clock.refresh?.()
      // What is due by the new time is done before the answer, so that a script sees a settled house.
      await rooms.entitlements.recover()
      await rooms.mail.work()
    }
    const now = new Date(rooms.clock.now()).toISOString()
    return answer({ now }, now)
  },
}

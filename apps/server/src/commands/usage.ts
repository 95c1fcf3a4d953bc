import { usedShare, wallText } from '@codeplan/core'

import { memberByEmail } from '../identity/index.ts'
import type { Standing } from '../entitlements/index.ts'
import { answer, wrong, type Command } from './command.ts'
import { noMember } from './people.ts'

export const usage: Command = {
  name: 'usage',
  usage: '<email>',
  does: 'shows what is left of each window of a person',
  words: { min: 1, max: 1 },
  run: async (rooms, { words: [email = ''] }) => {
    const member = await memberByEmail(rooms.db.queries, email)
    if (!member) return wrong(noMember(email))
    const standings = await rooms.entitlements.standings(member.id, rooms.clock.now())
    const zone = rooms.catalog.current().operator.zone
    return answer(
      { email: member.email, subscriptions: standings.map(dataOf) },
      standings.map((s) => textOf(s, zone)).join('\n\n') ||
        `${email} has no subscription: "grant ${email} <plan>" gives one`,
    )
  },
}

function dataOf(standing: Standing) {
  return {
    id: standing.subscriptionId,
    plan: standing.terms.plan,
    running: standing.running,
    drawn: standing.drawn,
    unit: standing.terms.unit,
    ends_at: new Date(standing.endsAt).toISOString(),
    in_flight: standing.inFlight,
    windows: standing.windows.map((w) => ({
      id: w.rule.id,
      limit: w.allowance / 1_000_000,
      used: w.used / 1_000_000,
      remaining: Math.max(0, w.allowance - w.used) / 1_000_000,
      resets_at: w.resetsAt === undefined ? null : new Date(w.resetsAt).toISOString(),
    })),
  }
}

const BAR = 24

function textOf(standing: Standing, zone: string): string {
  const drawn = standing.running && !standing.drawn ? ' (not drawn: a better plan is running)' : ''
  const head = `${standing.terms.name}${drawn}, ${standing.running ? 'until' : 'ended'} ${wallText(zone, standing.endsAt)} (${zone}), ${standing.inFlight} calls running`
  const lines = standing.windows.map((w) => {
    const full = Math.round(usedShare(w) * BAR)
    const reset = w.resetsAt === undefined ? 'opens with the next call' : `resets ${wallText(zone, w.resetsAt)}`
    const figures = `${w.used / 1_000_000} of ${w.allowance / 1_000_000} ${standing.terms.unit}`
    return `  ${w.rule.id.padEnd(10)} ${'█'.repeat(full)}${'·'.repeat(BAR - full)}  ${figures}, ${reset}`
  })
  return [head, ...lines].join('\n')
}

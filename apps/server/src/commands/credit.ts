import { wallText } from '@codeplan/core'

import type { NoCredit } from '../entitlements/index.ts'
import { memberByEmail } from '../identity/index.ts'
import { answer, wrong, type Command } from './command.ts'
import { noMember } from './people.ts'

function whyNot(refusal: NoCredit): string {
  switch (refusal.code) {
    case 'not_subscribed':
      return 'there is no running subscription'
    case 'no_such_window':
      return `no window ${refusal.window}: the plan has ${refusal.windows.join(', ')}`
    case 'window_untouched':
      return `window ${refusal.window} is untouched: all of it is left`
  }
}

const UNITS_MAX = 1_000_000

export const creditCommand: Command = {
  name: 'credit',
  usage: '<email> <window> <units> --reason "…"',
  does: 'gives units on top of an open window, until its reset; the reset stays where it is',
  words: { min: 3, max: 3 },
  options: { reason: 'string' },
  audited: true,
  run: async (rooms, { words: [email = '', window = '', text = ''], options }) => {
    const units = Number(text)
    if (!(units > 0 && units <= UNITS_MAX))
      return wrong(`${text} is not a number of units from above 0 to ${UNITS_MAX}`)
    const reason = String(options.reason ?? '').trim()
    if (!reason) return wrong('say why with --reason: it is kept on record')
    const member = await memberByEmail(rooms.db.queries, email)
    if (!member) return wrong(noMember(email))
    const micro = Math.round(units * 1_000_000)
    const wish = { memberId: member.id, window, micro, reason, by: 'command line' }
    const done = await rooms.entitlements.credit(wish, rooms.clock.now())
    if (!done.ok) return wrong(whyNot(done.no))
    const { allowance, used, resetsAt } = done.value
    const left = Math.max(0, allowance - used) / 1_000_000
    return answer(
      {
        window,
        limit: allowance / 1_000_000,
        used: used / 1_000_000,
        remaining: left,
        resets_at: new Date(resetsAt).toISOString(),
      },
      `${email} has ${left} left in ${window} until ${wallText(rooms.catalog.current().operator.zone, resetsAt)}`,
    )
  },
}

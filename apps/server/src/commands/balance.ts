import { randomUUID } from 'node:crypto'

import type { MemberId, Micros } from '@codeplan/core'

import { memberByEmail } from '../identity/index.ts'
import { addBalance } from '../ledger/index.ts'
import { answer, wrong, type Command } from './command.ts'
import { noMember } from './people.ts'

const AMOUNT = /^(-?)(\d{1,9})(?:\.(\d{1,2}))?$/
const MICROS_PER_MINOR = 1_000_000

export const balanceAdd: Command = {
  name: 'balance add',
  usage: '<email> <amount> [--note "…"] [--once KEY]',
  does: 'adds to (or with a minus takes from) a balance; the same --once key counts once',
  words: { min: 2, max: 2 },
  options: { note: 'string', once: 'string' },
  run: async (rooms, { words: [email = '', text = ''], options }) => {
    const { currency } = rooms.catalog.current().operator
    const parts = AMOUNT.exec(text)
    if (!parts) return wrong(`${text} is not an amount: write it like 50 or 49.90, in ${currency}`)
    const minor = Number(parts[2]) * 100 + Number((parts[3] ?? '').padEnd(2, '0'))
    const amount = (minor * MICROS_PER_MINOR * (parts[1] ? -1 : 1)) as Micros
    if (amount === 0) return wrong('an amount of nothing changes nothing')
    const member = await memberByEmail(rooms.db.queries, email)
    if (!member) return wrong(noMember(email))
    const { posted, balance } = await addBalance(
      rooms.db,
      {
        memberId: member.id as MemberId,
        currency,
        amount,
        note: String(options.note ?? ''),
        idempotencyKey: `balance-add:${String(options.once ?? randomUUID())}`,
      },
      rooms.clock.now(),
    )
    const shown = (balance / MICROS_PER_MINOR / 100).toFixed(2)
    return answer(
      { posted, balance: shown, currency },
      posted ? `${email} has ${shown} ${currency}` : `already booked; ${email} has ${shown} ${currency}`,
    )
  },
}

import { randomUUID } from 'node:crypto'

import type { MemberId, Micros } from '@codeplan/core'

import { memberByEmail } from '../identity/index.ts'
import { answer, wrong, type Command } from './command.ts'
import { noMember } from './people.ts'

const AMOUNT = /^(-?)(\d{1,9})(?:\.(\d{1,2}))?$/
const MICROS_PER_MINOR = 1_000_000
const MICROS_PER_UNIT = 100 * MICROS_PER_MINOR

function microsOf(text: string): Micros | undefined {
  const parts = AMOUNT.exec(text)
  if (!parts) return undefined
  const minor = Number(parts[2]) * 100 + Number((parts[3] ?? '').padEnd(2, '0'))
  return (minor * MICROS_PER_MINOR * (parts[1] ? -1 : 1)) as Micros
}

const notAnAmount = (text: string, currency: string): string =>
  `${text} is not an amount: write it like 50 or 49.90, in ${currency}`
/** What is less than the minor unit is shown too: calls cost fractions of it. */
const shown = (micros: number): string => (micros / MICROS_PER_UNIT).toFixed(micros % MICROS_PER_MINOR === 0 ? 2 : 6)

export const balanceAdd: Command = {
  name: 'balance add',
  usage: '<email> <amount> [--note "…"] [--once KEY]',
  does: 'adds to (or with a minus takes from) a balance; the same --once key counts once',
  words: { min: 2, max: 2 },
  options: { note: 'string', once: 'string' },
  audited: true,
  run: async (rooms, { words: [email = '', text = ''], options }) => {
    const { currency } = rooms.catalog.current().operator
    const amount = microsOf(text)
    if (amount === undefined) return wrong(notAnAmount(text, currency))
    if (amount === 0) return wrong('an amount of nothing changes nothing')
    const member = await memberByEmail(rooms.db.queries, email)
    if (!member) return wrong(noMember(email))
    const idempotencyKey = `balance-add:${String(options.once ?? randomUUID())}`
    const gift = { memberId: member.id as MemberId, amount, note: String(options.note ?? ''), idempotencyKey }
    const added = await rooms.entitlements.addBalance(gift, rooms.clock.now())
    if (!added.ok)
      return wrong(`${email} has ${shown(added.no.available)} ${currency} that no running call has set aside`)
    const { posted, balance } = added.value
    return answer(
      { posted, balance: shown(balance), currency },
      posted
        ? `${email} has ${shown(balance)} ${currency}`
        : `already booked; ${email} has ${shown(balance)} ${currency}`,
    )
  },
}

export const balanceShow: Command = {
  name: 'balance show',
  usage: '<email>',
  does: 'shows a balance, what running calls have set aside of it, and the overflow switch',
  words: { min: 1, max: 1 },
  run: async (rooms, { words: [email = ''] }) => {
    const member = await memberByEmail(rooms.db.queries, email)
    if (!member) return wrong(noMember(email))
    const wallet = await rooms.entitlements.wallet(member.id as MemberId, rooms.clock.now())
    const { currency, overflow } = wallet
    const cap = overflow.cap === null ? null : shown(overflow.cap)
    const data = {
      currency,
      balance: shown(wallet.balance),
      reserved: shown(wallet.reserved),
      overflow: { on: overflow.on, monthly_cap: cap, spent_this_month: shown(overflow.spentThisMonth) },
    }
    const limit = cap === null ? 'without a cap' : `up to ${cap} ${currency} a month`
    const words = overflow.on ? `on, ${limit}, ${data.overflow.spent_this_month} used this month` : 'off'
    return answer(data, `balance   ${data.balance} ${currency}, ${data.reserved} set aside\noverflow  ${words}`)
  },
}

export const overflowCommand: Command = {
  name: 'overflow',
  usage: '<email> on|off [--cap amount]',
  does: 'lets a full plan go on at the expense of the balance, each month up to the cap',
  words: { min: 2, max: 2 },
  options: { cap: 'string' },
  audited: true,
  run: async (rooms, { words: [email = '', wish = ''], options }) => {
    if (wish !== 'on' && wish !== 'off') return wrong('say on or off')
    const { currency } = rooms.catalog.current().operator
    const cap = options.cap === undefined ? null : microsOf(String(options.cap))
    if (cap === undefined || (cap !== null && cap < 0)) return wrong(notAnAmount(String(options.cap), currency))
    const member = await memberByEmail(rooms.db.queries, email)
    if (!member) return wrong(noMember(email))
    await rooms.entitlements.setOverflow(member.id as MemberId, { on: wish === 'on', cap })
    const limit = cap === null ? 'as far as the balance reaches' : `up to ${shown(cap)} ${currency} a month`
    return answer(
      { on: wish === 'on', monthly_cap: cap === null ? null : shown(cap) },
      wish === 'on' ? `${email}: when a window is full the balance pays, ${limit}` : `${email}: a full window refuses`,
    )
  },
}

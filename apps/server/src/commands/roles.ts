import { roleSchema } from '@codeplan/contract'

import { auditOf, changeRole, memberByEmail } from '../identity/index.ts'
import { answer, COMMAND_LINE, wholeNumber, wrong, type Command } from './command.ts'
import { noMember } from './people.ts'

/** The first operator is made here, the others by operators too. */
export const memberRole: Command = {
  name: 'member role',
  usage: '<email> member|support|operator',
  does: 'sets what a person may do at the console; its sessions end',
  words: { min: 2, max: 2 },
  run: async (rooms, { words: [email = '', wish = ''] }) => {
    const role = roleSchema.safeParse(wish)
    if (!role.success) return wrong(`no role ${wish}: use member, support or operator`)
    const member = await memberByEmail(rooms.db.queries, email)
    if (!member) return wrong(noMember(email))
    const deed = { memberId: member.id, role: role.data, who: COMMAND_LINE, address: '' }
    await rooms.db.tx((tx) => changeRole(tx, deed, rooms.clock.now()))
    return answer({ member: member.id, role: role.data }, `${email} has the role ${role.data}`)
  },
}

const ENTRIES = 50

export const auditCommand: Command = {
  name: 'audit',
  usage: '[<email or id>] [--count n]',
  does: 'lists what was done in the operator’s name, the newest first',
  words: { min: 0, max: 1 },
  options: { count: 'string' },
  run: async (rooms, { words: [whom], options }) => {
    const limit = wholeNumber(options.count, ENTRIES)
    if (limit === undefined) return wrong('--count takes a whole number')
    const member = whom?.includes('@') ? await memberByEmail(rooms.db.queries, whom) : undefined
    const rows = await auditOf(rooms.db.queries, { whom: member?.id ?? whom, limit })
    const entries = rows.map((row) => ({ ...row, at: new Date(row.at).toISOString() }))
    const line = (e: (typeof entries)[number]): string =>
      [
        e.at,
        e.who,
        e.action,
        e.whom ?? '',
        e.before ? `${JSON.stringify(e.before)} →` : '',
        JSON.stringify(e.after ?? {}),
      ]
        .filter((part) => part !== '')
        .join('  ')
    return answer({ entries }, entries.map(line).join('\n') || 'nothing was done')
  },
}

import { memberByEmail, suspendMember } from '../identity/index.ts'
import type { Rooms } from '../rooms.ts'
import { answer, wrong, type Answer, type Args, type Command } from './command.ts'
import { noMember } from './people.ts'

export const memberSuspend: Command = {
  name: 'member suspend',
  usage: '<email> --reason "…"',
  does: 'refuses the calls of a person with 1313, on every node within a second',
  words: { min: 1, max: 1 },
  options: { reason: 'string' },
  audited: true,
  run: (rooms, args) => change(rooms, args, true),
}

export const memberRestore: Command = {
  name: 'member restore',
  usage: '<email> --reason "…"',
  does: 'ends a suspension',
  words: { min: 1, max: 1 },
  options: { reason: 'string' },
  audited: true,
  run: (rooms, args) => change(rooms, args, false),
}

/** The member hears the appeal text of the catalog, not the reason. */
async function change(rooms: Rooms, { words: [email = ''], options }: Args, suspend: boolean): Promise<Answer> {
  const reason = String(options.reason ?? '').trim()
  if (reason === '') return wrong('--reason "…" is missing: it goes into the log')
  const member = await memberByEmail(rooms.db.queries, email)
  if (!member) return wrong(noMember(email))
  const done = suspend ? 'suspended' : 'restored'
  const won = await rooms.db.tx((tx) => suspendMember(tx, member.id, suspend ? rooms.clock.now() : null))
  if (!won) return wrong(`${email} is ${suspend ? 'suspended already' : 'not suspended'}`)
  rooms.log.warn({ audit: done, member: member.id, reason }, `a member is ${done}`)
  return answer({ member: member.id, [done]: true, reason }, `${email} is ${done}`)
}

import { instant, plusMonths } from '@codeplan/core'

import {
  grantSeats,
  addTeam,
  allTeams,
  extendSeats,
  setGroup,
  teamById,
  teamShown,
  wordTeam,
  type TeamRefusal,
} from '../teams/index.ts'
import type { Rooms } from '../rooms.ts'
import { answer, wholeNumber, wrong, type Answer, type Args, type Command } from './command.ts'

const no = (code: TeamRefusal): Answer => wrong(wordTeam(code).text.en)

export const teamAdd: Command = {
  name: 'team add',
  usage: '"<name>" <admin’s email>',
  does: 'makes a team; its administrator invites people and uses no seat',
  words: { min: 2, max: 2 },
  audited: true,
  run: async (rooms, { words: [name = '', admin = ''] }) => {
    const made = await rooms.db.tx((tx) => addTeam(tx, { name, admin }, rooms.clock.now()))
    if (!made.ok) return wrong(`no member ${admin}: add one with "member add ${admin}"`)
    return answer({ team: made.value.id, name }, `${name} is a team (${made.value.id}), looked after by ${admin}`)
  },
}

export const teamList: Command = {
  name: 'team list',
  usage: '',
  does: 'lists teams with their seats',
  words: { min: 0, max: 0 },
  run: async (rooms) => {
    const teams = await allTeams(rooms.db.queries)
    return answer(
      { teams },
      teams.map((t) => `${t.id}  ${t.name}  ${t.held} of ${t.seats} seats held`).join('\n') || 'no teams',
    )
  },
}

export const teamShow: Command = {
  name: 'team show',
  usage: '<team id>',
  does: 'shows seats, people, invitations and groups of a team',
  words: { min: 1, max: 1 },
  run: async (rooms, { words: [id = ''] }) => {
    const team = await rooms.db.tx(async (tx) => {
      const row = await teamById(tx, id)
      return row && teamShown(tx, row, rooms.clock.now())
    })
    if (!team) return wrong(`no team ${id}: see "team list"`)
    const emails = new Map(team.people.map(({ member, email }) => [member, email]))
    const lines = [
      `${team.name} (${team.id})`,
      ...team.seats.map(
        (s) =>
          `${s.id}  ${s.plan}  until ${s.ends_at}  ${(s.member && emails.get(s.member)) ?? (s.invitation ? 'offered' : 'free')}`,
      ),
      ...team.people.map((p) => `${p.email}${p.is_admin ? '  administrator' : ''}`),
      ...team.invitations.map((i) => `invited: ${i.email} until ${i.ends_at}`),
      ...team.groups.map((g) => `group: ${g.provider} ${g.name}`),
    ]
    return answer({ team }, lines.join('\n'))
  },
}

/** `--until 2027-01-01`, or `--months 12` from now. */
function endOf(rooms: Rooms, { options }: Args) {
  if (options.until !== undefined) {
    const at = Date.parse(String(options.until))
    return Number.isNaN(at) ? undefined : instant(at)
  }
  const months = wholeNumber(options.months, 1)
  return months && plusMonths(rooms.catalog.current().operator.zone, rooms.clock.now(), months)
}
const WRONG_END = '--until takes a date such as 2027-01-31, --months a whole number'

export const teamSeats: Command = {
  name: 'team seats',
  usage: '<team id> <plan> <count> [--months n | --until <date>]',
  does: 'grants a team seats of a plan',
  words: { min: 3, max: 3 },
  options: { months: 'string', until: 'string' },
  audited: true,
  run: async (rooms, args) => {
    const [teamId = '', plan = '', many = ''] = args.words
    const count = wholeNumber(many, 1)
    const endsAt = endOf(rooms, args)
    if (count === undefined || count > 1_000) return wrong('the count is a whole number from 1 to 1000')
    if (!endsAt) return wrong(WRONG_END)
    const wish = { teamId, plan, count, endsAt }
    const added = await rooms.db.tx((tx) => grantSeats(rooms, tx, wish, rooms.clock.now()))
    if (!added.ok) return no(added.no)
    const until = new Date(endsAt).toISOString()
    return answer({ seats: added.value, ends_at: until }, `${count} seats of ${plan} until ${until}`)
  },
}

export const teamExtend: Command = {
  name: 'team extend',
  usage: '<team id> <plan> --until <date>',
  does: 'moves the end of all running seats of a plan',
  words: { min: 2, max: 2 },
  options: { until: 'string' },
  audited: true,
  run: async (rooms, args) => {
    const [teamId = '', plan = ''] = args.words
    const endsAt = args.options.until === undefined ? undefined : endOf(rooms, args)
    if (!endsAt) return wrong(WRONG_END)
    const moved = await rooms.db.tx((tx) => extendSeats(tx, { teamId, plan, endsAt }, rooms.clock.now()))
    if (!moved.ok) return no(moved.no)
    const until = new Date(endsAt).toISOString()
    return answer({ seats: moved.value, ends_at: until }, `${moved.value} seats of ${plan} end ${until}`)
  },
}

export const teamGroup: Command = {
  name: 'team group',
  usage: '<team id> <provider> <group>',
  does: 'people of a group of single sign-on get a free seat when they sign in',
  words: { min: 3, max: 3 },
  audited: true,
  run: async (rooms, { words: [id = '', provider = '', name = ''] }) => {
    if (!rooms.catalog.current().people.oidc.some((one) => one.id === provider))
      return wrong(`no provider ${provider}: add it under people.oidc of the catalog`)
    if (!(await teamById(rooms.db.queries, id))) return wrong(`no team ${id}: see "team list"`)
    await rooms.db.tx((tx) => setGroup(tx, { team_id: id, provider, name }))
    return answer({ team: id, provider, group: name }, `${name} of ${provider} gets seats of ${id}`)
  },
}

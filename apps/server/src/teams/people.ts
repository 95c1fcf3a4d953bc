import { no, yes, type Instant, type MemberId, type Outcome } from '@codeplan/core'

import type { Tx } from '../platform/index.ts'
import type { TeamDeps } from './deps.ts'
import { giveSeat, takeSeat } from './seat.ts'
import { keepSeatFor, leaveTeam, peopleOf, seatsOf, setAdmin, type TeamRow } from './store.ts'
import type { TeamRefusal } from './team-words.ts'

/** Who has a seat from now on: a person of the team, or nobody. The team's row is held by the caller. */
export async function setHolder(
  deps: Pick<TeamDeps, 'catalog'>,
  tx: Tx,
  team: TeamRow,
  wish: { readonly seatId: string; readonly memberId: string | null },
  now: Instant,
): Promise<Outcome<void, TeamRefusal>> {
  const seat = (await seatsOf(tx, team.id, now)).find(({ id }) => id === wish.seatId)
  if (!seat) return no('no_such_seat')
  if (wish.memberId === null) {
    await takeSeat(deps, tx, team, seat, now)
    await keepSeatFor(tx, seat.id, null)
    return yes(undefined)
  }
  const person = (await peopleOf(tx, team.id)).find((one) => one.member_id === wish.memberId)
  if (!person) return no('not_in_team')
  return giveSeat(deps, tx, team, seat, { memberId: person.member_id, byGroup: null }, now)
}

/** Takes somebody out of a team, with his seat. */
export async function removePerson(
  deps: Pick<TeamDeps, 'catalog'>,
  tx: Tx,
  team: TeamRow,
  memberId: string,
  now: Instant,
): Promise<Outcome<void, TeamRefusal>> {
  const others = await othersIn(tx, team, memberId)
  if (!others) return no('not_in_team')
  if (!others.some((person) => person.is_admin)) return no('last_admin')
  const seat = (await seatsOf(tx, team.id, now)).find((held) => held.member_id === memberId)
  if (seat) await takeSeat(deps, tx, team, seat, now)
  await leaveTeam(tx, team.id, memberId)
  return yes(undefined)
}

export async function changeAdmin(
  tx: Tx,
  team: TeamRow,
  wish: { readonly memberId: string; readonly isAdmin: boolean },
): Promise<Outcome<void, TeamRefusal>> {
  const others = await othersIn(tx, team, wish.memberId)
  if (!others) return no('not_in_team')
  if (!wish.isAdmin && !others.some((person) => person.is_admin)) return no('last_admin')
  await setAdmin(tx, team.id, wish.memberId, wish.isAdmin)
  return yes(undefined)
}

/** Everybody else in the team; undefined when the person is not in it. */
async function othersIn(tx: Tx, team: TeamRow, memberId: string) {
  const all = await peopleOf(tx, team.id)
  return all.some((person) => person.member_id === memberId)
    ? all.filter((person) => person.member_id !== (memberId as MemberId))
    : undefined
}

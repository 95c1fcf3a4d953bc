import type { Instant } from '@codeplan/core'

import type { SignedOn } from '../identity/index.ts'
import type { Tx } from '../platform/index.ts'
import type { TeamDeps } from './deps.ts'
import { teamsOfGroups } from './invitations-store.ts'
import { freeSeats } from './invite.ts'
import { giveSeat, takeSeat } from './seat.ts'
import { clearEnded, joinTeam, lockTeam, seatOfMember, type TeamRow } from './store.ts'

/**
 * Somebody has signed in by a provider: he joins the teams of his groups and gets a seat of the first that has a free one.
 * A seat that a group has given goes when the person is no longer in it.
 */
export async function signedOn(
  deps: Pick<TeamDeps, 'catalog'>,
  tx: Tx,
  { memberId, provider, groups }: SignedOn,
  now: Instant,
): Promise<void> {
  const named = await teamsOfGroups(tx, provider, groups)
  const before = await seatOfMember(tx, memberId)
  // Always in the same order, so that two who sign in never wait for each other.
  const ids = [...new Set([...named.map((group) => group.team_id), ...(before ? [before.team_id] : [])])].toSorted()
  const teams = new Map<string, TeamRow>()
  for (const id of ids) teams.set(id, (await lockTeam(tx, id)) as TeamRow)
  await clearEnded(tx, memberId, now)
  const seat = await seatOfMember(tx, memberId)
  const stays = seat && (!seat.by_group?.startsWith(`${provider} `) || named.some((g) => seat.by_group === nameOf(g)))
  const from = seat && teams.get(seat.team_id)
  if (seat && from && !stays) await takeSeat(deps, tx, from, seat, now)
  let isSeated = stays === true
  for (const group of named) {
    const team = teams.get(group.team_id) as TeamRow
    await joinTeam(tx, { teamId: team.id, memberId, at: now })
    const [free] = isSeated ? [] : await freeSeats(tx, team.id, now)
    if (free) isSeated = (await giveSeat(deps, tx, team, free, { memberId, byGroup: nameOf(group) }, now)).ok
  }
}

const nameOf = (group: { readonly provider: string; readonly name: string }): string =>
  `${group.provider} ${group.name}`

import type { Team } from '@codeplan/contract'
import type { Instant } from '@codeplan/core'

import { usedBySubscription } from '../entitlements/index.ts'
import type { Tx } from '../platform/index.ts'
import { groupsOf, invitationsOf } from './invitations-store.ts'
import { peopleOf, seatsOf, usesOf, type TeamRow } from './store.ts'

const iso = (ms: number): string => new Date(ms).toISOString()

/** All that an administrator sees of his team. */
export async function teamShown(tx: Tx, team: TeamRow, now: Instant): Promise<Team> {
  const invitations = await invitationsOf(tx, team.id, now)
  const standing = new Set(invitations.map(({ id }) => id))
  return {
    id: team.id,
    name: team.name,
    seats: (await seatsOf(tx, team.id, now)).map((seat) => ({
      id: seat.id,
      plan: seat.plan,
      ends_at: iso(seat.ends_at),
      member: seat.member_id,
      invitation: seat.invitation_id !== null && standing.has(seat.invitation_id) ? seat.invitation_id : null,
      by_group: seat.by_group,
    })),
    people: (await peopleOf(tx, team.id)).map(({ member_id: member, ...person }) => ({ member, ...person })),
    invitations: invitations.map(({ id, email, ends_at }) => ({ id, email, ends_at: iso(ends_at) })),
    groups: (await groupsOf(tx, team.id)).map(({ provider, name }) => ({ provider, name })),
  }
}

/** What the people of a team have used on its seats: sums, by person. What they do on plans of their own is not the team's. */
export async function teamUsage(tx: Tx, teamId: string, from: Instant, to: Instant) {
  const uses = await usesOf(tx, teamId)
  const sums = await usedBySubscription(
    tx,
    uses.map((use) => use.subscription_id),
    from,
    to,
  )
  const people = new Map<
    string,
    { member: string; email: string; calls: number; charge: number; input_tokens: number; output_tokens: number }
  >()
  for (const { subscription_id, member_id: member, email } of uses) {
    const person = people.get(member) ?? { member, email, calls: 0, charge: 0, input_tokens: 0, output_tokens: 0 }
    people.set(member, person)
    const sum = sums.find((one) => one.subscription_id === subscription_id)
    if (!sum) continue
    person.calls += sum.calls
    person.charge += sum.charge / 1_000_000
    person.input_tokens += sum.input_tokens
    person.output_tokens += sum.output_tokens
  }
  return { from: iso(from), to: iso(to), people: [...people.values()] }
}

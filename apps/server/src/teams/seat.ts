import { no, yes, type Instant, type MemberId, instant, type Outcome } from '@codeplan/core'

import { endSubscription, openSubscription } from '../entitlements/index.ts'
import { tell } from '../identity/index.ts'
import type { Tx } from '../platform/index.ts'
import type { TeamDeps } from './deps.ts'
import { clearEnded, freeSeat, holdSeat, insertUse, seatOfMember, type SeatRow, type TeamRow } from './store.ts'

/**
 * Gives a seat to somebody, taking it from whoever has it: his subscription ends, the new one goes on in its windows. The team's
 * row is held by the caller.
 */
export async function giveSeat(
  { catalog }: Pick<TeamDeps, 'catalog'>,
  tx: Tx,
  team: TeamRow,
  seat: SeatRow,
  to: { readonly memberId: MemberId; readonly byGroup: string | null },
  now: Instant,
): Promise<Outcome<void, 'has_seat'>> {
  const { memberId, byGroup } = to
  if (seat.member_id === memberId) return yes(undefined)
  await clearEnded(tx, memberId, now)
  if (await seatOfMember(tx, memberId)) return no('has_seat')
  if (seat.member_id) await takeSeat({ catalog }, tx, team, seat, now)
  const { id, plan_version_id: planVersionId, subscription_id: last } = seat
  const wish = { memberId, planVersionId, source: `seat:${id}`, startsAt: now, endsAt: instant(seat.ends_at) }
  const subscriptionId = await openSubscription(tx, catalog, { ...wish, ...(last ? { carries: last } : {}) }, now)
  await holdSeat(tx, { id, memberId, subscriptionId, byGroup })
  await insertUse(tx, { subscriptionId, teamId: team.id, seatId: id, memberId, at: now })
  const data = { team: team.name, plan: planName(catalog, seat), ends_at: seat.ends_at }
  await tell(tx, memberId, { kind: 'seat_given', data, dedupeKey: `seat_given:${subscriptionId}` }, now)
  return yes(undefined)
}

/** Ends the subscription of whoever has the seat. Calls that run go on. */
export async function takeSeat(
  { catalog }: Pick<TeamDeps, 'catalog'>,
  tx: Tx,
  team: TeamRow,
  seat: SeatRow,
  now: Instant,
): Promise<void> {
  const { id, member_id: memberId, subscription_id: subscriptionId } = seat
  if (!memberId || !subscriptionId) return
  await endSubscription(tx, subscriptionId, now)
  await freeSeat(tx, id)
  const data = { team: team.name, plan: planName(catalog, seat) }
  await tell(tx, memberId, { kind: 'seat_taken', data, dedupeKey: `seat_taken:${subscriptionId}` }, now)
}

const planName = (catalog: TeamDeps['catalog'], { plan_version_id: id, plan }: SeatRow): string =>
  catalog.knownTerms().get(id)?.name ?? plan

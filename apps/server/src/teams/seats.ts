import { randomBytes } from 'node:crypto'

import { makeId, no, yes, type Instant, type MemberId, type Outcome } from '@codeplan/core'

import { endSubscription } from '../entitlements/index.ts'
import { memberByEmail } from '../identity/index.ts'
import type { Tx } from '../platform/index.ts'
import type { TeamDeps } from './deps.ts'
import {
  insertSeat,
  insertTeam,
  joinTeam,
  lockTeam,
  moveSeatEnd,
  peopleOf,
  seatsBySource,
  seatsOf,
  type SeatRow,
  type TeamRow,
} from './store.ts'

/** A team with its first administrator, who is a member already. */
export async function addTeam(
  tx: Tx,
  wish: { readonly name: string; readonly admin: string },
  now: Instant,
): Promise<Outcome<TeamRow, 'no_such_member'>> {
  const admin = await memberByEmail(tx, wish.admin)
  if (!admin) return no('no_such_member')
  const team = { id: makeId('tem', now, randomBytes(16)), name: wish.name, created_at: now }
  await insertTeam(tx, team)
  await joinTeam(tx, { teamId: team.id, memberId: admin.id as MemberId, isAdmin: true, at: now })
  return yes(team)
}

export interface NewSeats {
  readonly teamId: string
  readonly planVersionId: string
  readonly count: number
  readonly endsAt: Instant
  /** Who gave them, or which order. */
  readonly source: string
}

/** Grants seats of a plan as it is sold now. */
export async function grantSeats(
  { catalog }: Pick<TeamDeps, 'catalog'>,
  tx: Tx,
  { plan, ...wish }: Omit<NewSeats, 'planVersionId' | 'source'> & { readonly plan: string },
  now: Instant,
): Promise<Outcome<readonly string[], 'no_such_team' | 'no_such_plan' | 'end_passed'>> {
  const version = catalog.current().plans.has(plan) ? await catalog.newestPlanVersion(tx, plan) : undefined
  return version ? addSeats(tx, { ...wish, planVersionId: version.id, source: 'grant' }, now) : no('no_such_plan')
}

/** Seats of a plan version until a date: granted, or paid for by an order. */
export async function addSeats(
  tx: Tx,
  { teamId, planVersionId, count, endsAt, source }: NewSeats,
  now: Instant,
): Promise<Outcome<readonly string[], 'no_such_team' | 'end_passed'>> {
  if (endsAt <= now) return no('end_passed')
  if (!(await lockTeam(tx, teamId))) return no('no_such_team')
  const ids = Array.from({ length: count }, () => makeId('sea', now, randomBytes(16)))
  for (const id of ids) await insertSeat(tx, { id, teamId, planVersionId, startsAt: now, endsAt, source })
  return yes(ids)
}

/** Moves the end of all seats of a plan that run: whoever has one goes on without a gap. Answers how many. */
export async function extendSeats(
  tx: Tx,
  { teamId, plan, endsAt }: { readonly teamId: string; readonly plan: string; readonly endsAt: Instant },
  now: Instant,
): Promise<Outcome<number, 'no_such_team' | 'end_passed'>> {
  if (endsAt <= now) return no('end_passed')
  if (!(await lockTeam(tx, teamId))) return no('no_such_team')
  const seats = (await seatsOf(tx, teamId, now)).filter((seat) => seat.plan === plan)
  await moveEnds(tx, seats, endsAt)
  return yes(seats.length)
}

/** Moves the end of all seats that were given by this: they go on, or end. */
export async function moveSeatsOf(tx: Tx, source: string, endsAt: Instant): Promise<void> {
  const [seat] = await seatsBySource(tx, source)
  if (!seat || !(await lockTeam(tx, seat.team_id))) return
  await moveEnds(tx, await seatsBySource(tx, source), endsAt)
}

async function moveEnds(tx: Tx, seats: readonly SeatRow[], endsAt: Instant): Promise<void> {
  for (const seat of seats) {
    await moveSeatEnd(tx, seat.id, endsAt)
    if (seat.member_id && seat.subscription_id) await endSubscription(tx, seat.subscription_id, endsAt)
  }
}

export const adminsOf = async (tx: Tx, teamId: string): Promise<readonly MemberId[]> =>
  (await peopleOf(tx, teamId)).filter(({ is_admin }) => is_admin).map(({ member_id }) => member_id)

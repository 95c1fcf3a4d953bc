import type { Instant, MemberId, SubscriptionId } from '@codeplan/core'

import { sql, type Queries, type Tx } from '../platform/index.ts'

export interface TeamRow {
  readonly id: string
  readonly name: string
  readonly created_at: number
}

export async function insertTeam(tx: Tx, row: TeamRow): Promise<void> {
  await sql`insert into teams (id, name, created_at) values (${row.id}, ${row.name}, ${row.created_at})`.execute(tx)
}

/** Whoever changes a team holds its row: what is decided on its seats and people stays so. */
export async function lockTeam(tx: Tx, id: string): Promise<TeamRow | undefined> {
  return (await sql<TeamRow>`select * from teams where id = ${id} for update`.execute(tx)).rows[0]
}

export async function allTeams(on: Queries): Promise<readonly (TeamRow & { seats: number; held: number })[]> {
  const { rows } = await sql<TeamRow & { seats: number; held: number }>`select t.*, count(s.id)::int8 as seats,
    count(s.member_id)::int8 as held from teams t left join team_seats s on s.team_id = t.id group by t.id order by t.id`.execute(
    on,
  )
  return rows
}

export async function teamById(on: Queries | Tx, id: string): Promise<TeamRow | undefined> {
  return (await sql<TeamRow>`select * from teams where id = ${id}`.execute(on)).rows[0]
}

export async function teamsOf(
  on: Queries | Tx,
  memberId: string,
): Promise<readonly { id: string; name: string; is_admin: boolean }[]> {
  const { rows } = await sql<{ id: string; name: string; is_admin: boolean }>`select t.id, t.name, p.is_admin
    from team_people p join teams t on t.id = p.team_id where p.member_id = ${memberId} order by t.id`.execute(on)
  return rows
}

export interface PersonInTeam {
  readonly member_id: MemberId
  readonly email: string
  readonly name: string
  readonly is_admin: boolean
}

export async function peopleOf(on: Queries | Tx, teamId: string): Promise<readonly PersonInTeam[]> {
  const { rows } = await sql<PersonInTeam>`select p.member_id, m.email, m.name, p.is_admin
    from team_people p join members m on m.id = p.member_id where p.team_id = ${teamId} order by m.email`.execute(on)
  return rows
}

/** Makes somebody a person of the team; an administrator stays one. */
export async function joinTeam(
  tx: Tx,
  row: { teamId: string; memberId: string; isAdmin?: boolean; at: Instant },
): Promise<void> {
  await sql`insert into team_people (team_id, member_id, is_admin, joined_at)
    values (${row.teamId}, ${row.memberId}, ${row.isAdmin ?? false}, ${row.at}) on conflict do nothing`.execute(tx)
}

export async function setAdmin(tx: Tx, teamId: string, memberId: string, isAdmin: boolean): Promise<void> {
  await sql`update team_people set is_admin = ${isAdmin} where team_id = ${teamId} and member_id = ${memberId}`.execute(
    tx,
  )
}

export async function leaveTeam(tx: Tx, teamId: string, memberId: string): Promise<void> {
  await sql`delete from team_people where team_id = ${teamId} and member_id = ${memberId}`.execute(tx)
}

export interface SeatRow {
  readonly id: string
  readonly team_id: string
  readonly plan_version_id: string
  readonly starts_at: number
  readonly ends_at: number
  readonly member_id: MemberId | null
  readonly subscription_id: SubscriptionId | null
  readonly invitation_id: string | null
  readonly by_group: string | null
  readonly plan: string
}

const SEAT = sql`select s.id, s.team_id, s.plan_version_id, s.starts_at, s.ends_at, s.member_id, s.subscription_id,
  s.invitation_id, s.by_group, v.plan from team_seats s join plan_versions v on v.id = s.plan_version_id`

/** Seats that have not ended, those that end last first. */
export async function seatsOf(on: Queries | Tx, teamId: string, now: Instant): Promise<readonly SeatRow[]> {
  const { rows } = await sql<SeatRow>`${SEAT} where s.team_id = ${teamId} and s.ends_at > ${now}
    order by s.ends_at desc, s.id`.execute(on)
  return rows
}

export async function insertSeat(
  tx: Tx,
  row: {
    id: string
    teamId: string
    planVersionId: string
    startsAt: Instant
    endsAt: Instant
    source: string
  },
): Promise<void> {
  await sql`insert into team_seats (id, team_id, plan_version_id, starts_at, ends_at, source, created_at) values (${row.id},
    ${row.teamId}, ${row.planVersionId}, ${row.startsAt}, ${row.endsAt}, ${row.source}, ${row.startsAt})`.execute(tx)
}

/** Seats that have ended are nobody's any more. Holds the member's row, since two teams may wish to seat him at the same moment. */
export async function clearEnded(tx: Tx, memberId: string, now: Instant): Promise<void> {
  await sql`select id from members where id = ${memberId} for no key update`.execute(tx)
  await sql`update team_seats set member_id = null where member_id = ${memberId} and ends_at <= ${now}`.execute(tx)
}

/** The seat that somebody has, in any team. */
export async function seatOfMember(tx: Tx, memberId: string): Promise<SeatRow | undefined> {
  return (await sql<SeatRow>`${SEAT} where s.member_id = ${memberId}`.execute(tx)).rows[0]
}

export async function holdSeat(
  tx: Tx,
  seat: { id: string; memberId: string; subscriptionId: string; byGroup: string | null },
): Promise<void> {
  await sql`update team_seats set member_id = ${seat.memberId}, subscription_id = ${seat.subscriptionId},
    by_group = ${seat.byGroup}, invitation_id = null where id = ${seat.id}`.execute(tx)
}

export async function freeSeat(tx: Tx, id: string): Promise<void> {
  await sql`update team_seats set member_id = null, by_group = null where id = ${id}`.execute(tx)
}

export async function keepSeatFor(tx: Tx, id: string, invitationId: string | null): Promise<void> {
  await sql`update team_seats set invitation_id = ${invitationId} where id = ${id}`.execute(tx)
}

/** Seats that were given by this, also those that have ended. */
export async function seatsBySource(tx: Tx, source: string): Promise<readonly SeatRow[]> {
  return (await sql<SeatRow>`${SEAT} where s.source = ${source} order by s.id`.execute(tx)).rows
}

/** Of each seat that was given by this, the subscriptions under which it was used. */
export async function usesBySource(tx: Tx, source: string): Promise<readonly (readonly SubscriptionId[])[]> {
  const { rows } = await sql<{ subscriptions: readonly SubscriptionId[] }>`select
    array_remove(array_agg(u.subscription_id), null) as subscriptions
    from team_seats s left join team_uses u on u.seat_id = s.id where s.source = ${source} group by s.id`.execute(tx)
  return rows.map(({ subscriptions }) => subscriptions)
}

export async function moveSeatEnd(tx: Tx, id: string, endsAt: Instant): Promise<void> {
  await sql`update team_seats set ends_at = greatest(${endsAt}, starts_at + 1) where id = ${id}`.execute(tx)
}

export async function insertUse(
  tx: Tx,
  row: { subscriptionId: string; teamId: string; seatId: string; memberId: string; at: Instant },
): Promise<void> {
  await sql`insert into team_uses (subscription_id, team_id, seat_id, member_id, began_at)
    values (${row.subscriptionId}, ${row.teamId}, ${row.seatId}, ${row.memberId}, ${row.at})`.execute(tx)
}

/** Who has used the team's seats, under which subscriptions: also those who have left. */
export async function usesOf(
  on: Queries | Tx,
  teamId: string,
): Promise<readonly { subscription_id: string; member_id: string; email: string }[]> {
  const { rows } = await sql<{ subscription_id: string; member_id: string; email: string }>`select u.subscription_id,
    u.member_id, m.email from team_uses u join members m on m.id = u.member_id where u.team_id = ${teamId} order by m.email`.execute(
    on,
  )
  return rows
}

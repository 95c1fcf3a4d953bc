import type { Instant } from '@codeplan/core'

import { sql, type Queries, type Tx } from '../platform/index.ts'

export interface InvitationRow {
  readonly id: string
  readonly team_id: string
  readonly email: string
  readonly ends_at: number
}

export async function insertInvitation(
  tx: Tx,
  row: InvitationRow & { readonly hash: Buffer; readonly invitedBy: string; readonly at: Instant },
): Promise<void> {
  await sql`insert into team_invitations (id, team_id, email, hash, invited_by, created_at, ends_at) values (${row.id},
    ${row.team_id}, ${row.email}, ${row.hash}, ${row.invitedBy}, ${row.at}, ${row.ends_at})`.execute(tx)
}

/** Those that stand. */
export async function invitationsOf(on: Queries | Tx, teamId: string, now: Instant): Promise<readonly InvitationRow[]> {
  const { rows } = await sql<InvitationRow>`select id, team_id, email, ends_at from team_invitations
    where team_id = ${teamId} and closed_at is null and ends_at > ${now} order by id`.execute(on)
  return rows
}

export async function invitationByHash(
  on: Queries | Tx,
  hash: Buffer,
  now: Instant,
): Promise<InvitationRow | undefined> {
  const { rows } = await sql<InvitationRow>`select id, team_id, email, ends_at from team_invitations
    where hash = ${hash} and closed_at is null and ends_at > ${now}`.execute(on)
  return rows[0]
}

/** False when it was closed before. */
export async function closeInvitation(tx: Tx, id: string, at: Instant): Promise<boolean> {
  const { rows } = await sql`update team_invitations set closed_at = ${at} where id = ${id} and closed_at is null
    returning id`.execute(tx)
  return rows.length > 0
}

export interface GroupRow {
  readonly provider: string
  readonly name: string
  readonly team_id: string
}

export async function groupsOf(on: Queries | Tx, teamId: string): Promise<readonly GroupRow[]> {
  return (await sql<GroupRow>`select * from team_groups where team_id = ${teamId} order by provider, name`.execute(on))
    .rows
}

export async function teamsOfGroups(tx: Tx, provider: string, names: readonly string[]): Promise<readonly GroupRow[]> {
  const { rows } =
    await sql<GroupRow>`select * from team_groups where provider = ${provider} and name = any(${[...names]})
    order by name`.execute(tx)
  return rows
}

/** A group belongs to one team: the last that was named. */
export async function setGroup(tx: Tx, row: GroupRow): Promise<void> {
  await sql`insert into team_groups (provider, name, team_id) values (${row.provider}, ${row.name}, ${row.team_id})
    on conflict (provider, name) do update set team_id = excluded.team_id`.execute(tx)
}

/** False when the team has no such group. */
export async function removeGroup(tx: Tx, row: GroupRow): Promise<boolean> {
  const { rows } = await sql`delete from team_groups where provider = ${row.provider} and name = ${row.name}
    and team_id = ${row.team_id} returning name`.execute(tx)
  return rows.length > 0
}

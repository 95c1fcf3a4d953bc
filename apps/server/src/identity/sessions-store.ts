import type { Instant } from '@codeplan/core'

import { notify, sql, type Language, type Queries, type Tx } from '../platform/index.ts'
import type { Role } from './people-store.ts'

/** Says that what is remembered of a member's sessions may be wrong; the payload is the member's id. */
export const SESSIONS_CHANNEL = 'sessions'

export interface SessionRow {
  readonly id: string
  readonly member_id: string
  readonly created_at: number
  readonly seen_at: number
  readonly ends_at: number
  readonly address: string
  readonly agent: string
  /** The operator who looks through it with the member's eyes; null: the member's own. */
  readonly opened_by: string | null
}

export async function insertSession(tx: Tx, row: SessionRow & { readonly hash: Buffer }): Promise<void> {
  await sql`insert into sessions (id, hash, member_id, created_at, seen_at, ends_at, address, agent, opened_by) values (${row.id},
    ${row.hash}, ${row.member_id}, ${row.created_at}, ${row.seen_at}, ${row.ends_at}, ${row.address}, ${row.agent}, ${row.opened_by})`.execute(
    tx,
  )
}

/** Ends the oldest of a member's own sessions beyond so many. */
export async function keepNewest(tx: Tx, memberId: string, count: number): Promise<void> {
  const { rows } = await sql`delete from sessions where id in (select id from sessions
    where member_id = ${memberId} and opened_by is null order by id desc offset ${count}) returning id`.execute(tx)
  if (rows.length > 0) await notify(tx, SESSIONS_CHANNEL, memberId)
}

export interface KnownSession {
  readonly hash: string
  readonly id: string
  readonly member_id: string
  readonly ends_at: number
  readonly email: string
  readonly role: Role
  readonly verified: boolean
  readonly language: Language
  readonly opened_by: string | null
}

/** The sessions of these tokens, given the SHA-256 of each in hex. */
export async function sessionsByHash(on: Queries, hashes: readonly string[]): Promise<readonly KnownSession[]> {
  const { rows } = await sql<KnownSession>`select encode(s.hash, 'hex') as hash, s.id, s.member_id, s.ends_at, m.email,
    m.role, m.language, m.verified_at is not null as verified, o.email as opened_by
    from sessions s join members m on m.id = s.member_id left join members o on o.id = s.opened_by
    where s.hash in (select decode(h, 'hex') from unnest(${[...hashes]}::text[]) h)`.execute(on)
  return rows
}

/** The newest first. */
export async function sessionsOf(on: Queries, memberId: string, now: Instant): Promise<readonly SessionRow[]> {
  const { rows } =
    await sql<SessionRow>`select id, member_id, created_at, seen_at, ends_at, address, agent, opened_by from sessions
    where member_id = ${memberId} and ends_at > ${now} order by id desc`.execute(on)
  return rows
}

/** Ends one session of a member; false when there is none such. */
export async function endSession(tx: Tx, memberId: string, id: string): Promise<boolean> {
  const { rows } = await sql`delete from sessions where member_id = ${memberId} and id = ${id} returning id`.execute(tx)
  if (rows.length > 0) await notify(tx, SESSIONS_CHANNEL, memberId)
  return rows.length > 0
}

/** Ends all sessions of a member but one, if one is named; and his looks with the eyes of others. */
export async function endSessions(tx: Tx, memberId: string, but: string | null): Promise<void> {
  await sql`delete from sessions where member_id = ${memberId} and id is distinct from ${but}`.execute(tx)
  const { rows } = await sql<{ member_id: string }>`delete from sessions where opened_by = ${memberId}
    returning member_id`.execute(tx)
  for (const changed of new Set([memberId, ...rows.map((row) => row.member_id)])) await sayChanged(tx, changed)
}

/** To be called with every change of what sessions know of their member. */
export const sayChanged = (tx: Tx, memberId: string): Promise<void> => notify(tx, SESSIONS_CHANNEL, memberId)

export async function touchSessions(on: Queries, seen: ReadonlyMap<string, Instant>): Promise<void> {
  const rows = JSON.stringify([...seen].map(([id, at]) => ({ id, at })))
  await sql`update sessions set seen_at = greatest(seen_at, r.at)
    from jsonb_to_recordset(${rows}::jsonb) as r(id text, at int8) where sessions.id = r.id`.execute(on)
}

/** What has ended long ago is let go of. */
export async function forgetSessions(on: Queries, before: Instant): Promise<void> {
  await sql`delete from sessions where ends_at < ${before}`.execute(on)
  await sql`delete from letter_tokens where ends_at < ${before}`.execute(on)
}

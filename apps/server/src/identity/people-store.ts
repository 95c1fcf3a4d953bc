import type { Instant, MemberId } from '@codeplan/core'

import { jsonb, sql, type Language, type Queries, type Tx } from '../platform/index.ts'

export type Role = 'member' | 'support' | 'operator'

/** A member as he is known to the console, with what he signs in with. */
export interface PersonRow {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly role: Role
  readonly verified_at: number | null
  readonly language: Language
  readonly zone: string | null
  readonly usage_notices: readonly number[]
  readonly balance_notice: number | null
  readonly created_at: number
  readonly password_hash: string | null
  readonly totp_secret: string | null
  readonly totp_since: number | null
  readonly totp_step: number | null
  readonly recovery_hashes: readonly string[] | null
}

const PERSON = sql`select m.*, c.password_hash, c.totp_secret, c.totp_since, c.totp_step, c.recovery_hashes
  from members m left join credentials c on c.member_id = m.id`

export async function personByEmail(on: Queries | Tx, email: string): Promise<PersonRow | undefined> {
  return (await sql<PersonRow>`${PERSON} where m.email = ${email}`.execute(on)).rows[0]
}

export async function personById(on: Queries | Tx, id: string): Promise<PersonRow | undefined> {
  return (await sql<PersonRow>`${PERSON} where m.id = ${id}`.execute(on)).rows[0]
}

export async function setPassword(tx: Tx, memberId: string, hash: string): Promise<void> {
  await sql`insert into credentials (member_id, password_hash) values (${memberId}, ${hash})
    on conflict (member_id) do update set password_hash = excluded.password_hash`.execute(tx)
}

export async function setVerified(tx: Tx, memberId: string, at: Instant): Promise<void> {
  await sql`update members set verified_at = coalesce(verified_at, ${at}) where id = ${memberId}`.execute(tx)
}

/** Nothing that was set up before somebody showed that the address is his stays good. */
export async function dropCredentials(tx: Tx, memberId: string): Promise<void> {
  await sql`delete from credentials where member_id = ${memberId}`.execute(tx)
}

/** A secret that waits for its first right code; false while one is in force. */
export async function beginTotp(tx: Tx, memberId: string, sealed: string): Promise<boolean> {
  const { rows } = await sql`insert into credentials (member_id, totp_secret) values (${memberId}, ${sealed})
    on conflict (member_id) do update set totp_secret = excluded.totp_secret where credentials.totp_since is null
    returning member_id`.execute(tx)
  return rows.length > 0
}

export async function confirmTotp(
  tx: Tx,
  memberId: string,
  sealed: string,
  step: number,
  at: Instant,
): Promise<boolean> {
  const { rows } = await sql`update credentials set totp_since = ${at}, totp_step = ${step}
    where member_id = ${memberId} and totp_secret = ${sealed} and totp_since is null returning member_id`.execute(tx)
  return rows.length > 0
}

export async function removeTotp(tx: Tx, memberId: string): Promise<void> {
  await sql`update credentials set totp_secret = null, totp_since = null, totp_step = 0, recovery_hashes = '[]'
    where member_id = ${memberId}`.execute(tx)
}

/** False when somebody has used this step, or a later one, at the same moment. */
export async function takeStep(tx: Tx, memberId: string, step: number): Promise<boolean> {
  const { rows } = await sql`update credentials set totp_step = ${step} where member_id = ${memberId}
    and totp_step < ${step} returning member_id`.execute(tx)
  return rows.length > 0
}

export async function setRecoveryHashes(tx: Tx, memberId: string, hashes: readonly string[]): Promise<void> {
  await sql`update credentials set recovery_hashes = ${jsonb(hashes)}::jsonb where member_id = ${memberId}`.execute(tx)
}

/** Uses a recovery code up; false when there is none such. */
export async function takeRecoveryHash(tx: Tx, memberId: string, hash: string): Promise<boolean> {
  const { rows } = await sql`update credentials set recovery_hashes = recovery_hashes - ${hash}::text
    where member_id = ${memberId} and recovery_hashes @> ${jsonb([hash])}::jsonb returning member_id`.execute(tx)
  return rows.length > 0
}

export type LetterPurpose = 'verify' | 'reset'

export async function insertLetterToken(
  tx: Tx,
  row: { memberId: string; purpose: LetterPurpose; hash: Buffer; endsAt: Instant },
): Promise<void> {
  await sql`insert into letter_tokens (member_id, purpose, hash, ends_at) values (${row.memberId}, ${row.purpose}, ${row.hash},
    ${row.endsAt})`.execute(tx)
}

export async function memberOfToken(
  on: Queries | Tx,
  purpose: LetterPurpose,
  hash: Buffer,
  now: Instant,
): Promise<string | undefined> {
  const { rows } = await sql<{ member_id: string }>`select member_id from letter_tokens
    where purpose = ${purpose} and hash = ${hash} and ends_at > ${now}`.execute(on)
  return rows[0]?.member_id
}

/** Uses a link up, and with it all others of its purpose; undefined when it was used or is over. */
export async function takeLetterToken(
  tx: Tx,
  purpose: LetterPurpose,
  hash: Buffer,
  now: Instant,
): Promise<string | undefined> {
  const memberId = await memberOfToken(tx, purpose, hash, now)
  if (memberId === undefined) return undefined
  const { rows } = await sql<{
    hash: Buffer
  }>`delete from letter_tokens where member_id = ${memberId} and purpose = ${purpose}
    returning hash`.execute(tx)
  // Of two at the same moment one has won.
  return rows.some((row) => hash.equals(row.hash)) ? memberId : undefined
}

/** At which shares of a window, in percent, members wish to be told. */
export async function usageNoticesOf(
  on: Queries,
  memberIds: readonly MemberId[],
): Promise<ReadonlyMap<MemberId, readonly number[]>> {
  const { rows } = await sql<{ id: MemberId; usage_notices: readonly number[] }>`
    select id, usage_notices from members where id = any(${[...memberIds]}) and usage_notices <> '[]'`.execute(on)
  return new Map(rows.map((row) => [row.id, row.usage_notices]))
}

export interface Profile {
  readonly name: string
  readonly language: Language
  readonly zone: string | null
  readonly usage_notices: readonly number[]
  readonly balance_notice: number | null
}

export async function saveProfile(tx: Tx, memberId: string, profile: Profile): Promise<void> {
  await sql`update members set name = ${profile.name}, language = ${profile.language}, zone = ${profile.zone},
    usage_notices = ${jsonb(profile.usage_notices)}::jsonb, balance_notice = ${profile.balance_notice}
    where id = ${memberId}`.execute(tx)
}

/** The role before, if it is another one now. */
export async function setRole(tx: Tx, memberId: string, role: Role): Promise<Role | undefined> {
  const { rows } = await sql<{ before: Role }>`update members m set role = ${role} from members b
    where m.id = ${memberId} and b.id = m.id and b.role <> ${role} returning b.role as before`.execute(tx)
  return rows[0]?.before
}

export async function memberOfLink(on: Queries | Tx, issuer: string, subject: string): Promise<string | undefined> {
  const { rows } = await sql<{ member_id: string }>`select member_id from sso_links
    where issuer = ${issuer} and subject = ${subject}`.execute(on)
  return rows[0]?.member_id
}

export async function insertLink(
  tx: Tx,
  row: { issuer: string; subject: string; memberId: string; at: Instant },
): Promise<void> {
  await sql`insert into sso_links (issuer, subject, member_id, created_at)
    values (${row.issuer}, ${row.subject}, ${row.memberId}, ${row.at}) on conflict do nothing`.execute(tx)
}

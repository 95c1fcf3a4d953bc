import type { Instant } from '@codeplan/core'

import { jsonb, notify, sql, type Queries, type Tx } from '../platform/index.ts'

/** Says that a key or a member has changed; the payload is the member's id. */
export const IDENTITY_CHANNEL = 'identity'

export interface MemberRow {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly created_at: number
  readonly suspended_at: number | null
  readonly verified_at: number | null
}

export async function memberByEmail(on: Queries | Tx, email: string): Promise<MemberRow | undefined> {
  const { rows } = await sql<MemberRow>`select * from members where email = ${email.toLowerCase()}`.execute(on)
  return rows[0]
}

export async function memberById(on: Queries | Tx, id: string): Promise<MemberRow | undefined> {
  const { rows } = await sql<MemberRow>`select * from members where id = ${id}`.execute(on)
  return rows[0]
}

/** False when the address is taken. */
export async function insertMember(
  tx: Tx,
  row: { id: string; email: string; name: string; at: Instant; verifiedAt: Instant | null },
): Promise<boolean> {
  const { rows } = await sql`insert into members (id, email, name, created_at, verified_at)
    values (${row.id}, ${row.email.toLowerCase()}, ${row.name}, ${row.at}, ${row.verifiedAt}) on conflict (email) do nothing returning id`.execute(
    tx,
  )
  return rows.length === 1
}

export interface KeyRow {
  readonly id: string
  readonly member_id: string
  readonly name: string
  readonly handle: string
  readonly created_at: number
  readonly last_used_at: number | null
  readonly revoked_at: number | null
  /** Addresses and networks that it may be used from; null: any. */
  readonly allowed: readonly string[] | null
  /** When it was last used from many addresses within an hour. */
  readonly many_addresses_at: number | null
}

export async function insertKey(
  tx: Tx,
  row: {
    id: string
    memberId: string
    name: string
    handle: string
    hash: Buffer
    sealedSecret: string
    allowed: readonly string[] | null
    at: Instant
  },
): Promise<void> {
  const allowed = row.allowed && jsonb(row.allowed)
  await sql`insert into keys (id, member_id, name, handle, hash, sealed_secret, allowed, created_at)
    values (${row.id}, ${row.memberId}, ${row.name}, ${row.handle}, ${row.hash}, ${row.sealedSecret}, ${allowed}::jsonb,
    ${row.at})`.execute(tx)
}

/** False when it is so already. */
export async function suspendMember(tx: Tx, memberId: string, at: Instant | null): Promise<boolean> {
  const { rows } = await sql`update members set suspended_at = ${at}
    where id = ${memberId} and (suspended_at is null) <> (${at}::int8 is null) returning id`.execute(tx)
  if (rows.length > 0) await notify(tx, IDENTITY_CHANNEL, memberId)
  return rows.length > 0
}

export async function keysOfMember(on: Queries | Tx, memberId: string): Promise<readonly KeyRow[]> {
  const { rows } = await sql<KeyRow>`select id, member_id, name, handle, created_at, last_used_at, revoked_at, allowed,
    many_addresses_at
    from keys where member_id = ${memberId} order by created_at, id`.execute(on)
  return rows
}

/** False when the member has no such key, or it was revoked. */
export async function renameKey(tx: Tx, memberId: string, id: string, name: string): Promise<boolean> {
  const { rows } = await sql`update keys set name = ${name}
    where id = ${id} and member_id = ${memberId} and revoked_at is null returning id`.execute(tx)
  return rows.length > 0
}

/** False when there is no such key or it was revoked before. */
export async function revokeKey(tx: Tx, handleOrId: string, at: Instant): Promise<boolean> {
  const { rows } = await sql<{ member_id: string }>`update keys set revoked_at = ${at}
    where (id = ${handleOrId} or handle = ${handleOrId}) and revoked_at is null returning member_id`.execute(tx)
  for (const row of rows) await notify(tx, IDENTITY_CHANNEL, row.member_id)
  return rows.length > 0
}

export interface KnownKey {
  readonly key_id: string
  readonly member_id: string
  readonly sealed_secret: string
  readonly allowed: readonly string[] | null
  readonly revoked_at: number | null
  readonly suspended_at: number | null
}

export async function keyByHash(on: Queries, hash: Buffer): Promise<KnownKey | undefined> {
  const { rows } =
    await sql<KnownKey>`select k.id as key_id, k.member_id, k.sealed_secret, k.allowed, k.revoked_at, m.suspended_at
    from keys k join members m on m.id = k.member_id where k.hash = ${hash}`.execute(on)
  return rows[0]
}

export async function keyByHandle(on: Queries, handle: string): Promise<KnownKey | undefined> {
  const { rows } =
    await sql<KnownKey>`select k.id as key_id, k.member_id, k.sealed_secret, k.allowed, k.revoked_at, m.suspended_at
    from keys k join members m on m.id = k.member_id where k.handle = ${handle}`.execute(on)
  return rows[0]
}

export async function touchKeys(on: Queries, used: ReadonlyMap<string, Instant>): Promise<void> {
  const rows = JSON.stringify([...used].map(([id, at]) => ({ id, at })))
  await sql`update keys set last_used_at = greatest(coalesce(last_used_at, 0), r.at)
    from jsonb_to_recordset(${rows}::jsonb) as r(id text, at int8) where keys.id = r.id`.execute(on)
}

export async function markKeys(on: Queries, marked: ReadonlyMap<string, Instant>): Promise<void> {
  const rows = JSON.stringify([...marked].map(([id, at]) => ({ id, at })))
  await sql`update keys set many_addresses_at = r.at
    from jsonb_to_recordset(${rows}::jsonb) as r(id text, at int8) where keys.id = r.id`.execute(on)
}

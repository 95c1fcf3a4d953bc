import type { Instant } from '@codeplan/core'

import { sql, type Queries } from '../platform/index.ts'

export interface KeptAnswer {
  readonly fingerprint: string
  readonly call_id: string
  readonly created_at: number
  readonly finished_at: number | null
  readonly status: number | null
  readonly headers: Readonly<Record<string, string>> | null
  readonly body: Uint8Array | null
}

export interface KeptName {
  readonly memberId: string
  readonly key: string
}

/** True for the one caller who has the key first. */
export async function claimKept(
  on: Queries,
  name: KeptName,
  claim: { readonly fingerprint: string; readonly callId: string; readonly now: Instant },
): Promise<boolean> {
  const { rows } = await sql`insert into kept_answers (member_id, key, fingerprint, call_id, created_at)
    values (${name.memberId}, ${name.key}, ${claim.fingerprint}, ${claim.callId}, ${claim.now})
    on conflict (member_id, key) do nothing returning key`.execute(on)
  return rows.length === 1
}

export async function readKept(on: Queries, name: KeptName): Promise<KeptAnswer | undefined> {
  const { rows } = await sql<KeptAnswer>`select fingerprint, call_id, created_at, finished_at, status, headers, body
    from kept_answers where member_id = ${name.memberId} and key = ${name.key}`.execute(on)
  return rows[0]
}

/** Both ends of a claim touch it only while it is this call's: an abandoned key may have another owner by now. */
export async function finishKept(
  on: Queries,
  name: KeptName,
  callId: string,
  answer: {
    readonly status: number
    readonly headers: Record<string, string>
    readonly body: Buffer | null
    readonly now: Instant
  },
): Promise<void> {
  await sql`update kept_answers set finished_at = ${answer.now}, status = ${answer.status},
    headers = ${JSON.stringify(answer.headers)}::jsonb, body = ${answer.body}
    where member_id = ${name.memberId} and key = ${name.key} and call_id = ${callId}`.execute(on)
}

/** Gives the key back: the request may be made again, as if it had not been. */
export async function releaseKept(on: Queries, name: KeptName, callId: string): Promise<void> {
  await sql`delete from kept_answers
    where member_id = ${name.memberId} and key = ${name.key} and call_id = ${callId}`.execute(on)
}

/** Gives back a key whose call is over without an answer: it has no hold, and an answer is kept before a hold ends. */
export async function releaseAbandoned(on: Queries, name: KeptName, callId: string): Promise<void> {
  await sql`delete from kept_answers
    where member_id = ${name.memberId} and key = ${name.key} and call_id = ${callId} and finished_at is null
    and not exists (select 1 from holds where id = ${callId})`.execute(on)
}

export async function forgetKept(on: Queries, before: number): Promise<void> {
  await sql`delete from kept_answers where created_at < ${before}`.execute(on)
}

import type { Instant } from '@codeplan/core'

import { sql, type Queries } from '../platform/index.ts'

/** A response that its caller asked to keep: the items that it answered, and the response object, each as JSON text. */
export interface StoredResponse {
  readonly id: string
  readonly previous_id: string | null
  readonly input: string
  readonly response: string
}

export async function storeResponse(
  on: Queries,
  memberId: string,
  made: StoredResponse,
  times: { readonly now: Instant; readonly expiresAt: number },
): Promise<void> {
  await sql`insert into stored_responses (id, member_id, previous_id, created_at, expires_at, input, response)
    values (${made.id}, ${memberId}, ${made.previous_id}, ${times.now}, ${times.expiresAt}, ${made.input},
      ${made.response})`.execute(on)
}

/** More steps than any conversation has, fewer than could hold the database up. */
const STEPS_MAX = 2_000

/** A row of a conversation, with the size of all from it to the end. */
export interface Step extends StoredResponse {
  readonly bytes: number
}

/**
 * A member's response with those before it, the oldest first. It breaks off where one is missing, or where all together are
 * larger than `bytesMax`.
 */
export async function readChain(
  on: Queries,
  memberId: string,
  id: string,
  { now, bytesMax }: { readonly now: Instant; readonly bytesMax: number },
): Promise<readonly Step[]> {
  const { rows } = await sql<Step>`with recursive chain as (
      select id, previous_id, input, response, 1 as step, (octet_length(input) + octet_length(response))::int8 as bytes
      from stored_responses where id = ${id} and member_id = ${memberId} and expires_at > ${now}
      union all
      select r.id, r.previous_id, r.input, r.response, c.step + 1,
        c.bytes + octet_length(r.input) + octet_length(r.response)
      from chain c join stored_responses r on r.id = c.previous_id
      where r.member_id = ${memberId} and r.expires_at > ${now} and c.bytes <= ${bytesMax} and c.step < ${STEPS_MAX}
    ) select id, previous_id, input, response, bytes from chain order by step desc`.execute(on)
  return rows
}

/** True when there was one to delete. */
export async function deleteResponse(on: Queries, memberId: string, id: string, now: Instant): Promise<boolean> {
  const { rows } = await sql`delete from stored_responses
    where id = ${id} and member_id = ${memberId} and expires_at > ${now} returning id`.execute(on)
  return rows.length === 1
}

export async function forgetResponses(on: Queries, now: Instant): Promise<void> {
  await sql`delete from stored_responses where expires_at <= ${now}`.execute(on)
}

import type { Instant, MemberId, Minor, SetupId } from '@codeplan/core'

import { jsonb, sql, type Queries, type Tx } from '../platform/index.ts'
import type { SetupNews } from './providers/port.ts'

export interface SetupRow {
  readonly id: SetupId
  readonly member_id: MemberId
  readonly provider: string
  readonly state: 'created' | SetupNews['state']
  readonly amount_max: Minor | null
  readonly provider_ref: string | null
  readonly action: { readonly redirectUrl: string } | null
  readonly failure: string | null
  readonly method_id: string | null
  readonly created_at: Instant
  readonly expires_at: Instant
  readonly check_at: Instant | null
}

export async function insertSetup(
  tx: Tx,
  row: Pick<SetupRow, 'id' | 'member_id' | 'provider' | 'amount_max' | 'created_at' | 'expires_at' | 'check_at'>,
): Promise<void> {
  await sql`insert into method_setups (id, member_id, provider, state, amount_max, created_at, expires_at, check_at)
    values (${row.id}, ${row.member_id}, ${row.provider}, 'created', ${row.amount_max}, ${row.created_at},
    ${row.expires_at}, ${row.check_at})`.execute(tx)
}

export async function setupById(on: Queries | Tx, id: string): Promise<SetupRow | undefined> {
  return (await sql<SetupRow>`select * from method_setups where id = ${id}`.execute(on)).rows[0]
}

export async function lockSetup(tx: Tx, id: string): Promise<SetupRow | undefined> {
  return (await sql<SetupRow>`select * from method_setups where id = ${id} for update`.execute(tx)).rows[0]
}

/** One that waits for its customer, whose page is open until then at least. The member's row is held, so that there is one. */
export async function openSetup(
  tx: Tx,
  of: { readonly memberId: MemberId; readonly provider: string; readonly until: Instant },
): Promise<SetupRow | undefined> {
  await sql`select id from members where id = ${of.memberId} for no key update`.execute(tx)
  const { rows } = await sql<SetupRow>`select * from method_setups where member_id = ${of.memberId}
    and provider = ${of.provider} and state in ('created', 'action_required') and check_at is not null
    and expires_at > ${of.until} order by id desc limit 1`.execute(tx)
  return rows[0]
}

export async function saveSetup(
  tx: Tx,
  row: Pick<SetupRow, 'id' | 'state' | 'provider_ref' | 'action' | 'failure' | 'method_id' | 'check_at'>,
): Promise<void> {
  await sql`update method_setups set state = ${row.state}, provider_ref = ${row.provider_ref},
    action = ${row.action === null ? null : jsonb(row.action)}::jsonb, failure = ${row.failure},
    method_id = ${row.method_id}, check_at = ${row.check_at} where id = ${row.id}`.execute(tx)
}

/** Setups that nobody has told us about for too long. */
export async function setupsToCheck(on: Queries, now: Instant, limit: number): Promise<readonly SetupRow[]> {
  const { rows } = await sql<SetupRow>`select * from method_setups where check_at <= ${now}
    order by check_at limit ${limit}`.execute(on)
  return rows
}

export async function checkSetupAt(on: Queries | Tx, id: SetupId, at: Instant): Promise<void> {
  await sql`update method_setups set check_at = ${at} where id = ${id} and check_at is not null`.execute(on)
}

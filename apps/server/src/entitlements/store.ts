import {
  emptyWallet,
  firstId,
  micros,
  type Instant,
  type MemberId,
  type PromptTally,
  type Wallet,
  type WindowStates,
} from '@codeplan/core'

import { jsonb, run, sql, type Queries, type Tx } from '../platform/index.ts'
import type { PromptUse } from './prompt-use.ts'
import type { Admission, EventDetails } from './types.ts'

export interface AccountRow {
  readonly id: string
  readonly member_id: string
  readonly plan_version_id: string
  readonly rank: number
  readonly anchor_at: number
  readonly starts_at: number
  readonly ends_at: number
  /** Set while the payment for the time after it is open: until `ends_at` the plan is served nevertheless. */
  readonly paid_until: number | null
  readonly windows: WindowStates
  readonly in_flight: number
  /** Another number after every write: what was decided on this row may be written only while it is the same. */
  readonly version: number
}

export const ACCOUNT = `s.id, s.member_id, s.plan_version_id, s.rank, s.anchor_at, s.starts_at, s.ends_at, s.paid_until, q.windows, q.in_flight, q.version
  from subscriptions s join quotas q on q.subscription_id = s.id`

/** Locks the hot rows of these members' running subscriptions. */
export function lockMembers(tx: Tx, memberIds: readonly string[], now: Instant): Promise<AccountRow[]> {
  return run(
    tx,
    `select ${ACCOUNT} where s.member_id = any($1) and s.ends_at > $2 order by q.subscription_id for update of q`,
    [memberIds, now],
  )
}

export function readMember(on: Queries, memberId: string): Promise<AccountRow[]> {
  return run(on, `select ${ACCOUNT} where s.member_id = $1 order by s.ends_at desc`, [memberId])
}

export interface WalletRow {
  readonly member_id: MemberId
  readonly balance: number
  readonly reserved: number
  readonly overflow_on: boolean
  readonly overflow_cap: number | null
  readonly overflow_month: string
  readonly overflow_spent: number
}

export const walletOf = (row: WalletRow | undefined): Wallet =>
  row
    ? {
        balance: micros(row.balance),
        reserved: micros(row.reserved),
        overflow: {
          on: row.overflow_on,
          cap: row.overflow_cap === null ? null : micros(row.overflow_cap),
          month: row.overflow_month,
          spent: micros(row.overflow_spent),
        },
      }
    : emptyWallet

export async function readWallet(on: Queries | Tx, memberId: MemberId): Promise<WalletRow | undefined> {
  const { rows } = await sql<WalletRow>`select * from wallets where member_id = ${memberId}`.execute(on)
  return rows[0]
}

/** The row, locked; made when it is not there. */
export async function lockWallet(tx: Tx, memberId: MemberId, currency: string): Promise<WalletRow> {
  await sql`insert into wallets (member_id, currency) values (${memberId}, ${currency}) on conflict do nothing`.execute(
    tx,
  )
  const { rows } = await sql<WalletRow>`select * from wallets where member_id = ${memberId} for update`.execute(tx)
  return rows[0] as WalletRow
}

export async function saveWallet(tx: Tx, memberId: MemberId, wallet: Wallet): Promise<void> {
  await sql`update wallets set balance = ${wallet.balance}, overflow_on = ${wallet.overflow.on},
    overflow_cap = ${wallet.overflow.cap} where member_id = ${memberId}`.execute(tx)
}

export interface PromptRow {
  readonly id: string
  readonly subscription_id: string
  readonly key: string | null
  readonly asked: boolean
  readonly session: string
  readonly tally: PromptTally
  readonly calls: number
  readonly opened_at: number
  readonly last_call_at: number
  readonly used: PromptUse
}

export interface HoldRow {
  readonly id: string
  readonly subscription_id: string
  readonly prompt_id: string
  readonly node: string
  readonly admitted_at: number
  readonly deadline_at: number
  readonly admission: Admission
}

export interface EventRow {
  readonly id: string
  readonly admitted_at: number
  readonly settled_at: number
  readonly member_id: string
  readonly subscription_id: string
  readonly key_id: string
  readonly prompt_id: string
  readonly ending: string
  readonly billable: boolean
  readonly model: string
  readonly multiplier: number
  readonly charge: number
  readonly charges: readonly { readonly window: string; readonly startsAt: number; readonly micro: number }[]
  readonly input_tokens: number
  readonly cache_read_tokens: number
  readonly cache_write_5m_tokens: number
  readonly cache_write_1h_tokens: number
  readonly output_tokens: number
  readonly reasoning_tokens: number
  readonly list_price: number
  readonly details: EventDetails
}

/** Holds that nobody will settle any more: past their deadline, or of a node that has fallen silent. */
export async function abandonedHolds(
  on: Queries,
  limit: { now: Instant; silentBefore: number; ownNode: string; count: number },
): Promise<readonly HoldRow[]> {
  const { rows } = await sql<HoldRow>`select h.* from holds h left join nodes n on n.id = h.node
    where h.deadline_at < ${limit.now} or (h.node <> ${limit.ownNode} and coalesce(n.seen_at, 0) < ${limit.silentBefore})
    order by h.id limit ${limit.count}`.execute(on)
  return rows
}

export async function sayAlive(on: Queries, node: string, now: Instant): Promise<void> {
  await sql`insert into nodes (id, started_at, seen_at) values (${node}, ${now}, ${now})
    on conflict (id) do update set seen_at = excluded.seen_at`.execute(on)
}

/** Embedded: this process alone has the database, so every other node is a past one. */
export async function sayOthersGone(on: Queries, node: string): Promise<void> {
  await sql`update nodes set seen_at = 0 where id <> ${node}`.execute(on)
}

export async function forgetNodes(on: Queries, silentBefore: number): Promise<void> {
  await sql`delete from nodes n where seen_at < ${silentBefore}
    and not exists (select 1 from holds h where h.node = n.id)`.execute(on)
}

export async function insertSubscription(
  tx: Tx,
  row: {
    id: string
    memberId: string
    planVersionId: string
    rank: number
    source: string
    anchorAt: Instant
    startsAt: Instant
    endsAt: Instant
    at: Instant
  },
): Promise<void> {
  await sql`insert into subscriptions (id, member_id, plan_version_id, rank, source, anchor_at, starts_at, ends_at, created_at)
    values (${row.id}, ${row.memberId}, ${row.planVersionId}, ${row.rank}, ${row.source}, ${row.anchorAt}, ${row.startsAt},
    ${row.endsAt}, ${row.at})`.execute(tx)
  await sql`insert into quotas (subscription_id) values (${row.id})`.execute(tx)
}

export async function lockSubscription(tx: Tx, id: string): Promise<AccountRow> {
  const rows = await run<AccountRow>(tx, `select ${ACCOUNT} where s.id = $1 for update of q, s`, [id])
  if (!rows[0]) throw new Error(`no subscription ${id}`)
  return rows[0]
}

/** A subscription that ends before it began is one that never ran: it ends a moment after it begins. */
export async function moveEnd(tx: Tx, id: string, endsAt: Instant, paidUntil: Instant | null): Promise<void> {
  await sql`update subscriptions set ends_at = greatest(${endsAt}, starts_at + 1), paid_until = ${paidUntil}
    where id = ${id}`.execute(tx)
}

/** The sum of credits on a window whose reason begins so. */
export async function creditOf(tx: Tx, id: string, window: string, reason: string): Promise<number> {
  const { rows } = await sql<{ micro: number }>`select coalesce(sum(micro), 0)::int8 as micro from quota_credits
    where subscription_id = ${id} and window_id = ${window} and starts_with(reason, ${reason})`.execute(tx)
  return rows[0]?.micro ?? 0
}

export async function chargedBetween(tx: Tx, id: string, from: Instant, to: Instant): Promise<number> {
  const { rows } = await sql<{ micro: number }>`select coalesce(sum(charge), 0)::int8 as micro from meter_events
    where subscription_id = ${id} and admitted_at >= ${from} and admitted_at < ${to}`.execute(tx)
  return rows[0]?.micro ?? 0
}

export async function insertCredit(
  tx: Tx,
  row: {
    id: string
    subscriptionId: string
    windows: WindowStates
    window: string
    windowStartsAt: Instant
    micro: number
    reason: string
    by: string
    at: Instant
  },
): Promise<void> {
  await sql`insert into quota_credits (id, subscription_id, window_id, window_starts_at, micro, reason, given_by, given_at)
    values (${row.id}, ${row.subscriptionId}, ${row.window}, ${row.windowStartsAt}, ${row.micro}, ${row.reason}, ${row.by},
    ${row.at})`.execute(tx)
  await sql`update quotas set windows = ${jsonb(row.windows)}::jsonb, version = version + 1 where subscription_id = ${row.subscriptionId}`.execute(
    tx,
  )
}

/** Names of the partitions of meter events whose month ended before an instant. */
export async function partitionsBefore(on: Queries | Tx, before: number): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`select c.relname as name from pg_inherits i
    join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
    where p.relname = 'meter_events' and c.relname ~ '^meter_events_[0-9]{4}_[0-9]{2}$' order by 1`.execute(on)
  return rows.map((row) => row.name).filter((name) => monthEnd(name) <= before)
}

function monthEnd(partition: string): number {
  const [year, month] = partition.slice('meter_events_'.length).split('_').map(Number) as [number, number]
  return Date.UTC(year, month, 1)
}

export async function dropPartition(tx: Tx, name: string): Promise<void> {
  await sql`drop table ${sql.table(name)}`.execute(tx)
}

/** Prompts that nobody has called for so long that no window holds anything of them. */
export async function forgetPrompts(on: Queries, before: number, count: number): Promise<number> {
  const { rows } = await sql`delete from prompts where id in (
    select id from prompts p where last_call_at < ${before} and id < ${firstId('prm', before)}
    and not exists (select 1 from holds h where h.prompt_id = p.id) limit ${count}) returning id`.execute(on)
  return rows.length
}

export async function eventById(on: Queries, id: string): Promise<EventRow | undefined> {
  const { rows } = await sql<EventRow>`select * from meter_events where id = ${id}`.execute(on)
  return rows[0]
}

export async function holdById(on: Queries, id: string): Promise<HoldRow | undefined> {
  const { rows } = await sql<HoldRow>`select * from holds where id = ${id}`.execute(on)
  return rows[0]
}

export async function promptCalls(on: Queries, promptId: string): Promise<readonly EventRow[]> {
  const { rows } =
    await sql<EventRow>`select * from meter_events where prompt_id = ${promptId} order by admitted_at, id`.execute(on)
  return rows
}

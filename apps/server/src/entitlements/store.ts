import { makeId, type Instant, type PromptTally, type WindowStates } from '@codeplan/core'

import { jsonb, run, sql, type Queries, type Tx } from '../platform/index.ts'
import type { HourRow } from './hours.ts'
import type { Admission, EventDetails } from './types.ts'

export interface AccountRow {
  readonly id: string
  readonly member_id: string
  readonly plan_version_id: string
  readonly rank: number
  readonly anchor_at: number
  readonly starts_at: number
  readonly ends_at: number
  readonly windows: WindowStates
  readonly in_flight: number
}

const ACCOUNT = `s.id, s.member_id, s.plan_version_id, s.rank, s.anchor_at, s.starts_at, s.ends_at, q.windows, q.in_flight
  from subscriptions s join quotas q on q.subscription_id = s.id`

/** Locks the hot rows of these members' running subscriptions, in the order of their ids, so that batches of several
 * nodes wait for each other and never in a circle. */
export function lockMembers(tx: Tx, memberIds: readonly string[], now: Instant): Promise<AccountRow[]> {
  return run(
    tx,
    `select ${ACCOUNT} where s.member_id = any($1) and s.ends_at > $2 order by q.subscription_id for update of q`,
    [memberIds, now],
  )
}

export function lockSubscriptions(tx: Tx, ids: readonly string[]): Promise<AccountRow[]> {
  return run(tx, `select ${ACCOUNT} where s.id = any($1) order by q.subscription_id for update of q`, [ids])
}

export function readMember(on: Queries, memberId: string): Promise<AccountRow[]> {
  return run(on, `select ${ACCOUNT} where s.member_id = $1 order by s.ends_at desc`, [memberId])
}

/** When the last subscription of each of these members ended; absent for who never had one. */
export async function lastEnds(tx: Tx, memberIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const rows = await run<{ member_id: string; ended_at: number }>(
    tx,
    'select member_id, max(ends_at) as ended_at from subscriptions where member_id = any($1) group by member_id',
    [memberIds],
  )
  return new Map(rows.map((row) => [row.member_id, row.ended_at]))
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
}

/** For each (subscription, key, session) the last prompt of that key and the last of that session. */
export function findPrompts(
  tx: Tx,
  wanted: readonly { subscriptionId: string; key: string; session: string }[],
): Promise<PromptRow[]> {
  return run(
    tx,
    `select distinct on (p.id) p.* from unnest($1::text[], $2::text[], $3::text[]) as r(sub, key, session)
    cross join lateral (
      (select * from prompts where subscription_id = r.sub and key = r.key order by id desc limit 1)
      union all
      (select * from prompts where subscription_id = r.sub and session = r.session order by id desc limit 1)
    ) p`,
    [wanted.map((w) => w.subscriptionId), wanted.map((w) => w.key), wanted.map((w) => w.session)],
  )
}

export function promptsById(tx: Tx, ids: readonly string[]): Promise<PromptRow[]> {
  return run(tx, 'select * from prompts where id = any($1)', [ids])
}

const SAVE_QUOTAS = `saved_quotas as (
    update quotas set windows = r.windows, in_flight = r.in_flight
    from jsonb_to_recordset($1::jsonb) as r(id text, windows jsonb, in_flight int) where subscription_id = r.id)`
const SAVE_PROMPTS = `saved_prompts as (
    insert into prompts (id, subscription_id, key, asked, session, tally, calls, opened_at, last_call_at)
    select id, subscription_id, key, asked, session, tally, calls, opened_at, last_call_at
    from jsonb_to_recordset($2::jsonb) as r(id text, subscription_id text, key text, asked boolean, session text, tally jsonb, calls int, opened_at int8, last_call_at int8)
    on conflict (id) do update set key = excluded.key, asked = excluded.asked, tally = excluded.tally, calls = excluded.calls, last_call_at = excluded.last_call_at)`

export interface QuotaChange {
  readonly id: string
  readonly windows: WindowStates
  readonly in_flight: number
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

export async function saveAdmissions(
  tx: Tx,
  change: { quotas: readonly QuotaChange[]; prompts: readonly PromptRow[]; holds: readonly HoldRow[] },
): Promise<void> {
  await run(
    tx,
    `with ${SAVE_QUOTAS}, ${SAVE_PROMPTS}
    insert into holds (id, subscription_id, prompt_id, node, admitted_at, deadline_at, admission)
    select * from jsonb_to_recordset($3::jsonb)
      as r(id text, subscription_id text, prompt_id text, node text, admitted_at int8, deadline_at int8, admission jsonb)`,
    [jsonb(change.quotas), jsonb(change.prompts), jsonb(change.holds)],
  )
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

const HOUR_SUMS = [
  'calls',
  'failed',
  'charge',
  'input_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'output_tokens',
  'list_price',
  'answered',
  'first_byte_ms',
  'output_ms',
]
/** The rows are those of subscriptions whose hot row is locked, so two settlements never wait for each other in a circle. */
const ADD_HOURS = `added_hours as (
    insert into usage_hours (subscription_id, hour_at, model, tool, key_id, ${HOUR_SUMS.join(', ')})
    select subscription_id, hour_at, model, tool, key_id, ${HOUR_SUMS.join(', ')}
    from jsonb_to_recordset($4::jsonb) as r(subscription_id text, hour_at int8, model text, tool text, key_id text,
      ${HOUR_SUMS.map((name) => `${name} int8`).join(', ')})
    on conflict (subscription_id, hour_at, model, tool, key_id)
    do update set ${HOUR_SUMS.map((name) => `${name} = usage_hours.${name} + excluded.${name}`).join(', ')})`

/** One statement: what the windows and prompts hold now, the facts, and the end of the holds. */
export async function saveSettlements(
  tx: Tx,
  change: {
    quotas: readonly QuotaChange[]
    prompts: readonly PromptRow[]
    events: readonly EventRow[]
    hours: readonly HourRow[]
  },
): Promise<void> {
  await run(
    tx,
    `with ${SAVE_QUOTAS}, ${SAVE_PROMPTS}, ended as (
      delete from holds using jsonb_to_recordset($3::jsonb) as r(id text) where holds.id = r.id), ${ADD_HOURS}
    insert into meter_events (id, admitted_at, settled_at, member_id, subscription_id, key_id, prompt_id, ending, billable,
      model, multiplier, charge, charges, input_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens,
      output_tokens, reasoning_tokens, list_price, details)
    select * from jsonb_to_recordset($3::jsonb) as r(id text, admitted_at int8, settled_at int8, member_id text,
      subscription_id text, key_id text, prompt_id text, ending text, billable boolean, model text, multiplier int,
      charge int8, charges jsonb, input_tokens int8, cache_read_tokens int8, cache_write_5m_tokens int8,
      cache_write_1h_tokens int8, output_tokens int8, reasoning_tokens int8, list_price int8, details jsonb)`,
    [jsonb(change.quotas), jsonb(change.prompts), jsonb(change.events), jsonb(change.hours)],
  )
}

export async function holdsThere(tx: Tx, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await run<{ id: string }>(tx, 'select id from holds where id = any($1)', [ids])
  return new Set(rows.map((row) => row.id))
}

export async function eventsThere(
  tx: Tx,
  calls: readonly { id: string; admittedAt: number }[],
): Promise<ReadonlySet<string>> {
  const rows = await run<{ id: string }>(
    tx,
    `select e.id from unnest($1::text[], $2::int8[]) as r(id, admitted_at)
    join meter_events e on e.admitted_at = r.admitted_at and e.id = r.id`,
    [calls.map((c) => c.id), calls.map((c) => c.admittedAt)],
  )
  return new Set(rows.map((row) => row.id))
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
  await sql`update quotas set windows = ${jsonb(row.windows)}::jsonb where subscription_id = ${row.subscriptionId}`.execute(
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
    select id from prompts p where last_call_at < ${before} and id < ${idBefore(before)}
    and not exists (select 1 from holds h where h.prompt_id = p.id) limit ${count}) returning id`.execute(on)
  return rows.length
}

/** Ids sort by time: the first one that could have been made at an instant. */
const idBefore = (at: number): string => makeId('prm', at, new Uint8Array(1))

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

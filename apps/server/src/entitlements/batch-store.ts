import type { Instant } from '@codeplan/core'

import { jsonb, literal, literals, sql, type Queries, type Script } from '../platform/index.ts'
import type { HourRow } from './hours.ts'
import { ACCOUNT, type AccountRow, type EventRow, type HoldRow, type PromptRow, type QuotaChange } from './store.ts'

/**
 * The statements of the hot path, as scripts: one that begins, locks and reads, one that writes and commits. Rows are locked
 * in the order of their ids, so that batches of several nodes wait for each other and never in a circle. Every statement
 * after the lock sees what the holder before has written.
 */

export interface AdmissionReads {
  readonly accounts: readonly AccountRow[]
  /** For each (member, key, session) the last prompt of that key and the last of that session. */
  readonly prompts: readonly PromptRow[]
}

export async function readForAdmission(
  script: Script,
  wanted: readonly { readonly memberId: string; readonly key: string; readonly session: string }[],
  now: Instant,
): Promise<AdmissionReads> {
  const members = literals([...new Set(wanted.map((w) => w.memberId))])
  // A commit that is not durable at once: settlement does not depend on holds, so a crash may lose the last of them.
  const results = await script(`${script.beginQuick};
    select ${ACCOUNT} where s.member_id = any(${members}) and s.ends_at > ${now} order by q.subscription_id for update of q;
    select distinct on (p.id) p.* from jsonb_to_recordset(${literal(distinctJson(wanted))}::jsonb) as r("memberId" text, key text, session text)
    join subscriptions s on s.member_id = r."memberId" and s.ends_at > ${now}
    cross join lateral (
      (select * from prompts where subscription_id = s.id and key = r.key order by id desc limit 1)
      union all
      (select * from prompts where subscription_id = s.id and session = r.session order by id desc limit 1)
    ) p`)
  return { accounts: results[2] as AccountRow[], prompts: results[3] as PromptRow[] }
}

/** Calls of one loop ask for the same prompt: once is enough. */
const distinctJson = (values: readonly unknown[]): string => `[${[...new Set(values.map((v) => jsonb(v)))].join(',')}]`

export interface AdmissionWrites {
  readonly quotas: readonly QuotaChange[]
  readonly prompts: readonly PromptRow[]
  readonly holds: readonly HoldRow[]
}

export async function writeAdmissions(script: Script, { quotas, prompts, holds }: AdmissionWrites): Promise<void> {
  await script(`with ${saveQuotas(quotas)}, ${savePrompts(prompts)}
    insert into holds (id, subscription_id, prompt_id, node, admitted_at, deadline_at, admission)
    select * from jsonb_to_recordset(${literal(jsonb(holds))}::jsonb)
      as r(id text, subscription_id text, prompt_id text, node text, admitted_at int8, deadline_at int8, admission jsonb);
    commit`)
}

/** Nothing was let in: the locks are let go. */
export async function leave(script: Script): Promise<void> {
  await script('rollback')
}

/** When the last subscription of each of these members ended; absent for who never had one. */
export async function lastEnds(on: Queries, memberIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ member_id: string; ended_at: number }>`
    select member_id, max(ends_at) as ended_at from subscriptions
    where member_id = any(${[...memberIds]}) group by member_id`.execute(on)
  return new Map(rows.map((row) => [row.member_id, row.ended_at]))
}

export interface SettlementReads {
  readonly accounts: readonly AccountRow[]
  readonly prompts: readonly PromptRow[]
  /** Ids of the calls whose holds are there. */
  readonly held: ReadonlySet<string>
}

export async function readForSettlement(
  script: Script,
  wanted: {
    readonly calls: readonly string[]
    readonly subscriptions: readonly string[]
    readonly prompts: readonly string[]
  },
): Promise<SettlementReads> {
  // The row locks end with the commit, the wait for the disk comes after it (`waitForDisk`).
  const results = await script(`${script.beginQuick};
    select ${ACCOUNT} where s.id = any(${literals(wanted.subscriptions)}) order by q.subscription_id for update of q;
    select * from prompts where id = any(${literals(wanted.prompts)});
    select id from holds where id = any(${literals(wanted.calls)})`)
  const [, , accounts, prompts, holds] = results
  return {
    accounts: accounts as AccountRow[],
    prompts: prompts as PromptRow[],
    held: new Set((holds as { id: string }[]).map((row) => row.id)),
  }
}

/** Which of these calls have ended already. */
export async function eventsThere(
  script: Script,
  calls: readonly { readonly id: string; readonly admittedAt: number }[],
): Promise<ReadonlySet<string>> {
  const wanted = literal(jsonb(calls.map(({ id, admittedAt }) => ({ id, admitted_at: admittedAt }))))
  const [rows] = await script(`select e.id from jsonb_to_recordset(${wanted}::jsonb) as r(id text, admitted_at int8)
    join meter_events e on e.admitted_at = r.admitted_at and e.id = r.id`)
  return new Set((rows as { id: string }[]).map((row) => row.id))
}

export interface SettlementWrites {
  readonly quotas: readonly QuotaChange[]
  readonly prompts: readonly PromptRow[]
  /** `details` without the admission where the hold has it. */
  readonly events: readonly (Omit<EventRow, 'details'> & { readonly details: Partial<EventRow['details']> })[]
  readonly hours: readonly HourRow[]
}

/** One statement: what the windows and prompts hold now, the facts and their hours, and the end of the holds. */
export async function writeSettlements(
  script: Script,
  { quotas, prompts, events, hours }: SettlementWrites,
): Promise<void> {
  const ended = literals(events.map((event) => event.id))
  // The admission is in the hold already: it is moved over there, and sent only for a call whose hold was lost.
  await script(`with ${saveQuotas(quotas)}, ${savePrompts(prompts)}, ${addHours(hours)},
    ended as (delete from holds where id = any(${ended}) returning id, admission)
    insert into meter_events (${EVENT_COLUMNS.map(([name]) => name).join(', ')}, details)
    select ${EVENT_COLUMNS.map(([name]) => `r.${name}`).join(', ')},
      r.details || jsonb_build_object('admission', coalesce(r.details->'admission', ended.admission))
    from jsonb_to_recordset(${literal(jsonb(events))}::jsonb)
      as r(${EVENT_COLUMNS.map(([name, type]) => `${name} ${type}`).join(', ')}, details jsonb)
    left join ended on ended.id = r.id;
    commit`)
}

/**
 * Returns when everything that was committed before is on disk: a commit that must be durable takes all earlier ones with
 * it. It holds no row, so nobody waits while the disk is written. It must write something, if only a message that nobody
 * reads: the commit of a transaction that wrote nothing waits for nothing.
 */
export async function waitForDisk(script: Script): Promise<void> {
  await script(
    `begin; set local synchronous_commit to on; select pg_logical_emit_message(true, 'codeplan', ''); commit`,
  )
}

const saveQuotas = (rows: readonly QuotaChange[]): string => `saved_quotas as (
    update quotas set windows = r.windows, in_flight = r.in_flight
    from jsonb_to_recordset(${literal(jsonb(rows))}::jsonb) as r(id text, windows jsonb, in_flight int) where subscription_id = r.id)`

const savePrompts = (rows: readonly PromptRow[]): string => `saved_prompts as (
    insert into prompts (id, subscription_id, key, asked, session, tally, calls, opened_at, last_call_at)
    select id, subscription_id, key, asked, session, tally, calls, opened_at, last_call_at
    from jsonb_to_recordset(${literal(jsonb(rows))}::jsonb) as r(id text, subscription_id text, key text, asked boolean,
      session text, tally jsonb, calls int, opened_at int8, last_call_at int8)
    on conflict (id) do update set key = excluded.key, asked = excluded.asked, tally = excluded.tally,
      calls = excluded.calls, last_call_at = excluded.last_call_at)`

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
/** Hours belong to subscriptions whose hot row is locked, so two settlements never wait for each other in a circle. */
const addHours = (rows: readonly HourRow[]): string => `added_hours as (
    insert into usage_hours (subscription_id, hour_at, model, tool, key_id, ${HOUR_SUMS.join(', ')})
    select subscription_id, hour_at, model, tool, key_id, ${HOUR_SUMS.join(', ')}
    from jsonb_to_recordset(${literal(jsonb(rows))}::jsonb) as r(subscription_id text, hour_at int8, model text, tool text, key_id text,
      ${HOUR_SUMS.map((name) => `${name} int8`).join(', ')})
    on conflict (subscription_id, hour_at, model, tool, key_id)
    do update set ${HOUR_SUMS.map((name) => `${name} = usage_hours.${name} + excluded.${name}`).join(', ')})`

const EVENT_COLUMNS = [
  ['id', 'text'],
  ['admitted_at', 'int8'],
  ['settled_at', 'int8'],
  ['member_id', 'text'],
  ['subscription_id', 'text'],
  ['key_id', 'text'],
  ['prompt_id', 'text'],
  ['ending', 'text'],
  ['billable', 'boolean'],
  ['model', 'text'],
  ['multiplier', 'int'],
  ['charge', 'int8'],
  ['charges', 'jsonb'],
  ['input_tokens', 'int8'],
  ['cache_read_tokens', 'int8'],
  ['cache_write_5m_tokens', 'int8'],
  ['cache_write_1h_tokens', 'int8'],
  ['output_tokens', 'int8'],
  ['reasoning_tokens', 'int8'],
  ['list_price', 'int8'],
] as const

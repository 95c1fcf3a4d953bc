import type { Instant, MemberId, Wallet } from '@codeplan/core'

import { postingsText, type Posting } from '../ledger/index.ts'
import { jsonb, literal, literals, sql, type Prepared, type Queries, type Script } from '../platform/index.ts'
import type { HourRow } from './hours.ts'
import { ACCOUNT, type AccountRow, type EventRow, type HoldRow, type PromptRow, type WalletRow } from './store.ts'

/**
 * The statements of the hot path, as scripts: one that begins, locks and reads, one that writes and commits. Rows are locked
 * in the order of their ids, so that rounds of several nodes wait for each other and never in a circle. Every statement
 * after the lock sees what the holder before has written.
 */

export interface Wanted {
  readonly members: readonly string[]
  /** Subscriptions of calls that end, whether they still run or not. */
  readonly subscriptions: readonly string[]
  /** What calls that begin look for: the last prompt of the key and the last of the session. */
  readonly lookups: readonly { readonly memberId: string; readonly key: string; readonly session: string }[]
  /** Prompts and holds of calls that end. */
  readonly prompts: readonly string[]
  readonly calls: readonly string[]
}

export interface Reads {
  readonly accounts: readonly AccountRow[]
  readonly wallets: readonly WalletRow[]
  readonly prompts: readonly PromptRow[]
  /** Ids of the calls whose holds are there. */
  readonly held: ReadonlySet<string>
}

export async function lockAndRead(script: Script, wanted: Wanted, now: Instant): Promise<Reads> {
  await script.prepare(STATEMENTS)
  // A commit that is not durable at once: what must be on disk is waited for after it (`waitForDisk`), without any lock.
  const [, , accounts, wallets, prompts, holds] = await script(`${script.beginQuick};
    execute lock_accounts(${literals(wanted.members)}, ${literals(wanted.subscriptions)}, ${now});
    execute lock_wallets(${literals(wanted.members)});
    execute find_prompts(${json(wanted.lookups)}, ${literals(wanted.prompts)}, ${now});
    execute find_holds(${literals(wanted.calls)})`)
  return {
    accounts: accounts as AccountRow[],
    wallets: wallets as WalletRow[],
    prompts: prompts as PromptRow[],
    held: new Set((holds as { id: string }[]).map((row) => row.id)),
  }
}

/** Which of these calls have ended already. */
export async function eventsThere(
  script: Script,
  calls: readonly { readonly id: string; readonly admittedAt: number }[],
): Promise<ReadonlySet<string>> {
  const wanted = json(calls.map(({ id, admittedAt }) => ({ id, admitted_at: admittedAt })))
  const [rows] = await script(`select e.id from jsonb_to_recordset(${wanted}) as r(id text, admitted_at int8)
    join meter_events e on e.admitted_at = r.admitted_at and e.id = r.id`)
  return new Set((rows as { id: string }[]).map((row) => row.id))
}

export interface Writes {
  /** `version` is what the row had when it was read. */
  readonly accounts: readonly AccountRow[]
  /** The version that all of these rows have from now on. */
  readonly version: number
  readonly prompts: readonly PromptRow[]
  readonly holds: readonly HoldRow[]
  /** `details` without the admission where the hold has it. */
  readonly events: readonly (Omit<EventRow, 'details'> & { readonly details: Partial<EventRow['details']> })[]
  readonly hours: readonly HourRow[]
  /** Calls that end and whose holds must be there. */
  readonly held: readonly string[]
  /** Only under locks: of members whose balance pays. */
  readonly wallets: ReadonlyMap<MemberId, Wallet>
  readonly payments: readonly Posting[]
}

/** What every round writes, in one statement: all of it, or, when the rows are no longer what it was decided on, nothing. */
export async function writeAndCommit(script: Script, writes: Writes, now: Instant): Promise<void> {
  const { wallets, payments } = writes
  const paid = wallets.size > 0 ? `; ${walletsText(wallets)}` : ''
  const posted = payments.length > 0 ? `; ${postingsText(payments, now)}` : ''
  await script(`${writeText(writes)}${paid}${posted}; commit`)
}

/** Begins, writes and commits in one go what was decided on remembered rows. Throws when they have moved. */
export async function writeRemembered(script: Script, writes: Writes): Promise<void> {
  await script.prepare(STATEMENTS)
  await script(`${script.beginQuick}; ${writeText(writes)}; commit`)
}

function writeText({ accounts, version, prompts, holds, events, hours, held }: Writes): string {
  const quotas = accounts.map((row) => ({
    id: row.id,
    was: row.version,
    windows: row.windows,
    in_flight: row.in_flight,
  }))
  return `execute write_books(${json(quotas)}, ${version}, ${json(prompts)}, ${json(holds)}, ${literals(held)}, ${json(events)}, ${json(hours)}, ${quotas.length}, ${held.length})`
}

function walletsText(wallets: ReadonlyMap<MemberId, Wallet>): string {
  const rows = [...wallets].map(([id, { balance, reserved, overflow }]) => ({
    id,
    balance,
    reserved,
    month: overflow.month,
    spent: overflow.spent,
  }))
  return `update wallets w set balance = r.balance, reserved = r.reserved, overflow_month = r.month, overflow_spent = r.spent
    from jsonb_to_recordset(${json(rows)}) as r(id text, balance int8, reserved int8, month text, spent int8) where w.member_id = r.id`
}

/** Nothing was decided that must be written: the locks are let go. */
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

const json = (value: unknown): string => `${literal(jsonb(value))}::jsonb`

const PROMPT_COLUMNS = 'id, subscription_id, key, asked, session, tally, calls, opened_at, last_call_at, used'
const HOUR_KEY = 'subscription_id, hour_at, model, tool, key_id, project'
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

/** Planned once for each connection: planning took longer than doing (measured). */
const STATEMENTS: Prepared = [
  `prepare lock_accounts (text[], text[], int8) as
    select ${ACCOUNT} where s.id = any($2) or (s.member_id = any($1) and s.ends_at > $3) order by q.subscription_id for update of q`,

  `prepare lock_wallets (text[]) as select * from wallets where member_id = any($1) order by member_id for update`,

  `prepare find_prompts (jsonb, text[], int8) as
    select distinct on (p.id) p.* from jsonb_to_recordset($1) as r("memberId" text, key text, session text)
    join subscriptions s on s.member_id = r."memberId" and s.ends_at > $3
    cross join lateral (
      (select * from prompts where subscription_id = s.id and key = r.key order by id desc limit 1)
      union all
      (select * from prompts where subscription_id = s.id and session = r.session order by id desc limit 1)
    ) p
    union select * from prompts where id = any($2)`,

  `prepare find_holds (text[]) as select id from holds where id = any($1)`,

  // A hold has the admission already: it is moved over into the event, and sent only for a call whose hold was lost. Hours
  // belong to subscriptions whose row this statement writes, so two rounds never wait for each other in a circle.
  `prepare write_books (jsonb, int8, jsonb, jsonb, text[], jsonb, jsonb, int, int) as
    with saved_quotas as (
      update quotas q set windows = r.windows, in_flight = r.in_flight, version = $2
      from jsonb_to_recordset($1) as r(id text, was int8, windows jsonb, in_flight int)
      where q.subscription_id = r.id and q.version = r.was returning 1),
    saved_prompts as (
      insert into prompts (${PROMPT_COLUMNS})
      select ${PROMPT_COLUMNS} from jsonb_to_recordset($3) as r(id text, subscription_id text, key text, asked boolean,
        session text, tally jsonb, calls int, opened_at int8, last_call_at int8, used jsonb)
      on conflict (id) do update set key = excluded.key, asked = excluded.asked, tally = excluded.tally,
        calls = excluded.calls, last_call_at = excluded.last_call_at, used = excluded.used),
    begun as (
      insert into holds (id, subscription_id, prompt_id, node, admitted_at, deadline_at, admission)
      select * from jsonb_to_recordset($4)
        as r(id text, subscription_id text, prompt_id text, node text, admitted_at int8, deadline_at int8, admission jsonb)),
    ended as (delete from holds where id = any($5) returning id, admission),
    written as (
      insert into meter_events (${EVENT_COLUMNS.map(([name]) => name).join(', ')}, details)
      select ${EVENT_COLUMNS.map(([name]) => `r.${name}`).join(', ')},
        r.details || jsonb_build_object('admission', coalesce(r.details->'admission', ended.admission))
      from jsonb_to_recordset($6) as r(${EVENT_COLUMNS.map(([name, type]) => `${name} ${type}`).join(', ')}, details jsonb)
      left join ended on ended.id = r.id),
    added_hours as (
      insert into usage_hours (${HOUR_KEY}, ${HOUR_SUMS.join(', ')})
      select ${HOUR_KEY}, ${HOUR_SUMS.join(', ')}
      from jsonb_to_recordset($7) as r(subscription_id text, hour_at int8, model text, tool text, key_id text, project text,
        ${HOUR_SUMS.map((name) => `${name} int8`).join(', ')})
      on conflict (${HOUR_KEY})
      do update set ${HOUR_SUMS.map((name) => `${name} = usage_hours.${name} + excluded.${name}`).join(', ')})
    select expect_books((select count(*) from saved_quotas) = $8 and (select count(*) from ended) = $9)`,
]

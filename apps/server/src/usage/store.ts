import { DAY_MS, firstId } from '@codeplan/core'

import type { MemberId } from '@codeplan/core'

import { walletId, type EventRow, type HoldRow, type PromptRow } from '../entitlements/index.ts'
import { sql, type Queries } from '../platform/index.ts'

/** All statements of the read side. Facts are written by entitlements alone. */

export interface Span {
  readonly from: number
  readonly to: number
}

export async function subscriptionIdsOf(on: Queries, memberId: string): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`select id from subscriptions where member_id = ${memberId}`.execute(on)
  return rows.map((row) => row.id)
}

/** Under which ids a member's calls stand: those of his subscriptions, and of his balance. */
export const pursesOf = async (on: Queries, memberId: MemberId): Promise<readonly string[]> => [
  ...(await subscriptionIdsOf(on, memberId)),
  walletId(memberId),
]

/** One call of a member: settled, or still running. */
export async function callOfMember(on: Queries, memberId: string, id: string): Promise<EventRow | HoldRow | undefined> {
  const { rows } = await sql<EventRow>`
    select * from meter_events where id = ${id} and member_id = ${memberId}`.execute(on)
  if (rows[0]) return rows[0]
  const holds = await sql<HoldRow>`
    select * from holds where id = ${id} and admission->>'memberId' = ${memberId}`.execute(on)
  return holds.rows[0]
}

export interface Page {
  readonly limit: number
  /** The last call of the page before: calls are listed from the newest to the oldest. */
  readonly before: { readonly admittedAt: number; readonly id: string } | undefined
  readonly promptId: string | undefined
}

export async function callsOf(
  on: Queries,
  subscriptionIds: readonly string[],
  span: Span,
  page: Page,
): Promise<readonly EventRow[]> {
  const prompt = page.promptId === undefined ? sql`` : sql`and prompt_id = ${page.promptId}`
  const before = page.before ? sql`and (admitted_at, id) < (${page.before.admittedAt}, ${page.before.id})` : sql``
  const { rows } = await sql<EventRow>`select * from meter_events
    where subscription_id = any(${[...subscriptionIds]}) and admitted_at >= ${span.from} and admitted_at < ${span.to}
    ${prompt} ${before} order by admitted_at desc, id desc limit ${page.limit}`.execute(on)
  return rows
}

/** Calls in the order of their admission, for exports: read page by page, so that no export holds a month in memory. */
export async function callsAfter(
  on: Queries,
  subscriptionIds: readonly string[],
  span: Span,
  after: { readonly admittedAt: number; readonly id: string },
  limit: number,
): Promise<readonly EventRow[]> {
  const { rows } = await sql<EventRow>`select * from meter_events
    where subscription_id = any(${[...subscriptionIds]}) and admitted_at < ${span.to}
    and (admitted_at, id) > (${after.admittedAt}, ${after.id}) order by admitted_at, id limit ${limit}`.execute(on)
  return rows
}

export type PromptSummary = Pick<PromptRow, 'id' | 'subscription_id' | 'opened_at' | 'last_call_at' | 'calls' | 'used'>

export async function promptsOf(
  on: Queries,
  subscriptionIds: readonly string[],
  span: Span,
  limit: number,
  before: string | undefined,
): Promise<readonly PromptSummary[]> {
  const last = firstId('prm', span.to)
  const end = before !== undefined && before < last ? before : last
  // Of each subscription no more than a page is read, and the pages are merged.
  const { rows } = await sql<PromptSummary>`
    select p.* from unnest(${[...subscriptionIds]}::text[]) as own(id) cross join lateral (
      select id, subscription_id, opened_at, last_call_at, calls, used from prompts
      where subscription_id = own.id and id >= ${firstId('prm', span.from)} and id < ${end}
      order by id desc limit ${limit}) p
    order by p.id desc limit ${limit}`.execute(on)
  return rows
}

/** How many calls of each prompt are on record at all, to tell whether an export has them all. */
export async function callsOfPrompts(on: Queries, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ prompt_id: string; calls: number }>`
    select prompt_id, count(*)::int as calls from meter_events where prompt_id = any(${[...ids]}) group by prompt_id`.execute(
    on,
  )
  return new Map(rows.map((row) => [row.prompt_id, row.calls]))
}

export interface Sum {
  /** What the sums are told apart by: a model, a tool, a key. */
  readonly name: string
  readonly calls: number
  readonly failed: number
  readonly charge: number
  readonly input_tokens: number
  readonly cache_read_tokens: number
  readonly cache_write_tokens: number
  readonly output_tokens: number
  readonly list_price: number
}

export interface HourSum extends Sum {
  readonly hour_at: number
}

export interface SlotSum extends Sum {
  /** Which of the slots, from 0. */
  readonly slot: number
}

export type By = 'model' | 'tool' | 'key_id' | 'project'

export async function hoursOf(
  on: Queries,
  subscriptionIds: readonly string[],
  span: Span,
  by: By,
): Promise<readonly HourSum[]> {
  const parts = await Promise.all(
    halvesOf(span).map((half) =>
      sql<HourSum>`select hour_at, ${nameOf(by)} as name, ${HOUR_SUMS} from usage_hours
        where ${hoursIn(subscriptionIds, half)} group by 1, 2 order by 1, 2`.execute(on),
    ),
  )
  return parts.flatMap(({ rows }) => rows)
}

/** Much is read in two halves at once: the database adds up the one while the other is received (measured: 44 ms become 34). */
const halvesOf = ({ from, to }: Span): readonly Span[] => {
  if (to - from < WHOLE_MS_MAX) return [{ from, to }]
  const middle = from + Math.floor((to - from) / 2)
  return [
    { from, to: middle },
    { from: middle, to },
  ]
}
const WHOLE_MS_MAX = 7 * DAY_MS

/** By slots that begin at `starts`, the last one without an end: an hour (UTC) belongs to that in which it began. */
export async function slotSumsOf(
  on: Queries,
  subscriptionIds: readonly string[],
  span: Span,
  starts: readonly number[],
  by: By,
): Promise<readonly SlotSum[]> {
  const { rows } =
    await sql<SlotSum>`select ${slotOf(starts)} as slot, ${nameOf(by)} as name, ${HOUR_SUMS} from usage_hours
    where ${hoursIn(subscriptionIds, span)} group by 1, 2 order by 1, 2`.execute(on)
  return rows
}

const hoursIn = (subscriptionIds: readonly string[], { from, to }: Span) =>
  sql`subscription_id = any(${[...subscriptionIds]}) and hour_at >= ${from} and hour_at < ${to}`

const slotOf = (starts: readonly number[]) => sql`width_bucket(hour_at, ${[...starts]}::int8[]) - 1`

/** For each member a text that is another after each call that began or ended, and after each movement of the balance. */
export async function stampsOf(on: Queries, memberIds: readonly MemberId[]): Promise<ReadonlyMap<MemberId, string>> {
  const { rows } = await sql<{ member_id: MemberId; stamp: string }>`
    select m.id as member_id, concat_ws(' ', w.balance, w.reserved, q.versions, v.used) as stamp
    from unnest(${[...memberIds]}::text[]) as m(id) left join wallets w on w.member_id = m.id
    cross join lateral (
      select string_agg(concat_ws(':', s.id, s.ends_at, q.version), ' ' order by s.id) as versions
      from subscriptions s join quotas q on q.subscription_id = s.id where s.member_id = m.id) q
    cross join lateral (
      select string_agg(concat_ws(':', v.starts_at, v.used), ' ' order by s.id, v.service) as used
      from subscriptions s join service_quotas v on v.subscription_id = s.id where s.member_id = m.id) v`.execute(on)
  return new Map(rows.map((row) => [row.member_id, row.stamp]))
}

/** As double precision: PostgreSQL adds up `int8` in decimal digits, slowly, and a number is exact in JavaScript only so far. */
const sumOf = (column: string): string => `sum(${column}::float8)::int8 as ${column}`

const HOUR_SUMS = sql.raw(
  [
    'calls',
    'failed',
    'charge',
    'input_tokens',
    'cache_read_tokens',
    'cache_write_tokens',
    'output_tokens',
    'list_price',
  ]
    .map(sumOf)
    .join(', '),
)

/** Compared byte by byte: what is only grouped needs no rules of a language. */
const nameOf = (by: By) => sql`${sql.ref(by)} collate "C"`

/** What a subscription has drawn in each of spans that follow upon each other, at list prices. */
export async function listPricesOf(
  on: Queries,
  subscriptionId: string,
  spans: readonly Span[],
): Promise<readonly number[]> {
  const whole = { from: spans[0]?.from ?? 0, to: spans.at(-1)?.to ?? 0 }
  const { rows } = await sql<Pick<SlotSum, 'slot' | 'list_price'>>`
    select ${slotOf(spans.map(({ from }) => from))} as slot, ${sql.raw(sumOf('list_price'))} from usage_hours
    where ${hoursIn([subscriptionId], whole)} group by 1`.execute(on)
  const drawn = new Map(rows.map((row) => [row.slot, row.list_price]))
  return spans.map((_, slot) => drawn.get(slot) ?? 0)
}

export interface PlanHour {
  readonly hour_at: number
  readonly plan: string
  readonly calls: number
  readonly failed: number
  readonly output_tokens: number
  readonly output_ms: number
  readonly charge: number
  readonly list_price: number
}

/** How well each plan was served, hour by hour, over all subscribers. */
export async function planHours(on: Queries, span: Span): Promise<readonly PlanHour[]> {
  const { rows } = await sql<PlanHour>`
    select h.hour_at, v.plan, sum(h.calls)::int8 as calls, sum(h.failed)::int8 as failed,
      sum(h.output_tokens)::int8 as output_tokens, sum(h.output_ms)::int8 as output_ms,
      sum(h.charge)::int8 as charge, sum(h.list_price)::int8 as list_price
    from usage_hours h join subscriptions s on s.id = h.subscription_id join plan_versions v on v.id = s.plan_version_id
    where h.hour_at >= ${span.from} and h.hour_at < ${span.to} group by 1, 2 order by 1, 2`.execute(on)
  return rows
}

export interface SubscriptionRow {
  readonly id: string
  readonly plan_version_id: string
  readonly source: string
  readonly starts_at: number
  readonly ends_at: number
}

export async function subscriptionsOf(on: Queries, memberId: string): Promise<readonly SubscriptionRow[]> {
  const { rows } = await sql<SubscriptionRow>`select id, plan_version_id, source, starts_at, ends_at
    from subscriptions where member_id = ${memberId} order by starts_at desc, id desc`.execute(on)
  return rows
}

/** How many subscriptions of each plan ran within a span. */
export async function subscriptionsByPlan(on: Queries, span: Span): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ plan: string; count: number }>`select v.plan, count(*)::int as count
    from subscriptions s join plan_versions v on v.id = s.plan_version_id
    where s.starts_at < ${span.to} and s.ends_at > ${span.from} group by 1`.execute(on)
  return new Map(rows.map(({ plan, count }) => [plan, count]))
}

export interface HourDifference {
  readonly subscription_id: string
  readonly hour_at: number
}

/** Hours whose roll-up is not the sum of their events: there must be none. */
export async function differentHours(on: Queries, span: Span): Promise<readonly HourDifference[]> {
  const { rows } = await sql<HourDifference>`
    with facts as (
      select subscription_id, admitted_at / 3600000 * 3600000 as hour_at, count(*) as calls, sum(charge) as charge,
        sum(input_tokens + cache_read_tokens + cache_write_5m_tokens + cache_write_1h_tokens + output_tokens) as tokens,
        sum(list_price) as list_price
      from meter_events where admitted_at >= ${span.from} and admitted_at < ${span.to} group by 1, 2),
    hours as (
      select subscription_id, hour_at, sum(calls) as calls, sum(charge) as charge,
        sum(input_tokens + cache_read_tokens + cache_write_tokens + output_tokens) as tokens, sum(list_price) as list_price
      from usage_hours where hour_at >= ${span.from} and hour_at < ${span.to} group by 1, 2)
    select subscription_id, hour_at from facts full join hours using (subscription_id, hour_at)
    where (facts.calls, facts.charge, facts.tokens, facts.list_price)
      is distinct from (hours.calls, hours.charge, hours.tokens, hours.list_price)
    limit 20`.execute(on)
  return rows
}

/** Prompts whose sums are not those of their events: there must be none. */
export async function differentPrompts(on: Queries, span: Span): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    select p.id from prompts p cross join lateral (
      select count(*) as calls, coalesce(sum(charge), 0) as charge, coalesce(sum(list_price), 0) as list_price,
        coalesce(sum(input_tokens + cache_read_tokens + cache_write_5m_tokens + cache_write_1h_tokens), 0) as input_tokens,
        coalesce(sum(output_tokens), 0) as output_tokens
      from meter_events where prompt_id = p.id and admitted_at >= p.opened_at - ${DAY_MS}::int8) e
    where p.id >= ${firstId('prm', span.from)} and p.id < ${firstId('prm', span.to)}
      and ((p.used->>'calls')::int8, (p.used->>'charge')::int8, (p.used->>'list_price')::int8,
        (p.used->>'input_tokens')::int8, (p.used->>'output_tokens')::int8)
      is distinct from (e.calls, e.charge, e.list_price, e.input_tokens, e.output_tokens)
    limit 20`.execute(on)
  return rows.map((row) => row.id)
}

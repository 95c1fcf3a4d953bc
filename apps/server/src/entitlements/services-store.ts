import type { CallId, Instant, KeyId, MemberId, ServiceCount, SubscriptionId } from '@codeplan/core'

import { jsonb, sql, type Queries, type Tx } from '../platform/index.ts'

export interface LineRow {
  readonly minute_at: number
  readonly minute_calls: number
}

export interface ServiceCallRow {
  readonly id: CallId
  readonly member_id: MemberId
  readonly key_id: KeyId
  readonly service: string
  readonly path: string
  readonly node: string
  readonly subscription_id: SubscriptionId | null
  readonly plan: string | null
  readonly period_at: number | null
  readonly price: number
  readonly currency: string
  readonly taken_at: number
  readonly deadline_at: number
  readonly ended_at: number | null
  readonly counted: boolean | null
  readonly details: Readonly<Record<string, unknown>>
}

/** A member's line, locked; made when it is not there. */
export async function lockLine(tx: Tx, memberId: MemberId): Promise<LineRow> {
  await sql`insert into service_lines (member_id) values (${memberId}) on conflict do nothing`.execute(tx)
  const { rows } = await sql<LineRow>`select minute_at, minute_calls from service_lines
    where member_id = ${memberId} for update`.execute(tx)
  return rows[0] as LineRow
}

export async function saveLine(tx: Tx, memberId: MemberId, line: LineRow): Promise<void> {
  await sql`update service_lines set minute_at = ${line.minute_at}, minute_calls = ${line.minute_calls}
    where member_id = ${memberId}`.execute(tx)
}

export async function runningCalls(tx: Tx, memberId: MemberId): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from service_calls
    where member_id = ${memberId} and ended_at is null`.execute(tx)
  return rows[0]?.count ?? 0
}

/** Counters of subscriptions by `subscription service`. */
export async function readCounts(
  on: Queries | Tx,
  subscriptionIds: readonly string[],
): Promise<ReadonlyMap<string, ServiceCount>> {
  const { rows } = await sql<{ subscription_id: string; service: string; starts_at: Instant; used: number }>`
    select subscription_id, service, starts_at, used from service_quotas
    where subscription_id = any(${[...subscriptionIds]})`.execute(on)
  return new Map(
    rows.map((row) => [`${row.subscription_id} ${row.service}`, { startsAt: row.starts_at, used: row.used }]),
  )
}

/** Stores a counter; one of a period that is over is begun anew. */
export async function saveCount(
  tx: Tx,
  subscriptionId: string,
  service: string,
  { startsAt, used }: ServiceCount,
): Promise<void> {
  await sql`insert into service_quotas (subscription_id, service, starts_at, used)
    values (${subscriptionId}, ${service}, ${startsAt}, ${used})
    on conflict (subscription_id, service) do update set used = excluded.used, starts_at = excluded.starts_at,
      carried = case when service_quotas.starts_at = excluded.starts_at then service_quotas.carried else 0 end`.execute(
    tx,
  )
}

/** What was taken before a plan was changed is taken of the new one, too. */
export async function carryCounts(tx: Tx, from: string, to: string): Promise<void> {
  await sql`insert into service_quotas (subscription_id, service, starts_at, used, carried)
    select ${to}, service, starts_at, used, used from service_quotas where subscription_id = ${from}`.execute(tx)
}

export async function insertServiceCall(
  tx: Tx,
  row: Omit<ServiceCallRow, 'ended_at' | 'counted' | 'details'>,
): Promise<void> {
  await sql`insert into service_calls
    (id, member_id, key_id, service, path, node, subscription_id, plan, period_at, price, currency, taken_at, deadline_at)
    values (${row.id}, ${row.member_id}, ${row.key_id}, ${row.service}, ${row.path}, ${row.node}, ${row.subscription_id},
    ${row.plan}, ${row.period_at}, ${row.price}, ${row.currency}, ${row.taken_at}, ${row.deadline_at})`.execute(tx)
}

/** Ends a call that runs; undefined when it has ended before: whoever gets the row, and nobody else, gives back what it took. */
export async function markEnded(
  tx: Tx,
  id: CallId,
  end: { readonly at: Instant; readonly counted: boolean; readonly details: Readonly<Record<string, unknown>> },
): Promise<ServiceCallRow | undefined> {
  const { rows } = await sql<ServiceCallRow>`update service_calls
    set ended_at = ${end.at}, counted = ${end.counted}, details = ${jsonb(end.details)}::jsonb
    where id = ${id} and ended_at is null returning *`.execute(tx)
  return rows[0]
}

export async function serviceCallById(on: Queries | Tx, id: string): Promise<ServiceCallRow | undefined> {
  const { rows } = await sql<ServiceCallRow>`select * from service_calls where id = ${id}`.execute(on)
  return rows[0]
}

/** Calls of a member in the order in which they were let in. */
export async function serviceCallsAfter(
  on: Queries,
  memberId: MemberId,
  span: { readonly from: number; readonly to: number },
  after: { readonly takenAt: number; readonly id: string },
  limit: number,
): Promise<readonly ServiceCallRow[]> {
  const { rows } = await sql<ServiceCallRow>`select * from service_calls
    where member_id = ${memberId} and taken_at >= ${span.from} and taken_at < ${span.to}
    and (taken_at, id) > (${after.takenAt}, ${after.id}) order by taken_at, id limit ${limit}`.execute(on)
  return rows
}

export interface ServiceHour {
  readonly hour_at: number
  readonly service: string
  readonly calls: number
}

/** How often each service was called in each hour (UTC); what was given back was no call. */
export async function serviceHours(
  on: Queries,
  memberId: MemberId,
  span: { readonly from: number; readonly to: number },
): Promise<readonly ServiceHour[]> {
  const { rows } = await sql<ServiceHour>`
    select (taken_at / 3600000) * 3600000 as hour_at, service, count(*)::int as calls from service_calls
    where member_id = ${memberId} and taken_at >= ${span.from} and taken_at < ${span.to} and counted is not false
    group by 1, 2 order by 1, 2`.execute(on)
  return rows
}

/** Calls whose end nobody will write any more: past their deadline, or of a node that has fallen silent. */
export async function abandonedCalls(
  on: Queries,
  limit: { readonly now: Instant; readonly silentBefore: number; readonly ownNode: string; readonly count: number },
): Promise<readonly CallId[]> {
  const { rows } = await sql<{ id: CallId }>`select c.id from service_calls c left join nodes n on n.id = c.node
    where c.ended_at is null and (c.deadline_at <= ${limit.now}
      or (c.node <> ${limit.ownNode} and coalesce(n.seen_at, 0) < ${limit.silentBefore}))
    order by c.id limit ${limit.count}`.execute(on)
  return rows.map(({ id }) => id)
}

export async function forgetServiceCalls(on: Queries, before: number): Promise<void> {
  await sql`delete from service_calls where taken_at < ${before} and ended_at is not null`.execute(on)
}

/** Counters that are not what the calls say. */
export async function wrongCounts(
  tx: Tx,
  since: number,
): Promise<
  readonly { readonly id: string; readonly service: string; readonly used: number; readonly calls: number }[]
> {
  const { rows } = await sql<{ id: string; service: string; used: number; calls: number }>`
    select q.subscription_id as id, q.service, q.used, (q.carried + count(c.id))::int as calls
    from service_quotas q left join service_calls c on c.subscription_id = q.subscription_id and c.service = q.service
      and c.period_at = q.starts_at and c.counted is not false
    where q.starts_at >= ${since}
    group by q.subscription_id, q.service, q.used, q.carried having q.used <> q.carried + count(c.id)`.execute(tx)
  return rows
}

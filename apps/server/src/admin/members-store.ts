import type { Instant, MemberId } from '@codeplan/core'

import type { Language } from '../platform/index.ts'
import { sql, type Queries } from '../platform/index.ts'

export interface MemberListRow {
  readonly id: MemberId
  readonly email: string
  readonly name: string
  readonly role: 'member' | 'support' | 'operator'
  readonly created_at: number
  readonly verified_at: number | null
  readonly suspended_at: number | null
  readonly language: Language
  readonly zone: string | null
  readonly plan: string | null
  readonly ends_at: number | null
  readonly past_due: boolean
}

export interface MembersWish {
  readonly q?: string | undefined
  readonly is?: 'suspended' | 'past_due' | 'subscribed' | 'unverified' | 'staff' | undefined
  readonly plan?: string | undefined
  readonly before?: string | undefined
  readonly limit: number
}

const WHICH = {
  suspended: sql`and m.suspended_at is not null`,
  past_due: sql`and m.id in (select member_id from contracts where status = 'past_due')`,
  subscribed: sql`and s.plan is not null`,
  unverified: sql`and m.verified_at is null`,
  staff: sql`and m.role <> 'member'`,
}
/** Shorter beginnings would name half of all keys. */
const HANDLE_CHARS_MIN = 6

const listed = (now: Instant) => sql`select m.id, m.email, m.name, m.role, m.created_at, m.verified_at, m.suspended_at,
    m.language, m.zone, s.plan, s.ends_at,
    exists (select 1 from contracts c where c.member_id = m.id and c.status = 'past_due') as past_due
  from members m left join lateral (
    select v.plan, s.ends_at from subscriptions s join plan_versions v on v.id = s.plan_version_id
    where s.member_id = m.id and s.starts_at <= ${now} and s.ends_at > ${now}
    order by s.rank desc, s.ends_at desc limit 1) s on true`

/** The newest first, a page at a time. */
export async function membersPage(on: Queries, wish: MembersWish, now: Instant): Promise<readonly MemberListRow[]> {
  const q = wish.q?.toLowerCase() ?? ''
  const keys =
    q.length >= HANDLE_CHARS_MIN ? sql`or m.id in (select member_id from keys where starts_with(handle, ${q}))` : sql``
  const named =
    q === ''
      ? sql``
      : sql`and (position(${q} in m.email) > 0 or position(${q} in lower(m.name)) > 0 or m.id = ${q} ${keys})`
  const plan = wish.plan === undefined ? sql`` : sql`and s.plan = ${wish.plan}`
  const page = wish.before === undefined ? sql`` : sql`and m.id < ${wish.before}`
  const which = wish.is === undefined ? sql`` : WHICH[wish.is]
  const { rows } = await sql<MemberListRow>`${listed(now)} where true ${named} ${plan} ${which} ${page}
    order by m.id desc limit ${wish.limit}`.execute(on)
  return rows
}

export async function memberRow(on: Queries, id: string, now: Instant): Promise<MemberListRow | undefined> {
  return (await sql<MemberListRow>`${listed(now)} where m.id = ${id}`.execute(on)).rows[0]
}

/** Signs of how the member signs in. */
export async function signInOf(
  on: Queries,
  id: string,
  now: Instant,
): Promise<{ two_step: boolean; sessions: number }> {
  const { rows } = await sql<{ two_step: boolean; sessions: number }>`select
    exists (select 1 from credentials where member_id = ${id} and totp_since is not null) as two_step,
    (select count(*)::int from sessions where member_id = ${id} and ends_at > ${now}) as sessions`.execute(on)
  return rows[0] as { two_step: boolean; sessions: number }
}

export interface DayRow {
  /** Days since 1970 on the zone's calendar. */
  readonly day: number
  readonly calls: number
  readonly charge: number
  readonly list_price: number
}

/** By day of a zone that is so far from UTC now: offsets change by an hour twice a year at most, which a chart may ignore. */
export async function daysOf(
  on: Queries,
  purses: readonly string[],
  span: { readonly from: number; readonly offsetMs: number },
): Promise<readonly DayRow[]> {
  const { rows } =
    await sql<DayRow>`select (hour_at + ${span.offsetMs}::int8) / 86400000 as day, sum(calls)::int8 as calls,
      sum(charge)::int8 as charge, sum(list_price)::int8 as list_price
    from usage_hours where subscription_id = any(${[...purses]}) and hour_at >= ${span.from} group by 1 order by 1`.execute(
      on,
    )
  return rows
}

export interface SourceRow {
  readonly id: string
  readonly source: string
}
export async function sourcesOf(on: Queries, memberId: string): Promise<readonly SourceRow[]> {
  return (await sql<SourceRow>`select id, source from subscriptions where member_id = ${memberId}`.execute(on)).rows
}

export interface CreditRow {
  readonly window_id: string
  readonly micro: number
  readonly reason: string
  readonly given_by: string
  readonly given_at: number
}

/** What was given on top of windows, the newest first. */
export async function creditsOf(on: Queries, subscriptions: readonly string[]): Promise<readonly CreditRow[]> {
  const { rows } = await sql<CreditRow>`select window_id, micro, reason, given_by, given_at from quota_credits
    where subscription_id = any(${[...subscriptions]}) order by given_at desc limit 20`.execute(on)
  return rows
}

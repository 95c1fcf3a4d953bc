import { sql, type Tx } from '../platform/index.ts'

/** What the year is made of: everything else follows from it, so the same seed makes the same year. */
export interface Year {
  readonly seed: number
  readonly members: number
  readonly from: number
  readonly now: number
  readonly zone: string
  readonly currency: string
  readonly plans: readonly {
    readonly plan: string
    readonly version: string
    readonly rank: number
    readonly share: number
    readonly month: number
    readonly quarter: number
    readonly year: number
    readonly models: readonly string[]
    readonly windows: readonly { readonly id: string; readonly kind: string; readonly length_ms: number }[]
  }[]
  readonly models: readonly {
    readonly id: string
    readonly input: number
    readonly cached: number
    readonly output: number
    readonly places: number
    /** Permille of each hour of the operator's day. */
    readonly permille: readonly number[]
  }[]
  readonly tools: readonly string[]
  readonly catalog: number
  readonly invoicePrefix: string
  readonly noticeDays: readonly number[]
  readonly chargeBeforeMs: number
  readonly graceMs: number
  readonly retryMs: number
}

/** Letters of ids, as `makeId` writes them. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const digit = (shift: number): string => `substr('${ALPHABET}', ((at >> ${shift}) & 31)::int + 1, 1)`
const TIME = [40, 35, 30, 25, 20, 15, 10, 5, 0].map(digit).join(' || ')

export async function hasMembers(tx: Tx): Promise<boolean> {
  return (await sql`select 1 from members limit 1`.execute(tx)).rows.length > 0
}

/** Dice that are read off names, ids that begin with their time, and months on the operator's calendar. */
export async function makeDice(tx: Tx, { seed, zone }: Year): Promise<void> {
  for (const text of [
    `create function pg_temp.dice(k text) returns float8 language sql immutable as
      'select (hashtextextended(k, ${seed}) & 1048575)::float8 / 1048576'`,
    `create function pg_temp.mkid(prefix text, at int8, k text) returns text language sql immutable as $$
      select prefix || '_' || ${TIME} || substr(md5(k || '${seed}'), 1, 16) $$`,
    `create function pg_temp.plus(at int8, months int) returns int8 language sql stable as $$
      select (extract(epoch from ((to_timestamp(at / 1000.0) at time zone '${zone}')
        + make_interval(months => months)) at time zone '${zone}') * 1000)::int8 $$`,
  ])
    await sql.raw(text).execute(tx)
}

/** Members come ever faster. Their keys are nobody's: no text of one is known. */
export async function seedMembers(tx: Tx, year: Year): Promise<void> {
  const span = year.now - year.from
  await sql`create temp table seed_people as
    select n, pg_temp.mkid('mem', at, 'm' || n) as id, at from (
      select n, ${year.from}::int8 + (${span}::int8 * sqrt(pg_temp.dice('joined' || n)))::int8 / 1000 * 1000 as at
      from generate_series(1, ${year.members}::int) n) p`.execute(tx)
  await sql`insert into members (id, email, name, created_at, suspended_at, verified_at, language)
    select id, 'member-' || lpad(n::text, 5, '0') || '@example.org', '', at,
      case when pg_temp.dice('bad' || n) < 0.003 then least(at + 40 * 86400000::int8, ${year.now}::int8) end,
      case when pg_temp.dice('verified' || n) < 0.95 then at + 300000 end,
      case when pg_temp.dice('language' || n) < 0.7 then 'zh' else 'en' end
    from seed_people`.execute(tx)
  await sql`insert into keys (id, member_id, name, handle, hash, sealed_secret, created_at, last_used_at)
    select pg_temp.mkid('key', at + 400000, 'k' || n || '.' || i), id, case i when 1 then 'default' else 'laptop' end,
      md5('handle' || n || '.' || i || ${String(year.seed)}::text), sha256(convert_to('key' || n || '.' || i || ${String(year.seed)}::text, 'UTF8')),
      '', at + 400000, null
    from seed_people, generate_series(1, 2) i where i = 1 or pg_temp.dice('two' || n) < 0.2`.execute(tx)
}

/** Who bought what, and each period that was paid for. */
export async function seedPeriods(tx: Tx, year: Year): Promise<void> {
  const plans = JSON.stringify(year.plans)
  await sql`create temp table seed_plans as select *, sum(share) over (order by rank) as upto
    from jsonb_to_recordset(${plans}::jsonb) as p(plan text, version text, rank int, share float8, month int8, quarter int8,
      year int8, models jsonb, windows jsonb)`.execute(tx)
  await sql`create temp table seed_subs as
    select s.*, p.plan, p.version, p.rank, p.models, p.windows,
      case s.cycle when 'month' then p.month when 'quarter' then p.quarter else p.year end as price,
      pg_temp.mkid('sub', s.begins, 's' || s.n) as id, pg_temp.mkid('pmt', s.begins, 'p' || s.n) as method
    from (
      select n, id as member, at + 600000 + (pg_temp.dice('buys' || n) * 86400000)::int8 / 1000 * 1000 as begins,
        case when pg_temp.dice('cycle' || n) < 0.8 then 'month' when pg_temp.dice('cycle' || n) < 0.92 then 'quarter' else 'year' end as cycle,
        case when pg_temp.dice('cycle' || n) < 0.8 then 1 when pg_temp.dice('cycle' || n) < 0.92 then 3 else 12 end as months,
        pg_temp.dice('plan' || n) as dice, 1 + floor(ln(greatest(pg_temp.dice('stays' || n), 0.000001)) / ln(0.93))::int as stays,
        pg_temp.dice('refund' || n) < 0.012 as refunded
      from seed_people where pg_temp.dice('subscribes' || n) < 0.82) s
    join lateral (select * from seed_plans p where p.upto > s.dice order by p.upto limit 1) p on true
    where s.begins < ${year.now}::int8 - 3600000`.execute(tx)
  await sql`update seed_subs set refunded = false where begins > ${year.now}::int8 - 8 * 86400000::int8`.execute(tx)
  await sql`create temp table seed_periods as
    select s.n, s.member, s.id as sub, k, pg_temp.plus(s.begins, k * s.months) as starts,
      pg_temp.plus(s.begins, (k + 1) * s.months) as ends, s.price
    from seed_subs s, generate_series(0, 13) k where k < s.stays and (k = 0 or not s.refunded)`.execute(tx)
  await sql`delete from seed_periods where k > 0 and starts - ${year.chargeBeforeMs}::int8 > ${year.now}::int8`.execute(
    tx,
  )
  await sql`alter table seed_periods add column paid_at int8, add column order_id text, add column payment_id text,
    add column cut int8 not null default 0`.execute(tx)
  await sql`update seed_periods set paid_at = case k when 0 then starts else starts - ${year.chargeBeforeMs}::int8 + 4000 end`.execute(
    tx,
  )
  await sql`update seed_periods set order_id = pg_temp.mkid('ord', paid_at - 90000, 'o' || n || '.' || k),
    payment_id = pg_temp.mkid('pay', paid_at - 60000, 'y' || n || '.' || k)`.execute(tx)
  // Given back two days after the begin: nine tenths of the money.
  await sql`update seed_periods p set cut = p.price * 9 / 10 from seed_subs s where s.n = p.n and s.refunded`.execute(
    tx,
  )
  await sql`create index on seed_periods (n)`.execute(tx)
  await sql`analyze seed_periods`.execute(tx)
}

const GIVEN_BACK_AFTER_MS = 2 * 86_400_000

/** Subscriptions and their contracts, each in the state that its periods have brought it to. */
export async function seedSubscriptions(tx: Tx, year: Year): Promise<void> {
  const { now } = year
  await sql`create temp table seed_last as
    select s.*, p.k, p.starts, p.ends, case when s.refunded then p.starts + ${GIVEN_BACK_AFTER_MS}::int8 else p.ends end as paid_until,
      case when s.refunded then 'refunded' when p.ends > ${now}::int8 then 'active'
        when p.ends > ${now}::int8 - 2 * 86400000::int8 and pg_temp.dice('declined' || s.n) < 0.3 then 'past_due' else 'over' end as state
    from seed_subs s join lateral (select * from seed_periods p where p.n = s.n order by p.k desc limit 1) p on true`.execute(
    tx,
  )
  await sql`insert into subscriptions (id, member_id, plan_version_id, rank, source, anchor_at, starts_at, ends_at, created_at, paid_until)
    select l.id, l.member, l.version, l.rank, 'order:' || (select order_id from seed_periods p where p.n = l.n and p.k = 0), l.begins,
      l.begins, case l.state when 'past_due' then l.ends + ${year.graceMs}::int8 else l.paid_until end, l.begins,
      case l.state when 'past_due' then l.ends end from seed_last l`.execute(tx)
  await sql`insert into quotas (subscription_id) select id from seed_last`.execute(tx)
  await sql`insert into payment_methods (id, member_id, provider, mandate, label, fingerprint, created_at)
    select method, member, 'sandbox', 'seed-' || n, 'Test card •••• 4242', 'seed-' || n, begins from seed_last`.execute(
    tx,
  )
  const notices = sql`unnest(${[...year.noticeDays]}::int8[]) as d(days)`
  await sql`insert into contracts (subscription_id, member_id, status, currency, terms, method_id, due_at, ended_at, ended_why, created_at)
    select id, member, case state when 'active' then 'active' when 'past_due' then 'past_due' else 'ended' end, ${year.currency}::text,
      jsonb_build_object('status', case state when 'active' then 'active' when 'past_due' then 'past_due' else 'ended' end,
        'planVersionId', version, 'cycle', cycle, 'price', price, 'anchorAt', begins, 'periodNo', k,
        'period', jsonb_build_object('startsAt', starts, 'endsAt', paid_until),
        'renews', state = 'past_due' or (state = 'active' and k + 1 < stays),
        'noticesSent', case state when 'active' then (select count(*) from ${notices} where ends - days * 86400000 <= ${now}::int8) else 0 end,
        'declines', case state when 'past_due' then 1 else 0 end)
        || case state when 'past_due' then jsonb_build_object('declinedAt', ends - ${year.chargeBeforeMs}::int8) else '{}'::jsonb end,
      method,
      case when state = 'past_due' then ends - ${year.chargeBeforeMs}::int8 + ${year.retryMs}::int8 * 3
        when state <> 'active' then null when k + 1 >= stays then ends
        else coalesce((select min(ends - days * 86400000) from ${notices} where ends - days * 86400000 > ${now}::int8),
          ends - ${year.chargeBeforeMs}::int8) end,
      case state when 'refunded' then paid_until when 'over' then ends end,
      case state when 'refunded' then 'refunded' when 'over' then 'cancelled' end, begins
    from seed_last`.execute(tx)
  await sql`insert into paid_periods (subscription_id, starts_at, ends_at, net, order_id)
    select sub, starts, case when cut > 0 then starts + ${GIVEN_BACK_AFTER_MS}::int8 else ends end, price - cut, order_id
    from seed_periods`.execute(tx)
}

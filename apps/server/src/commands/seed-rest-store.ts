import { sql, type Tx } from '../platform/index.ts'
import type { Year } from './seed-people-store.ts'

const DAY_MS = 86_400_000
/** No page looks back longer at hours of places. */
const CAPACITY_DAYS = 60
const REFUSALS_EACH = 0.4

/** Measured capacity, refusals, releases of the sale, letters and deeds. */
export async function seedRest(tx: Tx, year: Year): Promise<void> {
  const { now, from, zone } = year
  // Every hour has a little; the day has its hill, and each month is fuller than the last one.
  await sql`insert into capacity_hours (hour_at, model, node, places, calls, retries, waited, wait_ms, wait_ms_max, left_waiting,
      refused_full, refused_late, refused_own, in_use_ms, in_use_peak, waiting_ms, waiting_peak)
    select hour_at, id, 'node_seed', places, calls, calls / 150, over * 4, over * 4 * 2200, over * 900, over / 2, over / 3, over / 4, over / 5,
      (load * places * 3600000)::int8, least(places, ceil(load * places * 1.5))::int8, over * 9000, over
    from (select *, (load * places * 50)::int8 as calls, greatest(0, (load - 0.72) * 60)::int8 as over from (
      select h as hour_at, m.id, m.places, least(0.97, 0.8 * (0.12 + 0.78 * exp(-power((extract(hour from to_timestamp(h / 1000.0) at time zone ${zone}::text)::float8 - 15.5) / 4.2, 2)))
          * (0.25 + 0.75 * (h - ${from}::int8)::float8 / ${now - from}::float8) * (0.75 + 0.4 * pg_temp.dice('load' || m.id || h))) as load
      from generate_series((${now}::int8 - ${CAPACITY_DAYS * DAY_MS}::int8) / 3600000 * 3600000, ${now}::int8, 3600000) h, seed_models m) l) c`.execute(
    tx,
  )
  await sql`insert into refusals (id, member_id, key_id, at, times, told)
    select 'seed' || lpad(i::text, 26, '0'), p.id, pg_temp.mkid('key', p.at + 400000, 'k' || p.n || '.1'), r.at, r.times,
      jsonb_build_object('refusal', case r.kind
          when 0 then jsonb_build_object('code', 'too_many_calls', 'inFlight', 5, 'concurrencyMax', 5)
          when 1 then jsonb_build_object('code', 'tool_not_supported', 'plan', 'Lite', 'tools', jsonb_build_array('Claude Code'))
          when 2 then jsonb_build_object('code', 'unknown_model', 'model', 'glm-9')
          else jsonb_build_object('code', 'upstream_busy', 'retryAfterSec', 5) end,
        'path', '/api/anthropic/v1/messages', 'tool', case r.kind when 1 then 'unknown' else 'claude-code' end,
        'toolRule', null, 'userAgent', case r.kind when 1 then (array['python-requests/2.32.5', 'curl/8.14.1', 'okhttp/5.1.0'])[1 + i % 3] else 'claude-cli/2.1.330 (external, cli)' end,
        'model', 'glm-4.7')
    from (select i, 1 + floor(pg_temp.dice('who' || i) * ${year.members}::int)::int as n, ${now}::int8 - (pg_temp.dice('when' || i) * 7 * ${DAY_MS}::int8)::int8 as at,
        1 + floor(pg_temp.dice('times' || i) ^ 4 * 20)::int as times, floor(pg_temp.dice('kind' || i) * 4)::int as kind
      from generate_series(1, ${Math.ceil(year.members * REFUSALS_EACH)}::int) i) r join seed_people p on p.n = r.n where p.at < r.at`.execute(
    tx,
  )
  await releases(tx, year)
  await sql`insert into mails (id, member_id, address, kind, data, dedupe_key, created_at, sent_at, attempts, failure)
    select pg_temp.mkid('mail', o.closed_at, o.id), o.member_id, m.email, 'receipt', jsonb_build_object('what', coalesce(o.plan, 'balance'),
        'amount', trunc(o.amount / 100.0, 2)::text, 'currency', o.currency, 'invoice', i.number), 'receipt:' || o.id, o.closed_at,
      case when pg_temp.dice('mail' || o.id) < 0.998 then o.closed_at + 5000 end, 1, case when pg_temp.dice('mail' || o.id) >= 0.998 then 'mailbox full' end
    from orders o join members m on m.id = o.member_id join invoices i on i.order_id = o.id where o.state = 'paid'`.execute(
    tx,
  )
  await sql`insert into audit (id, at, who, address, action, whom, before, after, why)
    select pg_temp.mkid('aud', suspended_at, id), suspended_at, 'command line', '', 'member suspend', id, '{"suspended": false}'::jsonb,
      '{"suspended": true}'::jsonb, 'a script in a loop' from members where suspended_at is not null`.execute(tx)
}

/** A release of each plan every day at ten, with the pieces that were sold of it. Yesterday's is the last. */
async function releases(tx: Tx, { now, from, zone }: Year): Promise<void> {
  await sql`insert into sale_plans (plan) select plan from seed_plans on conflict do nothing`.execute(tx)
  await sql`create temp table seed_releases as
    select plan, day, 'seed:' || plan || ':' || day as id, opens, lead(opens) over (partition by plan order by opens) as closes from (
      select plan, d::date::text as day, (extract(epoch from (d + interval '10 hours') at time zone ${zone}::text) * 1000)::int8 as opens
      from seed_plans, generate_series(date_trunc('day', to_timestamp(${from}::int8 / 1000.0) at time zone ${zone}::text),
        to_timestamp(${now}::int8 / 1000.0) at time zone ${zone}::text, interval '1 day') d) r`.execute(tx)
  await sql`create temp table seed_pieces as
    select r.id as release, s.plan, s.member, p.order_id, s.begins from seed_subs s join seed_periods p on p.n = s.n and p.k = 0
    join seed_releases r on r.plan = s.plan and s.begins >= r.opens and s.begins < r.closes`.execute(tx)
  await sql`insert into sale_releases (id, plan, origin, opens_at, closes_at, pieces, taken, seed, drawn_at, drawn_by, created_at)
    select r.id, r.plan, 'calendar', r.opens, r.closes, greatest(20, coalesce(n.taken, 0)), coalesce(n.taken, 0), md5(r.id) || md5(r.id || 'b'), r.opens, 'lot', r.opens - 86400000
    from seed_releases r left join (select release, count(*)::int as taken from seed_pieces group by 1) n on n.release = r.id
    where r.closes is not null and r.closes <= ${now}::int8`.execute(tx)
  await sql`insert into sale_reservations (id, release_id, plan, member_id, state, order_id, taken_at)
    select pg_temp.mkid('rsv', begins, order_id), release, plan, member, 'sold', order_id, begins from seed_pieces
    where release in (select id from sale_releases)`.execute(tx)
}

/** The planner learns what is there; the embedded database has nobody who would do so by and by. */
export const seedAnalyzed = (tx: Tx): Promise<unknown> => sql`analyze`.execute(tx)

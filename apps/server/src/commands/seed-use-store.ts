import { sql, type Tx } from '../platform/index.ts'
import type { Year } from './seed-people-store.ts'

const DAY_MS = 86_400_000
/** Facts are kept for these days, as the check of the hours looks back; before, only the hours are there. */
const FACTS_DAYS = 32

/**
 * Who worked when: a day of a member is one sitting of up to four hours, so that its first call opens the window of the day. Each draw
 * is one question with some calls.
 */
export async function seedDraws(tx: Tx, { now, zone, tools }: Year): Promise<void> {
  await sql`create temp table seed_sittings as
    select s.n, s.id as sub, s.member, s.begins as anchor, s.version, s.plan, s.models, s.windows, greatest(d.day + s.hour * 3600000::int8
        + (pg_temp.dice('minute' || s.n || '.' || d.i) * 30)::int8 * 60000, s.begins + 60000) as t0, d.i,
      1 + (pg_temp.dice('hours' || s.n || '.' || d.i) * 3.4)::int as hours,
      (${[...tools]}::text[])[1 + floor(pg_temp.dice('tool' || s.n) ^ 2 * ${tools.length}::int)::int] as tool,
      pg_temp.mkid('key', p.at + 400000, 'k' || s.n || '.1') as key
    from (select l.*, 8 + floor((pg_temp.dice('hour' || l.n) + pg_temp.dice('late' || l.n)) * 6)::int as hour,
        0.15 + pg_temp.dice('eager' || l.n) * 0.5 as eager, subs.starts_at, subs.ends_at
      from seed_last l join subscriptions subs on subs.id = l.id) s
    join seed_people p on p.n = s.n
    join lateral (select i, i * ${DAY_MS}::int8 - ${offsetOf(zone, now)}::int8 as day
      from generate_series(s.starts_at / ${DAY_MS}::int8, least(s.ends_at, ${now}::int8) / ${DAY_MS}::int8) i) d on true
    where pg_temp.dice('works' || s.n || '.' || d.i) < s.eager * case when (d.i + 3) % 7 >= 5 then 0.5 else 1 end`.execute(
    tx,
  )
  await sql`create temp table seed_draws as
    select s.n, s.sub, s.member, s.anchor, s.version, s.plan, s.windows, s.t0, s.tool, s.key, s.i, h, m,
      s.models->>(case m when 0 then 0 else floor(pg_temp.dice('model' || s.n || '.' || s.i || '.' || h) * jsonb_array_length(s.models))::int end) as model,
      case h when 0 then s.t0 else (s.t0 / 3600000 + h) * 3600000 + 45000 end + m * 900000::int8 as at,
      1 + floor(pg_temp.dice('calls' || s.n || '.' || s.i || '.' || h || '.' || m) ^ 2 * 4)::int as calls
    from seed_sittings s, generate_series(0, 3) h, generate_series(0, 1) m
    where h < s.hours and (m = 0 or pg_temp.dice('second' || s.n || '.' || s.i || '.' || h) < 0.3)`.execute(tx)
  await sql`delete from seed_draws d using subscriptions s where s.id = d.sub
    and (d.at + 600000 > ${now}::int8 or d.at + 600000 > s.ends_at or d.at < s.starts_at)`.execute(tx)
}

const offsetOf = (zone: string, now: number): number => {
  const text = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' }).format(now)
  const [, sign = '+', hours = '0', minutes = '0'] = /GMT([+-])(\d\d):(\d\d)/.exec(text) ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
}

/** Models by id with the factor of each hour; prices of their last tier, which holds for long contexts. */
export async function seedModels(tx: Tx, { models }: Year): Promise<void> {
  await sql`create temp table seed_models as select * from jsonb_to_recordset(${JSON.stringify(models)}::jsonb)
    as m(id text, input int8, cached int8, output int8, places int, permille jsonb)`.execute(tx)
}

const CALL_PRICED = sql`((c.input * c.m_input + c.cached * c.m_cached + c.output * c.m_output + 999999) / 1000000)`
const PRICED = sql`((d.input * m.input + d.cached * m.cached + d.output * m.output + 999999) / 1000000)`

/** Calls of the last weeks: events, prompts, and what they left in the windows that are open. */
export async function seedFacts(tx: Tx, { now, zone, catalog }: Year): Promise<void> {
  const since = now - FACTS_DAYS * DAY_MS
  await sql`create temp table seed_calls as
    select d.*, j, d.at + j * 41000::int8 as admitted, pg_temp.mkid('prm', d.at, 'q' || d.n || '.' || d.i || '.' || d.at || '.' || d.m) as prompt,
      to_char(to_timestamp((d.at + j * 41000) / 1000.0) at time zone 'Asia/Shanghai', 'YYYYMMDDHH24MISS')
        || substr(md5('call' || d.n || '.' || d.i || '.' || d.at || '.' || j), 1, 16) as id,
      (m.permille->>(extract(hour from to_timestamp(d.at / 1000.0) at time zone ${zone}::text)::int))::int as permille,
      6000 + (pg_temp.dice('in' || d.n || d.at || j) * 8000)::int8 as input, 60000 + (pg_temp.dice('ca' || d.n || d.at || j) * 90000)::int8 as cached,
      800 + (pg_temp.dice('ou' || d.n || d.at || j) ^ 2 * 6000)::int8 as output,
      400 + (pg_temp.dice('fb' || d.n || d.at || j) ^ 3 * 3000)::int8 as first_ms, 4000 + (pg_temp.dice('ou' || d.n || d.at || j) ^ 2 * 26000)::int8 as total_ms,
      pg_temp.dice('fails' || d.n || d.at || j) < 0.006 as failed, m.input as m_input, m.cached as m_cached, m.output as m_output
    from seed_draws d join seed_models m on m.id = d.model, generate_series(0, d.calls - 1) j where d.at >= ${since}::int8`.execute(
    tx,
  )
  // A call that fails does not count: then the next one pays for the prompt. Simply: the first one never fails.
  await sql`update seed_calls set failed = false where j = 0 and failed`.execute(tx)
  await sql`create temp table seed_starts as
    select distinct on (prompt) prompt, (select jsonb_object_agg(w->>'id', case w->>'kind' when 'first_use' then t0
        else anchor + (admitted - anchor) / (w->>'length_ms')::int8 * (w->>'length_ms')::int8 end)
      from jsonb_array_elements(windows) w) as starts, permille * 1000::int8 as micro from seed_calls where j = 0`.execute(
    tx,
  )
  await sql`create index on seed_starts (prompt)`.execute(tx)
  await sql`analyze seed_starts`.execute(tx)
  await sql`insert into prompts (id, subscription_id, key, asked, session, tally, calls, opened_at, last_call_at, used)
    select c.prompt, c.sub, md5(c.prompt), true, 'seed-' || c.n || '.' || c.i, jsonb_build_object('open', '[]'::jsonb,
        'settled', jsonb_build_array(jsonb_build_array(max(c.permille), count(*) filter (where not c.failed))),
        'parts', jsonb_build_array(jsonb_build_object('starts', s.starts, 'reserved', s.micro, 'settled', s.micro))),
      count(*), min(c.admitted), max(c.admitted), jsonb_build_object('calls', count(*), 'charge', s.micro, 'multiplier', max(c.permille),
        'models', jsonb_agg(distinct c.model), 'tools', jsonb_agg(distinct c.tool),
        'input_tokens', coalesce(sum(c.input + c.cached) filter (where not c.failed), 0),
        'output_tokens', coalesce(sum(c.output) filter (where not c.failed), 0),
        'list_price', coalesce(sum(${CALL_PRICED}) filter (where not c.failed), 0))
    from seed_calls c join seed_starts s on s.prompt = c.prompt group by c.prompt, c.sub, c.n, c.i, s.starts, s.micro`.execute(
    tx,
  )
  await sql`insert into meter_events (id, admitted_at, settled_at, member_id, subscription_id, key_id, prompt_id, ending, billable, model,
      multiplier, charge, charges, input_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, output_tokens,
      reasoning_tokens, list_price, details)
    select c.id, c.admitted, c.admitted + c.total_ms, c.member, c.sub, c.key, c.prompt,
      case when c.failed then 'upstream_failed' else 'completed' end, not c.failed, c.model, c.permille, case c.j when 0 then s.micro else 0 end,
      case c.j when 0 then (select jsonb_agg(jsonb_build_object('window', key, 'startsAt', value, 'micro', s.micro))
        from jsonb_each(s.starts)) else '[]'::jsonb end,
      case when c.failed then 0 else c.input end, case when c.failed then 0 else c.cached end, 0, 0, case when c.failed then 0 else c.output end, 0,
      case when c.failed then 0 else ${CALL_PRICED} end,
      jsonb_build_object('admission', jsonb_build_object('id', c.id, 'memberId', c.member, 'keyId', c.key, 'subscriptionId', c.sub,
          'planVersionId', c.version, 'plan', c.plan, 'purse', jsonb_build_object('kind', 'plan'), 'catalogVersion', ${catalog}::int, 'promptId', c.prompt,
          'promptReason', case c.j when 0 then 'new' else 'same_question' end, 'mark', 'question', 'admittedAt', c.admitted, 'model', c.model,
          'modelAsked', c.model, 'tool', c.tool, 'toolRule', 'seed', 'path', '/api/anthropic/v1/messages', 'stream', true,
          'multiplier', c.permille, 'multiplierRule', 'seed', 'cost', case c.j when 0 then s.micro else 0 end, 'windows', '[]'::jsonb),
        'tokensFrom', 'upstream', 'firstByteMs', c.first_ms, 'totalMs', c.total_ms, 'tried', '[]'::jsonb)
    from seed_calls c join seed_starts s on s.prompt = c.prompt`.execute(tx)
  // The windows that are open now: what their prompts have put there.
  await sql`update quotas q set windows = w.windows from (
    select sub, jsonb_object_agg(id, jsonb_build_object('startsAt', starts, 'used', micro, 'settled', micro)) as windows from (
      select c.sub, e.key as id, e.value::int8 as starts, sum(s.micro)::int8 as micro
      from seed_calls c join seed_starts s on s.prompt = c.prompt cross join lateral jsonb_each_text(s.starts) e
      join lateral (select (w->>'length_ms')::int8 as length from jsonb_array_elements(c.windows) w where w->>'id' = e.key) r on true
      where c.j = 0 and e.value::int8 + r.length > ${now}::int8 group by 1, 2, 3) o group by sub) w where w.sub = q.subscription_id`.execute(
    tx,
  )
}

/** The hours: sums of the events where there are some, and of the draws before. */
export async function seedHours(tx: Tx, { now, zone }: Year): Promise<void> {
  const since = now - FACTS_DAYS * DAY_MS
  await sql`insert into usage_hours (subscription_id, hour_at, model, tool, key_id, calls, failed, charge, input_tokens, cache_read_tokens,
      cache_write_tokens, output_tokens, list_price, answered, first_byte_ms, output_ms)
    select sub, admitted / 3600000 * 3600000, model, tool, key, count(*), count(*) filter (where failed), sum(case when j = 0 then permille * 1000::int8 else 0 end),
      coalesce(sum(input) filter (where not failed), 0), coalesce(sum(cached) filter (where not failed), 0), 0, coalesce(sum(output) filter (where not failed), 0),
      coalesce(sum(${CALL_PRICED}) filter (where not failed), 0),
      count(*) filter (where not failed), coalesce(sum(first_ms) filter (where not failed), 0), coalesce(sum(total_ms - first_ms) filter (where not failed), 0)
    from seed_calls c group by 1, 2, 3, 4, 5`.execute(tx)
  await sql`insert into usage_hours (subscription_id, hour_at, model, tool, key_id, calls, failed, charge, input_tokens, cache_read_tokens,
      cache_write_tokens, output_tokens, list_price, answered, first_byte_ms, output_ms)
    select sub, hour_at, model, tool, key, calls, 0, charge, d.input, d.cached, 0, d.output, ${PRICED}, calls, calls * 900, calls * 9000 from (
      select sub, at / 3600000 * 3600000 as hour_at, model, tool, key, sum(calls) as calls,
        sum((m.permille->>(extract(hour from to_timestamp(at / 1000.0) at time zone ${zone}::text)::int))::int8 * 1000)::int8 as charge,
        sum(calls)::int8 * 10000 as input, sum(calls)::int8 * 105000 as cached, sum(calls)::int8 * 2800 as output
      from seed_draws d join seed_models m on m.id = d.model where at < ${since}::int8 group by 1, 2, 3, 4, 5) d
    join seed_models m on m.id = d.model`.execute(tx)
}

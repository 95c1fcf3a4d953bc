/**
 * A year of facts for the usage queries: subscribers who work in two bursts a day, and one who works around the clock with
 * three keys, two models and three tools. Nothing is drawn by lot: the same number gives the same rows.
 */
export interface Year {
  readonly events: number
  /** Midnight (UTC) of its first day. */
  readonly fromMs: number
  readonly heavy: { readonly subscription: string; readonly member: string; readonly key: string }
}

export const DAYS = 360
const SUBSCRIPTIONS = 5_000
/** Of all events. */
const HEAVY_SHARE = 0.05
const BURSTS_A_DAY = 2
/** Prompts are kept so long (catalog, `retention`). */
const PROMPT_DAYS = 90
const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

export const heavyCallsOf = (year: Year, days: number): number => Math.round((year.events * HEAVY_SHARE * days) / DAYS)

/** The subscribers, the months' partitions; the heavy one's subscription began with the year. */
export function beginYear({ fromMs, heavy }: Year): readonly string[] {
  const partitions: string[] = []
  const month = new Date(fromMs)
  for (let n = 0; Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + n) < fromMs + DAYS * DAY_MS; n++) {
    const [from, to] = [n, n + 1].map((m) => Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + m)) as [
      number,
      number,
    ]
    const name = `meter_events_${new Date(from).toISOString().slice(0, 7).replace('-', '_')}`
    partitions.push(`create table if not exists ${name} partition of meter_events for values from (${from}) to (${to})`)
  }
  return [
    ...partitions,
    `create table seed_people as select n, 'mem_0' || substr(md5('m' || n), 1, 24) as member,
      'sub_0' || substr(md5('s' || n), 1, 24) as subscription, 'key_0' || substr(md5('k' || n), 1, 24) as key
      from generate_series(1, ${SUBSCRIPTIONS - 1}) n`,
    `insert into members (id, email, created_at) select member, 'seed' || n || '@example.com', ${fromMs} from seed_people`,
    `update subscriptions set starts_at = ${fromMs}, anchor_at = ${fromMs} where id = '${heavy.subscription}'`,
    `insert into subscriptions (id, member_id, plan_version_id, rank, source, anchor_at, starts_at, ends_at, created_at)
      select p.subscription, p.member, s.plan_version_id, s.rank, s.source, s.anchor_at, s.starts_at, s.ends_at, s.created_at
      from seed_people p, subscriptions s where s.id = '${heavy.subscription}'`,
    `insert into quotas (subscription_id) select subscription from seed_people`,
  ]
}

/** The facts of a day, then what is folded from them: the hours, and the prompts where they are still kept. */
export function seedDay(year: Year, day: number): readonly string[] {
  const from = year.fromMs + day * DAY_MS
  const span = `admitted_at >= ${from} and admitted_at < ${from + DAY_MS}`
  const prompts = day >= DAYS - PROMPT_DAYS ? [promptsOf(span)] : []
  return [eventsOf(year, day, from), hoursOf(span), ...prompts]
}

function eventsOf(year: Year, day: number, from: number): string {
  const { subscription, member, key } = year.heavy
  const heavyCalls = heavyCallsOf(year, day + 1) - heavyCallsOf(year, day)
  const each = (year.events * (1 - HEAVY_SHARE)) / DAYS / (SUBSCRIPTIONS - 1) / BURSTS_A_DAY
  const calls = Math.round(each * (day + 1)) - Math.round(each * day)
  const step = Math.floor(HOUR_MS / Math.max(calls, 1))
  const heavyStep = Math.floor(DAY_MS / Math.max(heavyCalls, 1))
  return `insert into meter_events
    with raw as (
      select subscription, member, key, n * 31 + ${day} as lot, c, false as heavy, 'opencode' as tool,
        hour_at + c * ${step} + (n * 7919 + c * 104729) % ${step} as at, hour_at + c / 7 * 7 * ${step} as prompt_at, n::text as thread
      from seed_people cross join lateral (
        select ${from} + ((n * 7 + ${day} * 5 + burst * 9) % 24) * ${HOUR_MS}::int8 as hour_at
        from generate_series(0, ${BURSTS_A_DAY - 1}) burst) bursts
      cross join generate_series(0, ${calls - 1}) c
      union all
      select '${subscription}', '${member}', case c % 3 when 0 then '${key}' else 'key_0heavy' || c % 3 end, c * 17 + ${day}, c / 48,
        true, (array['claude-code', 'opencode', 'qwen-code'])[1 + c / 7 % 3],
        ${from} + c * ${heavyStep}::int8 + (c * 7919) % ${heavyStep}, ${from} + c / 48 * 48 * ${heavyStep}::int8, 'h' || c % 4
      from generate_series(0, ${heavyCalls - 1}) c),
    facts as (
      select *, to_char(to_timestamp(at / 1000.0) at time zone 'Asia/Shanghai', 'YYYYMMDDHH24MISS')
          || substr(md5(thread || 'c' || at), 1, 16) as id,
        'prm_' || ${timeOfId('prompt_at')} || substr(md5(thread), 1, 16) as prompt,
        row_number() over (partition by thread, prompt_at order by at) = 1 as first,
        at / 18000000 * 18000000 as five_hour, at / 604800000 * 604800000 as week,
        case lot % 50 when 0 then 'client_left' when 1 then 'upstream_failed' else 'completed' end as ending,
        case lot % 4 when 0 then 'bench-anthropic' else 'bench-openai' end as model
      from raw)
    select id, at, at + 4000, member, subscription, key, prompt, ending, ending <> 'upstream_failed', model, 1000,
      case when first then 1000000 else 0 end,
      case when first then jsonb_build_array(jsonb_build_object('window', 'five_hour', 'startsAt', five_hour, 'micro', 1000000),
        jsonb_build_object('window', 'week', 'startsAt', week, 'micro', 1000000)) else '[]' end,
      900 + lot % 5000, 20000 + lot % 7 * 3000, 0, 0, 300 + lot % 900, 0, 400000 + lot % 1000 * 997,
      case when heavy then ${heavyDetails} else ('{"admission": {"tool": "' || tool || '"}, "firstByteMs": 900, "totalMs": 4000}')::jsonb end
    from facts order by at, id`
}

/** As `makeId` in core begins an id: lists of prompts are read by it. */
const timeOfId = (ms: string): string =>
  [40, 35, 30, 25, 20, 15, 10, 5, 0]
    .map((bits) => `substr('0123456789abcdefghjkmnpqrstvwxyz', ((${ms} >> ${bits}) & 31)::int + 1, 1)`)
    .join(' || ')

/** The whole of what a call of the heavy subscriber has on its receipt; the others' are shorter, to save disk. */
const heavyDetails = `jsonb_build_object(
  'admission', jsonb_build_object('id', id, 'memberId', member, 'keyId', key, 'subscriptionId', subscription,
    'planVersionId', 'plv_01234567890123456789abcde', 'plan', 'bench', 'catalogVersion', 1, 'purse', jsonb_build_object('kind', 'plan'), 'promptId', prompt,
    'promptReason', case when first then 'new_question' else 'follow_up' end, 'mark', 'tool_result', 'admittedAt', at,
    'model', model, 'modelAsked', 'claude-sonnet-4-5', 'tool', tool, 'toolRule', 'user-agent ' || tool || '/*', 'path', '/api/anthropic/v1/messages', 'stream', true,
    'multiplier', 1000, 'multiplierRule', 'none', 'cost', case when first then 1000000 else 0 end,
    'starts', jsonb_build_object('five_hour', five_hour, 'week', week),
    'windows', jsonb_build_array(
      jsonb_build_object('id', 'five_hour', 'startsAt', five_hour, 'resetsAt', five_hour + 18000000, 'allowance', 1600000000,
        'before', 800000000, 'after', 801000000),
      jsonb_build_object('id', 'week', 'startsAt', week, 'resetsAt', week + 604800000, 'allowance', 8000000000,
        'before', 4000000000, 'after', 4001000000))),
  'tokensFrom', 'upstream', 'firstByteMs', 900, 'totalMs', 4000,
  'tried', jsonb_build_array(jsonb_build_object('upstream', 'sim-openai', 'model', 'sim-1', 'end', 'answered', 'status', 200)))`

/** Rows stand in the order in which a server would have made them. */
const hoursOf = (span: string): string => `insert into usage_hours
  select subscription_id, admitted_at / ${HOUR_MS} * ${HOUR_MS}, model, details->'admission'->>'tool', key_id, count(*),
    count(*) filter (where ending = 'upstream_failed'), sum(charge), sum(input_tokens), sum(cache_read_tokens),
    sum(cache_write_5m_tokens + cache_write_1h_tokens), sum(output_tokens), sum(list_price),
    count(*), sum(900), sum(3100)
  from meter_events where ${span} group by 1, 2, 3, 4, 5 order by min(admitted_at)`

const promptsOf = (
  span: string,
): string => `insert into prompts (id, subscription_id, key, asked, session, tally, calls, opened_at, last_call_at, used)
  select prompt_id, subscription_id, md5(prompt_id), true, md5(subscription_id || 's'),
    '{"open": [], "settled": [[1000, 7]], "parts": []}', count(*), min(admitted_at), max(admitted_at),
    jsonb_build_object('calls', count(*), 'charge', sum(charge), 'multiplier', 1000, 'models', jsonb_agg(distinct model),
      'tools', jsonb_agg(distinct details->'admission'->>'tool'), 'input_tokens', sum(input_tokens + cache_read_tokens),
      'output_tokens', sum(output_tokens), 'list_price', sum(list_price))
  from meter_events where ${span} group by 1, 2`

/** As after some days of operation: counted by the planner, its pages marked by the vacuum. */
export const endYear: readonly string[] = [
  'drop table seed_people',
  'vacuum (analyze) meter_events',
  'vacuum (analyze) usage_hours',
  'vacuum (analyze) prompts',
  'vacuum (analyze) subscriptions',
]

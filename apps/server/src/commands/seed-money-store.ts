import { sql, type Tx } from '../platform/index.ts'
import type { Year } from './seed-people-store.ts'

const MICROS = 1_000_000

/** Orders with their payments, refunds, invoices and postings; what was left and what is stuck as well. */
export async function seedMoney(tx: Tx, year: Year): Promise<void> {
  const { now, currency } = year
  await sql`insert into orders (id, member_id, kind, state, plan, plan_version_id, cycle, currency, price, amount, subscription_id,
      expires_at, request_key, created_at, closed_at)
    select p.order_id, p.member, case p.k when 0 then 'purchase' else 'renewal' end, 'paid', s.plan, s.version, s.cycle, ${currency}::text,
      p.price, p.price, p.sub, p.paid_at + 810000, 'seed-' || p.n || '.' || p.k, p.paid_at - 90000, p.paid_at
    from seed_periods p join seed_subs s on s.n = p.n`.execute(tx)
  await sql`insert into payments (id, order_id, member_id, provider, method_id, state, currency, amount, provider_ref, kept,
      created_at, updated_at)
    select p.payment_id, p.order_id, p.member, 'sandbox', s.method, 'succeeded', ${currency}::text, p.price, 'seed-' || p.payment_id,
      true, p.paid_at - 60000, p.paid_at from seed_periods p join seed_subs s on s.n = p.n`.execute(tx)
  // Money for the balance.
  await sql`create temp table seed_topups as
    select n, id as member, at + 3 * 86400000::int8 as at, (array[2000, 5000, 10000])[1 + floor(pg_temp.dice('topup' || n) * 60)::int % 3] as amount,
      pg_temp.mkid('ord', at + 3 * 86400000::int8, 'b' || n) as order_id, pg_temp.mkid('pay', at + 3 * 86400000::int8, 'c' || n) as payment_id
    from seed_people where pg_temp.dice('topup' || n) < 0.05 and at < ${now}::int8 - 4 * 86400000::int8`.execute(tx)
  await sql`insert into orders (id, member_id, kind, state, currency, price, amount, expires_at, request_key, created_at, closed_at)
    select order_id, member, 'balance', 'paid', ${currency}::text, amount, amount, at + 900000, 'seed-topup', at, at + 60000 from seed_topups`.execute(
    tx,
  )
  await sql`insert into payments (id, order_id, member_id, provider, state, currency, amount, provider_ref, kept, created_at, updated_at)
    select payment_id, order_id, member, 'sandbox', 'succeeded', ${currency}::text, amount, 'seed-' || payment_id, true, at, at + 60000
    from seed_topups`.execute(tx)
  await sql`insert into wallets (member_id, currency, balance) select member, ${currency}::text, sum(amount) * ${MICROS}::int8
    from seed_topups group by 1`.execute(tx)
  await leftOrders(tx, year)
  await invoices(tx, year)
  await refunds(tx, year)
  await postings(tx, year)
}

/** Orders that nobody paid, a bill that was declined, and payments that nobody has told of. */
async function leftOrders(tx: Tx, { now, currency, chargeBeforeMs, graceMs }: Year): Promise<void> {
  await sql`insert into orders (id, member_id, kind, state, plan, plan_version_id, cycle, currency, price, amount, expires_at,
      request_key, created_at, closed_at)
    select pg_temp.mkid('ord', s.begins - 7200000, 'left' || s.n), s.member, 'purchase',
      case when pg_temp.dice('left' || s.n) < 0.1 then 'expired' else 'cancelled' end, s.plan, s.version, s.cycle, ${currency}::text, s.price,
      s.price, s.begins - 6300000, 'seed-left', s.begins - 7200000, s.begins - 6300000
    from seed_subs s where pg_temp.dice('left' || s.n) < 0.14`.execute(tx)
  await sql`insert into orders (id, member_id, kind, state, plan, plan_version_id, cycle, currency, price, amount, subscription_id,
      quote, expires_at, request_key, created_at)
    select pg_temp.mkid('ord', l.ends - ${chargeBeforeMs}::int8, 'due' || l.n), l.member, 'renewal', 'open', l.plan, l.version, l.cycle,
      ${currency}::text, l.price, l.price, l.id, jsonb_build_object('periodStartsAt', l.ends), l.ends + ${graceMs}::int8, 'renewal:' || l.id || ':' || (l.k + 1),
      l.ends - ${chargeBeforeMs}::int8 from seed_last l where l.state = 'past_due'`.execute(tx)
  await sql`insert into payments (id, order_id, member_id, provider, method_id, state, currency, amount, provider_ref, failure,
      created_at, updated_at)
    select pg_temp.mkid('pay', o.created_at, 'declined' || o.id), o.id, o.member_id, 'sandbox', l.method, 'failed', o.currency, o.amount,
      'seed-declined-' || o.id, 'insufficient_funds', o.created_at, o.created_at + 3000
    from orders o join seed_last l on l.id = o.subscription_id where o.state = 'open' and o.kind = 'renewal'`.execute(
    tx,
  )
  await sql`insert into orders (id, member_id, kind, state, currency, price, amount, expires_at, request_key, created_at)
    select pg_temp.mkid('ord', ${now}::int8 - 7200000, 'stuck' || n), id, 'balance', 'open', ${currency}::text, 5000, 5000,
      ${now}::int8 + 86400000, 'seed-stuck', ${now}::int8 - 7200000 from seed_people order by n limit 2`.execute(tx)
  await sql`insert into payments (id, order_id, member_id, provider, state, currency, amount, created_at, updated_at, check_at)
    select pg_temp.mkid('pay', created_at, id), id, member_id, 'sandbox', 'pending', currency, amount, created_at, created_at,
      ${now}::int8 + 21600000 from orders where request_key = 'seed-stuck'`.execute(tx)
}

async function invoices(tx: Tx, { invoicePrefix, zone }: Year): Promise<void> {
  await sql`insert into invoices (number, order_id, member_id, issued_at, content)
    select ${invoicePrefix}::text || '-' || year || '-' || lpad(no::text, 6, '0'), id, member_id, closed_at,
      jsonb_build_object('number', ${invoicePrefix}::text || '-' || year || '-' || lpad(no::text, 6, '0'), 'issuedAt', closed_at,
        'zone', ${zone}::text, 'seller', '[]'::jsonb, 'currency', currency,
        'lines', jsonb_build_array(jsonb_build_object('what', kind, 'plan', plan, 'cycle', cycle, 'amount', trunc(amount / 100.0, 2)::text)),
        'total', trunc(amount / 100.0, 2)::text)
    from (select o.*, row_number() over (partition by year order by closed_at, id) as no from (
      select *, extract(year from to_timestamp(closed_at / 1000.0) at time zone ${zone}::text)::int as year from orders
      where state = 'paid') o) i`.execute(tx)
  await sql`insert into invoice_numbers (year, last) select split_part(number, '-', 2)::int, count(*)::int from invoices group by 1`.execute(
    tx,
  )
}

/** The newest go on their way still, and three were refused: somebody has to look at them. */
async function refunds(tx: Tx, { now }: Year): Promise<void> {
  await sql`insert into refunds (id, payment_id, amount, reason, state, provider_ref, failure, created_at, updated_at, check_at)
    select pg_temp.mkid('rfd', at, 'r' || n), payment_id, cut, 'the member gave the period up', state,
      case state when 'succeeded' then 'seed-rfd-' || n end, case state when 'failed' then 'the account is closed' end, at, at + 60000,
      case state when 'pending' then ${now}::int8 + 43200000 end
    from (select *, starts + ${2 * 86_400_000}::int8 as at,
        case when row_number() over (order by starts desc) <= 2 then 'pending' when row_number() over (order by starts desc) <= 5 then 'failed'
          else 'succeeded' end as state from seed_periods where cut > 0) p`.execute(tx)
}

async function postings(tx: Tx, { currency }: Year): Promise<void> {
  await sql`create temp table seed_moves as
    select 'received:' || id as key, 'payment' as kind, updated_at as at, 'cash:sandbox' as source, 'payments:received' as target, amount
      from payments where kept
    union all select 'applied:' || id, 'order', closed_at, 'payments:received',
      case kind when 'balance' then 'balance:' || member_id else 'revenue:plans' end, amount from orders where state = 'paid'
    union all select 'owed:' || id, 'refund', created_at, 'revenue:plans', 'payments:owed_back', amount from refunds
    union all select 'sent:' || id, 'refund', updated_at, 'payments:owed_back', 'cash:sandbox', amount from refunds where state = 'succeeded'`.execute(
    tx,
  )
  await sql`alter table seed_moves add column id text`.execute(tx)
  await sql`update seed_moves set id = pg_temp.mkid('pst', at, key)`.execute(tx)
  await sql`insert into ledger_postings (id, idempotency_key, kind, note, posted_at) select id, key, kind, '', at from seed_moves`.execute(
    tx,
  )
  await sql`insert into ledger_entries (posting_id, account, currency, amount)
    select id, source, ${currency}::text, -amount * ${MICROS}::int8 from seed_moves
    union all select id, target, ${currency}::text, amount * ${MICROS}::int8 from seed_moves`.execute(tx)
}

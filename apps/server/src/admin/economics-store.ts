import type { Instant, Minor } from '@codeplan/core'

import { sql, type Queries } from '../platform/index.ts'

export interface MonthRow {
  /** Minor units. */
  readonly plans: Minor
  readonly balance: Minor
  readonly refunded: Minor
}

/** What was paid between each two instants, and what went back; sums of plans and seats, and of top-ups. */
export async function incomeBetween(on: Queries, bounds: readonly Instant[]): Promise<readonly MonthRow[]> {
  const { rows } = await sql<MonthRow>`
    with spans as (select n, "from", lead("from") over (order by n) as "to"
      from unnest(${[...bounds]}::int8[]) with ordinality as b("from", n)),
    paid as (select s.n, sum(o.amount) filter (where o.kind <> 'balance') as plans,
        sum(o.amount) filter (where o.kind = 'balance') as balance
      from spans s join orders o on o.state = 'paid' and o.closed_at >= s."from" and o.closed_at < s."to" group by 1),
    sent as (select s.n, sum(r.amount) as refunded
      from spans s join refunds r on r.state = 'succeeded' and r.updated_at >= s."from" and r.updated_at < s."to" group by 1)
    select coalesce(paid.plans, 0)::int8 as plans, coalesce(paid.balance, 0)::int8 as balance,
      coalesce(sent.refunded, 0)::int8 as refunded
    from spans s left join paid on paid.n = s.n left join sent on sent.n = s.n
    where s."to" is not null order by s.n`.execute(on)
  return rows
}

export interface PriceRow {
  readonly plan: string
  readonly cycle: 'month' | 'quarter' | 'year'
  readonly amount: Minor
  readonly count: number
  /** Of those, what is due before the instant that was asked about. */
  readonly soon: number
  readonly soon_amount: Minor
}

/** What contracts that renew will be charged, at the prices that hold at their renewal. */
export async function renewingPrices(on: Queries, before: Instant): Promise<readonly PriceRow[]> {
  const { rows } = await sql<PriceRow>`
    with c as (select v.plan, coalesce(c.terms->'next', c.terms) as t,
        (c.terms->'period'->>'endsAt')::int8 <= ${before} as is_soon
      from contracts c join subscriptions s on s.id = c.subscription_id join plan_versions v on v.id = s.plan_version_id
      where c.status <> 'ended' and (c.terms->>'renews')::boolean)
    select plan, t->>'cycle' as cycle, sum((t->>'price')::int8)::int8 as amount, count(*)::int as count,
      (count(*) filter (where is_soon))::int as soon,
      coalesce(sum((t->>'price')::int8) filter (where is_soon), 0)::int8 as soon_amount
    from c group by 1, 2`.execute(on)
  return rows
}

import type { WindowStates } from '@codeplan/core'

import { sql, type Tx } from '../platform/index.ts'

export interface BooksRow {
  readonly id: string
  readonly plan_version_id: string
  readonly anchor_at: number
  readonly windows: WindowStates
  readonly in_flight: number
  readonly holds: number
  /** Micro-prompts by `window@start`: what the events charged there. */
  readonly settled: Readonly<Record<string, number>>
  /** The same of what the prompts have reserved there. */
  readonly reserved: Readonly<Record<string, number>>
}

/** Everything that the check of the books needs, folded from facts. Slow by nature: for `doctor` and jobs. */
export async function booksRows(tx: Tx, since: number): Promise<readonly BooksRow[]> {
  const { rows } = await sql<BooksRow>`
    with charged as (
      select e.subscription_id, c."window" || '@' || c."startsAt" as key, sum(c.micro)::int8 as micro
      from meter_events e cross join lateral jsonb_to_recordset(e.charges) as c("window" text, "startsAt" int8, micro int8)
      where e.admitted_at >= ${since} group by 1, 2),
    reserved as (
      select p.subscription_id, s.key || '@' || s.value as key, sum((part->>'reserved')::int8)::int8 as micro
      from prompts p cross join lateral jsonb_array_elements(p.tally->'parts') as part
      cross join lateral jsonb_each_text(part->'starts') as s
      group by 1, 2),
    held as (select subscription_id, count(*)::int as count from holds group by 1)
    select s.id, s.plan_version_id, s.anchor_at, q.windows, q.in_flight, coalesce(held.count, 0) as holds,
      coalesce((select jsonb_object_agg(key, micro) from charged where subscription_id = s.id), '{}') as settled,
      coalesce((select jsonb_object_agg(key, micro) from reserved where subscription_id = s.id), '{}') as reserved
    from subscriptions s join quotas q on q.subscription_id = s.id left join held on held.subscription_id = s.id`.execute(
    tx,
  )
  return rows
}

/** Wallets with what their open holds have set aside. */
export async function walletRows(
  tx: Tx,
): Promise<readonly { member_id: string; balance: number; reserved: number; held: number }[]> {
  const { rows } = await sql<{ member_id: string; balance: number; reserved: number; held: number }>`
    select w.member_id, w.balance, w.reserved, coalesce((select sum((h.admission->'purse'->>'reserve')::int8)
      from holds h where h.admission->>'memberId' = w.member_id and h.admission->'purse'->>'kind' = 'balance'), 0)::int8 as held
    from wallets w`.execute(tx)
  return rows
}

import { minor, type Instant } from '@codeplan/core'

import { jsonb, sql, type Tx } from '../platform/index.ts'
import { CONTRACT, type ContractRow, type OrderDraft, type OrderRow } from './store.ts'

/** Orders that were written for these wishes before. */
export async function ordersByKeys(
  tx: Tx,
  wishes: readonly { readonly memberId: string; readonly requestKey: string }[],
): Promise<readonly OrderRow[]> {
  const keys = jsonb(wishes.map(({ memberId, requestKey }) => ({ memberId, requestKey })))
  const { rows } = await sql<OrderRow>`select o.* from orders o
    join jsonb_to_recordset(${keys}::jsonb) as w("memberId" text, "requestKey" text)
      on o.member_id = w."memberId" and o.request_key = w."requestKey"`.execute(tx)
  return rows
}

export async function openPurchases(tx: Tx, members: readonly string[]): Promise<readonly OrderRow[]> {
  const { rows } = await sql<OrderRow>`select * from orders
    where member_id = any(${[...members]}) and state = 'open' and kind = 'purchase'`.execute(tx)
  return rows
}

export async function contractsThatRun(tx: Tx, members: readonly string[]): Promise<readonly ContractRow[]> {
  const { rows } = await sql<ContractRow>`select ${sql.raw(CONTRACT)} from contracts
    where member_id = any(${[...members]}) and status <> 'ended'`.execute(tx)
  return rows
}

/** Answers those that were written: not the ones whose member has one of this request key, or an open one for this plan. */
export async function insertOrders(tx: Tx, drafts: readonly OrderDraft[], now: Instant): Promise<readonly OrderRow[]> {
  if (drafts.length === 0) return []
  const full = drafts.map((draft) => ({
    ...draft,
    state: 'open',
    amount: minor(draft.price - draft.discount - draft.credit),
    created_at: now,
  }))
  const { rows } = await sql<OrderRow>`insert into orders
    select * from jsonb_populate_recordset(null::orders, ${jsonb(full)}::jsonb)
    on conflict do nothing returning *`.execute(tx)
  return rows
}

import { minor, type Instant } from '@codeplan/core'

import { jsonb, sql, type Tx } from '../platform/index.ts'
import { CONTRACT, type ContractRow, type OrderDraft, type OrderRow } from './store.ts'

export interface PurchasesBefore {
  /** Orders that were written for these wishes. */
  readonly before: readonly OrderRow[]
  /** Purchases of these members that wait for their payment. */
  readonly open: readonly OrderRow[]
  /** What these members are subscribed to. */
  readonly running: readonly ContractRow[]
}

/** What is there of members who wish to buy: one statement, since a crowd waits for it. */
export async function purchasesBefore(
  tx: Tx,
  wishes: readonly { readonly memberId: string; readonly requestKey: string }[],
  members: readonly string[],
): Promise<PurchasesBefore> {
  const keys = jsonb(wishes.map(({ memberId, requestKey }) => ({ memberId, requestKey })))
  const { rows } = await sql<PurchasesBefore>`
    select
      (select coalesce(jsonb_agg(to_jsonb(o)), '[]') from orders o
        join jsonb_to_recordset(${keys}::jsonb) as w("memberId" text, "requestKey" text)
          on o.member_id = w."memberId" and o.request_key = w."requestKey") as before,
      (select coalesce(jsonb_agg(to_jsonb(o)), '[]') from orders o
        where member_id = any(${[...members]}) and state = 'open' and kind = 'purchase') as open,
      (select coalesce(jsonb_agg(to_jsonb(c)), '[]') from (select ${sql.raw(CONTRACT)} from contracts
        where member_id = any(${[...members]}) and status <> 'ended') c) as running`.execute(tx)
  return rows[0] as PurchasesBefore
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

import type { Instant } from '@codeplan/core'

import { jsonb, sql, type Queries, type Tx } from '../platform/index.ts'

export interface Entry {
  readonly account: string
  readonly currency: string
  /** Micros of the currency's minor unit; positive raises what the account holds. */
  readonly amount: number
}

/** False when a posting with this key is there already. */
export async function insertPosting(
  tx: Tx,
  posting: { id: string; idempotencyKey: string; kind: string; note: string; at: Instant; entries: readonly Entry[] },
): Promise<boolean> {
  const { rows } = await sql`insert into ledger_postings (id, idempotency_key, kind, note, posted_at)
    values (${posting.id}, ${posting.idempotencyKey}, ${posting.kind}, ${posting.note}, ${posting.at})
    on conflict (idempotency_key) do nothing returning id`.execute(tx)
  if (rows.length === 0) return false
  await sql`insert into ledger_entries (posting_id, account, currency, amount)
    select ${posting.id}, account, currency, amount
    from jsonb_to_recordset(${jsonb(posting.entries)}::jsonb) as r(account text, currency text, amount int8)`.execute(
    tx,
  )
  return true
}

export async function sumOfAccount(on: Queries | Tx, account: string, currency: string): Promise<number> {
  const { rows } = await sql<{ sum: number }>`select coalesce(sum(amount), 0)::int8 as sum from ledger_entries
    where account = ${account} and currency = ${currency}`.execute(on)
  return rows[0]?.sum ?? 0
}

/** Postings whose entries do not sum to zero: there must be none. */
export async function unbalancedPostings(on: Queries): Promise<readonly string[]> {
  const { rows } = await sql<{ posting_id: string }>`select posting_id from ledger_entries
    group by posting_id, currency having sum(amount) <> 0`.execute(on)
  return rows.map((row) => row.posting_id)
}

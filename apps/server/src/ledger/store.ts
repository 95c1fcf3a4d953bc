import type { Instant } from '@codeplan/core'

import { jsonb, literal, sql, type Queries, type Tx } from '../platform/index.ts'

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

/** The same as statements of a script, for postings that are written exactly once by other means. */
export function insertPostingsText(
  postings: readonly {
    id: string
    idempotencyKey: string
    kind: string
    note: string
    at: Instant
    entries: readonly Entry[]
  }[],
): string {
  const rows = literal(jsonb(postings))
  return `insert into ledger_postings (id, idempotency_key, kind, note, posted_at)
      select id, "idempotencyKey", kind, note, at
      from jsonb_to_recordset(${rows}::jsonb) as r(id text, "idempotencyKey" text, kind text, note text, at int8);
    insert into ledger_entries (posting_id, account, currency, amount)
      select p.id, e.account, e.currency, e.amount from jsonb_to_recordset(${rows}::jsonb) as p(id text, entries jsonb)
      cross join lateral jsonb_to_recordset(p.entries) as e(account text, currency text, amount int8)`
}

/** What accounts of one kind (`balance:`) hold, by name. */
export async function accountSums(on: Queries | Tx, prefix: string): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{
    account: string
    sum: number
  }>`select account, sum(amount)::int8 as sum from ledger_entries
    where starts_with(account, ${prefix}) group by account`.execute(on)
  return new Map(rows.map((row) => [row.account, row.sum]))
}

/** Postings whose entries do not sum to zero: there must be none. */
export async function unbalancedPostings(on: Queries): Promise<readonly string[]> {
  const { rows } = await sql<{ posting_id: string }>`select posting_id from ledger_entries
    group by posting_id, currency having sum(amount) <> 0`.execute(on)
  return rows.map((row) => row.posting_id)
}

export interface Movement {
  readonly id: string
  readonly kind: string
  readonly note: string
  readonly at: Instant
  /** Micros; positive: the account holds more. */
  readonly amount: number
}

/** Postings on an account, the newest first. */
export async function movementsOf(
  on: Queries,
  account: string,
  page: { readonly limit: number; readonly before?: string | undefined },
): Promise<readonly Movement[]> {
  const { rows } = await sql<Movement>`select p.id, p.kind, p.note, p.posted_at as at, e.amount from ledger_entries e
    join ledger_postings p on p.id = e.posting_id
    where e.account = ${account} and (${page.before ?? null}::text is null or p.id < ${page.before ?? null})
    order by p.id desc limit ${page.limit}`.execute(on)
  return rows
}

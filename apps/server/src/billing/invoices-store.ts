import type { Instant, MemberId, OrderId } from '@codeplan/core'

import { jsonb, sql, type Queries, type Tx } from '../platform/index.ts'
import type { InvoiceContent } from './invoice.ts'

export interface InvoiceRow {
  readonly number: string
  readonly order_id: OrderId
  readonly member_id: MemberId
  readonly issued_at: Instant
  readonly content: InvoiceContent
}

export async function insertInvoice(
  tx: Tx,
  row: { number: string; orderId: OrderId; memberId: MemberId; content: InvoiceContent },
  now: Instant,
): Promise<void> {
  await sql`insert into invoices (number, order_id, member_id, issued_at, content)
    values (${row.number}, ${row.orderId}, ${row.memberId}, ${now}, ${jsonb(row.content)}::jsonb)`.execute(tx)
}

export async function invoicesOf(on: Queries, memberId: MemberId): Promise<readonly InvoiceRow[]> {
  const { rows } =
    await sql<InvoiceRow>`select * from invoices where member_id = ${memberId} order by issued_at desc, number desc`.execute(
      on,
    )
  return rows
}

export async function invoiceByNumber(
  on: Queries,
  memberId: MemberId,
  number: string,
): Promise<InvoiceRow | undefined> {
  const { rows } =
    await sql<InvoiceRow>`select * from invoices where member_id = ${memberId} and number = ${number}`.execute(on)
  return rows[0]
}

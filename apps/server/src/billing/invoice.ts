import { moneyText, wallClock, type Instant } from '@codeplan/core'

import type { Tx } from '../platform/index.ts'
import type { BillingDeps } from './deps.ts'
import { insertInvoice } from './invoices-store.ts'
import { nextInvoiceNumber, type OrderRow } from './store.ts'

/** An invoice as it was issued; later changes of names and prices do not touch it. Amounts are decimal text. */
export interface InvoiceContent {
  readonly number: string
  readonly issuedAt: Instant
  readonly zone: string
  readonly seller: readonly string[]
  readonly note?: { readonly en: string; readonly zh: string } | undefined
  readonly currency: string
  readonly lines: readonly {
    readonly what: string
    /** As it was called then. */
    readonly plan: string | null
    readonly cycle: string | null
    readonly amount: string
  }[]
  readonly total: string
}

/** Answers its number: without gaps in the operator's calendar year. Orders that cost nothing have none. */
export async function issueInvoice(
  deps: BillingDeps,
  tx: Tx,
  order: OrderRow,
  now: Instant,
): Promise<string | undefined> {
  if (order.amount === 0) return undefined
  const { operator, billing, plans } = deps.catalog.current()
  const { year } = wallClock(operator.zone, now)
  const { prefix, seller, note } = billing.invoice
  const number = `${prefix}-${year}-${String(await nextInvoiceNumber(tx, year)).padStart(6, '0')}`
  const { currency, plan, cycle } = order
  const line = (what: string, amount: number) => ({
    what,
    plan: plan === null ? null : (plans.get(plan)?.name ?? plan),
    cycle,
    amount: moneyText(amount as OrderRow['amount'], currency),
  })
  const lines = [
    line(order.kind, order.price),
    ...(order.discount > 0 ? [line('discount', -order.discount)] : []),
    ...(order.credit > 0 ? [line('credit', -order.credit)] : []),
  ]
  const content: InvoiceContent = {
    number,
    issuedAt: now,
    zone: operator.zone,
    seller: seller.length > 0 ? seller : [operator.name],
    note,
    currency,
    lines,
    total: moneyText(order.amount, currency),
  }
  await insertInvoice(tx, { number, orderId: order.id, memberId: order.member_id, content }, now)
  return number
}

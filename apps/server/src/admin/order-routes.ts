import {
  adminOrdersSchema,
  adminPaymentsSchema,
  adminRefundsSchema,
  ordersQuerySchema,
  orderStorySchema,
  paymentsQuerySchema,
  reconciledSchema,
  refundsQuerySchema,
  whyOnlySchema,
  type AdminOrder,
  type AdminPayment,
  type AdminRefund,
} from '@codeplan/contract'
import { MINUTE_MS, plusMs, yes } from '@codeplan/core'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

import { isoOf, moneyOf, shownMicros, shownOrder, shownPayment } from '../billing/index.ts'
import { registerConsole } from '../identity/index.ts'
import { BASE, doc, refuseAdmin, refused } from './admin-words.ts'
import { makeDeed } from './deed.ts'
import type { AdminDeps } from './deps.ts'
import {
  invoiceOfOrder,
  ordersPage,
  paymentsPage,
  postingsByKey,
  refundsPage,
  type OrderListRow,
  type PaymentListRow,
  type RefundListRow,
} from './orders-store.ts'

export const STUCK_AFTER_MS = 30 * MINUTE_MS
const ALL = 200
const byId = z.object({ id: z.string().max(64) })

const orderOf = (row: OrderListRow): AdminOrder => ({
  ...shownOrder(row),
  member: row.member_id,
  email: row.email,
  coupon: row.coupon,
  closed_at: row.closed_at === null ? null : isoOf(row.closed_at),
})

function paymentOf(row: PaymentListRow): AdminPayment {
  const { redirect_url: _, ...shown } = shownPayment(row)
  return {
    ...shown,
    id: row.id,
    order: row.order_id,
    member: row.member_id,
    email: row.email,
    kind: row.kind,
    provider_ref: row.provider_ref,
    kept: row.kept,
    created_at: isoOf(row.created_at),
    updated_at: isoOf(row.updated_at),
    check_at: row.check_at === null ? null : isoOf(row.check_at),
  }
}

const refundOf = (row: RefundListRow): AdminRefund => ({
  id: row.id,
  payment: row.payment_id,
  member: row.member_id,
  email: row.email,
  amount: moneyOf(row.amount, row.currency),
  state: row.state,
  reason: row.reason,
  failure: row.failure,
  provider: row.provider,
  created_at: isoOf(row.created_at),
  updated_at: isoOf(row.updated_at),
})

const nextOf = (rows: readonly { readonly id: string }[], limit: number): string | null =>
  rows.length === limit ? (rows.at(-1)?.id ?? null) : null

/** Orders, payments and refunds of everybody, and asking providers about what is open. */
export function registerShop(fastify: FastifyInstance, deps: AdminDeps): void {
  const { db, clock, billing, people } = deps
  const on = db.queries
  const deed = makeDeed(deps)
  registerConsole(fastify, people, 'support', (routes) => {
    routes.get(
      `${BASE}/orders`,
      {
        schema: {
          ...doc('Orders of everybody, the newest first'),
          querystring: ordersQuerySchema,
          response: { 200: adminOrdersSchema },
        },
      },
      async ({ query }) => {
        const rows = await ordersPage(on, query)
        return { orders: rows.map(orderOf), next: nextOf(rows, query.limit) }
      },
    )
    routes.get(
      `${BASE}/orders/:id`,
      {
        schema: {
          ...doc('One order: its payments, refunds, invoice and postings'),
          params: byId,
          response: { 200: orderStorySchema },
        },
      },
      async (request, reply) => {
        const { id } = request.params
        const [row] = await ordersPage(on, { id, limit: 1 })
        if (!row) return refuseAdmin(request, reply, { code: 'no_such_order_of_anybody' })
        const [payments, refunds, invoice] = [
          await paymentsPage(on, { order: id, limit: ALL }),
          await refundsPage(on, { order: id, limit: ALL }),
          await invoiceOfOrder(on, id),
        ]
        const keys = [
          ...payments.map((payment) => `received:${payment.id}`),
          `applied:${id}`,
          ...refunds.flatMap((refund) => [`owed:${refund.id}`, `sent:${refund.id}`]),
        ]
        const postings = await postingsByKey(on, keys)
        return {
          order: orderOf(row),
          subscription: row.subscription_id,
          payments: payments.map(paymentOf),
          refunds: refunds.map(refundOf),
          invoice,
          postings: postings.map(({ at, kind, account, amount, currency }) => ({
            at: isoOf(at),
            kind,
            account,
            amount: { amount: shownMicros(amount), currency },
          })),
        }
      },
    )
    routes.get(
      `${BASE}/payments`,
      {
        schema: {
          ...doc('Payments of everybody, the newest first'),
          querystring: paymentsQuerySchema,
          response: { 200: adminPaymentsSchema },
        },
      },
      async ({ query }) => {
        const { stuck, ...wish } = query
        const stuckSince = stuck ? plusMs(clock.now(), -STUCK_AFTER_MS) : undefined
        const rows = await paymentsPage(on, { ...wish, stuckSince })
        return { payments: rows.map(paymentOf), next: nextOf(rows, query.limit) }
      },
    )
    routes.get(
      `${BASE}/refunds`,
      {
        schema: {
          ...doc('Refunds, the newest first'),
          querystring: refundsQuerySchema,
          response: { 200: adminRefundsSchema },
        },
      },
      async ({ query }) => {
        const rows = await refundsPage(on, query)
        return { refunds: rows.map(refundOf), next: nextOf(rows, query.limit) }
      },
    )
  })

  registerConsole(fastify, people, 'operator', (routes) => {
    routes.post(
      `${BASE}/payments/reconcile`,
      {
        schema: {
          ...doc('Providers are asked within seconds about every payment and refund that is not settled'),
          body: whyOnlySchema,
          response: { 202: reconciledSchema },
        },
      },
      async (request, reply) => {
        const what = { action: 'reconcile', why: request.body.why }
        const done = await deed(request, what, async (tx, now, tell) => {
          const asked = await billing.askSoon(tx, now)
          tell({ after: { asked } })
          return yes(asked)
        })
        return reply.code(202).send({ asked: done.ok ? done.value : 0 })
      },
    )
    routes.post(
      `${BASE}/payments/:id/ask`,
      { schema: { ...doc('Its provider is asked about a payment within seconds'), params: byId, body: whyOnlySchema } },
      async (request, reply) => {
        const { id } = request.params
        const done = await deed(request, { action: 'payment ask', why: request.body.why }, async (tx, now, tell) => {
          tell({ whom: id })
          const asked = await billing.askSoon(tx, now, id)
          return asked > 0 ? yes(undefined) : refused({ code: 'no_such_payment' })
        })
        return done.ok ? reply.code(204).send() : refuseAdmin(request, reply, done.no)
      },
    )
  })
}

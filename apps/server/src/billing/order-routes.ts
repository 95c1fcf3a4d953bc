import {
  invoiceSchema,
  languageSchema,
  orderSchema,
  paidSchema,
  payWishSchema,
  redeemedSchema,
  redeemSchema,
  topUpSchema,
} from '@codeplan/contract'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

import { languageFor, memberById, personOf, registerConsole, requestKeyOf } from '../identity/index.ts'
import { invoicePdf } from './invoice-pdf.ts'
import { invoiceByNumber, invoicesOf } from './invoices-store.ts'
import { refuserOf, type BillingRouteDeps } from './route-deps.ts'
import { isoOf, shownOrder, shownPayment } from './shown.ts'

const BASE = '/api/console/v1'
const doc = (summary: string) => ({ summary, tags: ['orders'] })
const byId = z.object({ id: z.string().max(64) })

/** Orders, their payment, what they are paid with, and their invoices. */
export function registerOrders(fastify: FastifyInstance, deps: BillingRouteDeps): void {
  const { billing, clock, db, people } = deps
  const refuse = refuserOf(deps)
  registerConsole(fastify, people, 'member', (routes) => {
    routes.get(
      `${BASE}/orders`,
      { schema: { ...doc('Orders, the newest first'), response: { 200: z.object({ orders: z.array(orderSchema) }) } } },
      async (request) => ({ orders: (await billing.orders(personOf(request).memberId, 100)).map(shownOrder) }),
    )
    routes.get(
      `${BASE}/orders/:id`,
      { schema: { ...doc('An order and its last payment'), params: byId, response: { 200: paidSchema } } },
      async (request, reply) => {
        const order = await billing.order(request.params.id)
        if (order?.member_id !== personOf(request).memberId) return refuse(request, reply, { code: 'no_such_order' })
        const payment = (await billing.payments(order.id)).at(-1)
        return { order: shownOrder(order), payment: payment ? shownPayment(payment) : null }
      },
    )
    routes.post(
      `${BASE}/orders/:id/pay`,
      {
        schema: {
          ...doc('Pays an open order with a bound method, or on the page of a provider. Asked twice it is one payment'),
          params: byId,
          body: payWishSchema,
          response: { 200: paidSchema },
        },
      },
      async (request, reply) => {
        const { memberId, language } = personOf(request)
        const { body } = request
        const how = 'method' in body ? { methodId: body.method } : { provider: body.provider, keep: body.keep }
        const returnPath = 'method' in body ? '/subscription' : body.return_path
        const wish = { memberId, orderId: request.params.id, with: how, returnPath, language }
        const paid = await billing.pay(wish, clock.now())
        if (!paid.ok) return refuse(request, reply, paid.no)
        const order = await billing.order(request.params.id)
        if (!order) throw new Error(`order ${request.params.id} is gone`)
        return { order: shownOrder(order), payment: paid.value === 'paid' ? null : shownPayment(paid.value) }
      },
    )
    routes.post(
      `${BASE}/orders/:id/cancel`,
      { schema: { ...doc('Lets an open order go'), params: byId, response: { 200: orderSchema } } },
      async (request, reply) => {
        const done = await billing.cancelOrder(personOf(request).memberId, request.params.id, clock.now())
        return done.ok ? shownOrder(done.value) : refuse(request, reply, done.no)
      },
    )
    routes.post(
      `${BASE}/balance/top_up`,
      { schema: { ...doc('An order that fills the balance'), body: topUpSchema, response: { 201: orderSchema } } },
      async (request, reply) => {
        const requestKey = requestKeyOf(request)
        if (requestKey === undefined) return refuse(request, reply, { code: 'no_request_key' })
        const wish = { memberId: personOf(request).memberId, amount: request.body.amount, requestKey }
        const made = await billing.orderTopUp(wish, clock.now())
        return made.ok ? reply.code(201).send(shownOrder(made.value)) : refuse(request, reply, made.no)
      },
    )
    routes.post(
      `${BASE}/redeem`,
      { schema: { ...doc('Takes a redeem code'), body: redeemSchema, response: { 200: redeemedSchema } } },
      async (request, reply) => {
        const wish = { memberId: personOf(request).memberId, code: request.body.code }
        const done = await billing.redeem(wish, clock.now())
        if (!done.ok) return refuse(request, reply, done.no)
        const { value: gift } = done
        const { currency } = deps.catalog.current().operator
        const zh = languageFor(request) === 'zh'
        if ('balance' in gift) return { gift: `${gift.balance} ${currency}` }
        return { gift: zh ? `${gift.plan}，${gift.months} 个月` : `${gift.plan}, ${gift.months} months` }
      },
    )
    routes.get(
      `${BASE}/invoices`,
      {
        schema: {
          ...doc('Invoices, the newest first'),
          response: { 200: z.object({ invoices: z.array(invoiceSchema) }) },
        },
      },
      async (request) => ({
        invoices: (await invoicesOf(db.queries, personOf(request).memberId)).map((row) => ({
          number: row.number,
          order: row.order_id,
          issued_at: isoOf(row.issued_at),
          total: { amount: row.content.total, currency: row.content.currency },
        })),
      }),
    )
    routes.get(
      `${BASE}/invoices/:number`,
      {
        schema: {
          ...doc('An invoice as PDF'),
          params: z.object({ number: z.string().max(40) }),
          querystring: z.object({ language: languageSchema.optional() }),
        },
      },
      async (request, reply) => {
        const { memberId, email, language } = personOf(request)
        const row = await invoiceByNumber(db.queries, memberId, request.params.number)
        if (!row) return refuse(request, reply, { code: 'no_such_invoice' })
        const name = (await memberById(db.queries, memberId))?.name ?? ''
        const buyer = [name, email].filter((line) => line !== '')
        const pdf = await invoicePdf({ invoice: row.content, language: request.query.language ?? language, buyer })
        return reply
          .type('application/pdf')
          .header('content-disposition', `attachment; filename="${row.number}.pdf"`)
          .send(pdf)
      },
    )
  })
}

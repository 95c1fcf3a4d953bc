import {
  chooseMethodSchema,
  orderSchema,
  planWishSchema,
  quoteSchema,
  refundedSchema,
  refundQuoteSchema,
  refundWishSchema,
  renewalSwitchSchema,
  subscriptionAnswerSchema,
  upgradeWishSchema,
} from '@codeplan/contract'
import { readMoney, type Minor } from '@codeplan/core'
import type { FastifyInstance } from 'fastify'

import { personOf, registerConsole, requestKeyOf } from '../identity/index.ts'
import { refuserOf, type BillingRouteDeps } from './route-deps.ts'
import { isoOf, moneyOf, shownOrder } from './shown.ts'
import type { UpgradeOffer } from './upgrade.ts'

const BASE = '/api/console/v1/subscription'
const doc = (summary: string) => ({ summary, tags: ['subscription'] })

/** What a member has and what becomes of it. Each change has a look before it that costs nothing. */
export function registerSubscription(fastify: FastifyInstance, deps: BillingRouteDeps): void {
  const { billing, clock, people, catalog } = deps
  const refuse = refuserOf(deps)
  const amountOf = (text: string): Minor | undefined => {
    const read = readMoney(text, catalog.current().operator.currency)
    return read.ok ? read.value : undefined
  }
  registerConsole(fastify, people, 'member', (routes) => {
    const view = async (memberId: Parameters<typeof billing.view>[0]) => ({
      subscription: await billing.view(memberId),
    })
    const answer = { 200: subscriptionAnswerSchema }
    routes.get(
      BASE,
      { schema: { ...doc('The paid subscription: its period, its renewal, a bill that is open'), response: answer } },
      (request) => view(personOf(request).memberId),
    )
    routes.put(
      `${BASE}/renewal`,
      {
        schema: {
          ...doc('The renewal switch; it can be put on again until the period ends'),
          body: renewalSwitchSchema,
          response: answer,
        },
      },
      async (request, reply) => {
        const { memberId } = personOf(request)
        const done = await billing.switchRenewal(memberId, request.body.on)
        return done.ok ? view(memberId) : refuse(request, reply, done.no)
      },
    )
    routes.put(
      `${BASE}/next`,
      {
        schema: {
          ...doc('Another plan or cycle from the next period on; the running one is not touched'),
          body: planWishSchema,
          response: answer,
        },
      },
      async (request, reply) => {
        const { memberId } = personOf(request)
        const done = await billing.planNext(memberId, request.body)
        return done.ok ? view(memberId) : refuse(request, reply, done.no)
      },
    )
    routes.delete(
      `${BASE}/next`,
      { schema: { ...doc('Takes that back'), response: answer } },
      async (request, reply) => {
        const { memberId } = personOf(request)
        const done = await billing.planNext(memberId, undefined)
        return done.ok ? view(memberId) : refuse(request, reply, done.no)
      },
    )
    routes.put(
      `${BASE}/method`,
      { schema: { ...doc('The method that renewals are charged to'), body: chooseMethodSchema, response: answer } },
      async (request, reply) => {
        const { memberId } = personOf(request)
        const done = await billing.chooseMethod(memberId, request.body.method)
        return done.ok ? view(memberId) : refuse(request, reply, done.no)
      },
    )
    const shownQuote = ({ quote, plan, cycle, fullPrice, contract }: UpgradeOffer) => {
      const money = (amount: Minor) => moneyOf(amount, contract.currency)
      return {
        plan: plan.plan,
        cycle,
        anchor: quote.anchor,
        windows: quote.windows,
        days_left: quote.daysLeft,
        period: { starts_at: isoOf(quote.period.startsAt), ends_at: isoOf(quote.period.endsAt) },
        credit: money(quote.credit),
        price: money(quote.price),
        due: money(quote.due),
        next_renewal: { at: isoOf(quote.period.endsAt), price: money(fullPrice) },
      }
    }
    routes.post(
      `${BASE}/upgrade/quote`,
      {
        schema: {
          ...doc('What an upgrade costs now and what it does; nothing is ordered'),
          body: planWishSchema,
          response: { 200: quoteSchema },
        },
      },
      async (request, reply) => {
        const offer = await billing.offerUpgrade({ memberId: personOf(request).memberId, ...request.body }, clock.now())
        return offer.ok ? shownQuote(offer.value) : refuse(request, reply, offer.no)
      },
    )
    routes.post(
      `${BASE}/upgrade`,
      {
        schema: {
          ...doc('Orders an upgrade at a price that is locked for some minutes; in force when it is paid'),
          body: upgradeWishSchema,
          response: { 201: orderSchema },
        },
      },
      async (request, reply) => {
        const requestKey = requestKeyOf(request)
        if (requestKey === undefined) return refuse(request, reply, { code: 'no_request_key' })
        const { plan, cycle, expected_due } = request.body
        const expected = expected_due === undefined ? undefined : amountOf(expected_due)
        if (expected_due !== undefined && expected === undefined)
          return refuse(request, reply, { code: 'not_an_amount', text: expected_due })
        const made = await billing.orderUpgrade(
          { memberId: personOf(request).memberId, plan, cycle, requestKey, expected },
          clock.now(),
        )
        return made.ok ? reply.code(201).send(shownOrder(made.value)) : refuse(request, reply, made.no)
      },
    )
    routes.get(
      `${BASE}/refund`,
      {
        schema: {
          ...doc('What would come back if the period were given up now'),
          response: { 200: refundQuoteSchema },
        },
      },
      async (request, reply) => {
        const offer = await billing.offerRefund(personOf(request).memberId, clock.now())
        if (!offer.ok) return refuse(request, reply, offer.no)
        const { allowed, until, amount, byTime, byUse } = offer.value
        const money = (value: Minor) => moneyOf(value, catalog.current().operator.currency)
        return { allowed, until: isoOf(until), amount: money(amount), by_time: money(byTime), by_use: money(byUse) }
      },
    )
    routes.post(
      `${BASE}/refund`,
      {
        schema: {
          ...doc('Gives the period up: the plan ends now, the money goes back the way it came'),
          body: refundWishSchema,
          response: { 200: refundedSchema },
        },
      },
      async (request, reply) => {
        const expected = amountOf(request.body.expected)
        if (expected === undefined)
          return refuse(request, reply, { code: 'not_an_amount', text: request.body.expected })
        const done = await billing.refund({ memberId: personOf(request).memberId, expected }, clock.now())
        return done.ok
          ? { amount: moneyOf(done.value.amount, catalog.current().operator.currency) }
          : refuse(request, reply, done.no)
      },
    )
  })
}

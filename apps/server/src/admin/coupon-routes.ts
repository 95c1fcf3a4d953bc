import {
  couponSchema,
  couponWishSchema,
  redeemBatchSchema,
  redeemMadeSchema,
  redeemWishSchema,
} from '@codeplan/contract'
import { readMoney, yes } from '@codeplan/core'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

import { insertCoupon, isoOf, makeRedeemCodes, moneyOf } from '../billing/index.ts'
import { personOf, registerConsole } from '../identity/index.ts'
import { BASE, doc, refuseAdmin, refused, refuseShop } from './admin-words.ts'
import { doneBefore, makeDeed } from './deed.ts'
import type { AdminDeps } from './deps.ts'
import { couponsList, redeemBatches } from './orders-store.ts'

/** Coupons for first orders, and codes that give months or money. */
export function registerCoupons(fastify: FastifyInstance, deps: AdminDeps): void {
  const { db, catalog, people } = deps
  const deed = makeDeed(deps)
  const refuseBilling = refuseShop(catalog)
  const unknownPlan = (named: readonly string[]) => {
    const plans = [...catalog.current().plans.keys()]
    const plan = named.find((one) => !plans.includes(one))
    return plan === undefined ? undefined : ({ code: 'no_plan', plan, plans } as const)
  }
  registerConsole(fastify, people, 'support', (routes) => {
    routes.get(
      `${BASE}/coupons`,
      {
        schema: {
          ...doc('Coupons, and batches of redeem codes, the newest first'),
          response: { 200: z.object({ coupons: z.array(couponSchema), redeem: z.array(redeemBatchSchema) }) },
        },
      },
      async () => {
        const { currency } = catalog.current().operator
        const [coupons, redeem] = [await couponsList(db.queries), await redeemBatches(db.queries)]
        return {
          coupons: coupons.map(({ code, terms, uses, created_at, created_by }) => ({
            code,
            percent: terms.percent ?? null,
            amount: terms.amount === undefined ? null : moneyOf(terms.amount, currency),
            plans: [...terms.plans],
            uses,
            uses_max: terms.usesMax,
            created_at: isoOf(created_at),
            created_by,
          })),
          redeem: redeem.map((batch) => ({ ...batch, created_at: isoOf(batch.created_at) })),
        }
      },
    )
  })
  registerConsole(fastify, people, 'operator', (routes) => {
    routes.post(
      `${BASE}/coupons`,
      { schema: { ...doc('Makes a coupon for first orders; once a person'), body: couponWishSchema } },
      async (request, reply) => {
        const { code, percent, amount: text, plans, uses_max: usesMax, why } = request.body
        const unknown = unknownPlan(plans)
        if (unknown) return refuseAdmin(request, reply, unknown)
        const read = text === undefined ? undefined : readMoney(text, catalog.current().operator.currency)
        if (read?.ok === false) return refuseBilling(request, reply, { code: 'not_an_amount', text: text ?? '' })
        const by = personOf(request).email
        const done = await deed(request, { action: 'coupon create', why }, async (tx, now, tell) => {
          const terms = { percent, amount: read?.value, plans, usesMax }
          tell({ whom: code, after: terms })
          const isNew = await insertCoupon(tx, { code, terms, by }, now)
          return isNew ? yes(undefined) : refused({ code: 'coupon_there' })
        })
        return done.ok ? reply.code(201).send() : refuseAdmin(request, reply, done.no)
      },
    )
    routes.post(
      `${BASE}/redeem_codes`,
      {
        schema: {
          ...doc('Makes codes that give months of a plan, or money for the balance; shown this once'),
          body: redeemWishSchema,
          response: { 201: redeemMadeSchema },
        },
      },
      async (request, reply) => {
        const { plan, months, balance, count, why } = request.body
        const unknown = plan === undefined ? undefined : unknownPlan([plan])
        if (unknown) return refuseAdmin(request, reply, unknown)
        const gift = plan === undefined ? { balance: balance ?? '' } : { plan, months }
        if ('balance' in gift && !readMoney(gift.balance, catalog.current().operator.currency).ok)
          return refuseBilling(request, reply, { code: 'not_an_amount', text: gift.balance })
        const by = personOf(request).email
        const done = await deed(request, { action: 'redeem create', why }, async (tx, now, tell) => {
          const before = await doneBefore(tx, request)
          if (before) return before
          tell({ after: { gift, count } })
          return yes(await makeRedeemCodes(tx, { gift, count, by }, now))
        })
        return done.ok ? reply.code(201).send({ codes: [...done.value] }) : refuseAdmin(request, reply, done.no)
      },
    )
  })
}

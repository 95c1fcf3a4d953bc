import { balanceSchema, overflowSchema, statementSchema } from '@codeplan/contract'
import { micros, microsOfMinor, readMoney } from '@codeplan/core'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

import type { Entitlements } from '../entitlements/index.ts'
import { personOf, registerConsole } from '../identity/index.ts'
import { balanceAccount, movementsOf } from '../ledger/index.ts'
import { refuserOf, type BillingRouteDeps } from './route-deps.ts'
import { isoOf, shownBalance, shownMicros } from './shown.ts'

const BASE = '/api/console/v1/balance'
const PAGE = 100
const doc = (summary: string) => ({ summary, tags: ['balance'] })

/** The balance of whoever is signed in: what is there, what it may be used for, and every movement of it. */
export function registerBalance(
  fastify: FastifyInstance,
  deps: BillingRouteDeps & { readonly entitlements: Entitlements },
): void {
  const { catalog, clock, db, entitlements, people } = deps
  const refuse = refuserOf(deps)
  registerConsole(fastify, people, 'member', (routes) => {
    const show = async (memberId: Parameters<Entitlements['wallet']>[0]) =>
      shownBalance(await entitlements.wallet(memberId, clock.now()))
    routes.get(
      BASE,
      {
        schema: {
          ...doc('What is there, what running calls have set aside, the overflow switch'),
          response: { 200: balanceSchema },
        },
      },
      (request) => show(personOf(request).memberId),
    )
    routes.put(
      `${BASE}/overflow`,
      {
        schema: {
          ...doc('Lets a full plan go on at the expense of the balance, up to a cap a month'),
          body: overflowSchema,
          response: { 200: balanceSchema },
        },
      },
      async (request, reply) => {
        const { memberId } = personOf(request)
        const { on, monthly_cap: text } = request.body
        const cap = text === null ? undefined : readMoney(text, catalog.current().operator.currency)
        if (cap?.ok === false) return refuse(request, reply, { code: 'not_an_amount', text: text as string })
        await entitlements.setOverflow(memberId, { on, cap: cap ? micros(microsOfMinor(cap.value)) : null })
        return show(memberId)
      },
    )
    routes.get(
      `${BASE}/statement`,
      {
        schema: {
          ...doc('Every movement, the newest first'),
          querystring: z.object({ before: z.string().max(64).optional() }),
          response: { 200: statementSchema },
        },
      },
      async (request) => {
        const account = balanceAccount(personOf(request).memberId)
        const rows = await movementsOf(db.queries, account, { limit: PAGE, before: request.query.before })
        const movements = rows.map(({ id, kind, note, at, amount }) => ({
          id,
          kind,
          note,
          at: isoOf(at),
          amount: shownMicros(amount),
        }))
        return {
          currency: catalog.current().operator.currency,
          movements,
          next: rows.length === PAGE ? (rows.at(-1)?.id ?? null) : null,
        }
      },
    )
  })
}

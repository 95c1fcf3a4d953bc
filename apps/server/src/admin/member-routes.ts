import {
  balanceDoneSchema,
  balanceWishSchema,
  creditWishSchema,
  grantWishSchema,
  membersQuerySchema,
  membersSchema,
  memberStorySchema,
  refundByOperatorSchema,
  refundedSchema,
  refundPreviewSchema,
  whyOnlySchema,
} from '@codeplan/contract'
import { micros, readMoney, yes, type MemberId } from '@codeplan/core'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'

import { isoOf, moneyOf, shownMicros } from '../billing/index.ts'
import { addBalanceIn, creditIn, grantIn } from '../entitlements/index.ts'
import {
  beginLook,
  callerOf,
  keysOfMember,
  languageFor,
  lookCookies,
  memberById,
  personById,
  personOf,
  registerConsole,
  requestKeyOf,
  revokeKey,
  suspendMember,
} from '../identity/index.ts'
import type { Tx } from '../platform/index.ts'
import { BASE, doc, refuseAdmin, refused, refuseShop } from './admin-words.ts'
import { doneBefore, makeDeed } from './deed.ts'
import type { AdminDeps } from './deps.ts'
import { memberStory, shownMember } from './member-story.ts'
import { membersPage } from './members-store.ts'

const byId = z.object({ id: z.string().max(64) })
const byKey = byId.extend({ key: z.string().max(64) })
const MICROS_PER_UNIT = 1e8
const NOBODY = refused({ code: 'no_such_member' })

/** Members: found, seen whole, and helped. Support may help; what costs money needs an operator. */
export function registerMembers(fastify: FastifyInstance, deps: AdminDeps): void {
  const { db, clock, catalog, billing, people } = deps
  const deed = makeDeed(deps)
  const refuseBilling = refuseShop(catalog)
  const there = async (tx: Tx, id: string) => memberById(tx, id)

  registerConsole(fastify, people, 'support', (routes) => {
    routes.get(
      `${BASE}/members`,
      {
        schema: {
          ...doc('Members, the newest first'),
          querystring: membersQuerySchema,
          response: { 200: membersSchema },
        },
      },
      async ({ query }) => {
        const rows = await membersPage(db.queries, query, clock.now())
        return {
          members: rows.map(shownMember),
          next: rows.length === query.limit ? (rows.at(-1)?.id ?? null) : null,
        }
      },
    )
    routes.get(
      `${BASE}/members/:id`,
      { schema: { ...doc('One member’s whole story'), params: byId, response: { 200: memberStorySchema } } },
      async (request, reply) => {
        const story = await memberStory(deps, request.params.id, languageFor(request), clock.now())
        return story ?? refuseAdmin(request, reply, { code: 'no_such_member' })
      },
    )
    for (const [verb, suspends] of [
      ['suspend', true],
      ['restore', false],
    ] as const) {
      routes.post(
        `${BASE}/members/:id/${verb}`,
        {
          schema: {
            ...doc(suspends ? 'Refuses the calls of a member, on every node within a second' : 'Ends a suspension'),
            params: byId,
            body: whyOnlySchema,
          },
        },
        async (request, reply) => {
          const { id } = request.params
          const what = { action: `member ${verb}`, why: request.body.why }
          const done = await deed(request, what, async (tx, now, tell) => {
            if (!(await there(tx, id))) return NOBODY
            tell({ whom: id, before: { suspended: !suspends }, after: { suspended: suspends } })
            const changed = await suspendMember(tx, id, suspends ? now : null)
            return changed ? yes(undefined) : refused({ code: 'already_so' })
          })
          return done.ok ? reply.code(204).send() : refuseAdmin(request, reply, done.no)
        },
      )
    }
    routes.post(
      `${BASE}/members/:id/credit`,
      {
        schema: {
          ...doc(
            'Gives units on top of an open window, until its reset, once per idempotency-key; the reset stays where it is',
          ),
          params: byId,
          body: creditWishSchema,
        },
      },
      async (request, reply) => {
        const { window, units, why } = request.body
        const memberId = request.params.id
        const by = personOf(request).email
        const done = await deed(request, { action: 'credit', why }, async (tx, now, tell) => {
          const before = await doneBefore(tx, request)
          if (before) return before
          const wish = { memberId, window, micro: Math.round(units * 1e6), reason: why, by }
          const given = await creditIn(tx, catalog, wish, now)
          if (!given.ok) return given
          const { allowance, used } = given.value
          tell({
            whom: memberId,
            before: { window, left: Math.max(0, allowance - wish.micro - used) / 1e6 },
            after: { window, left: Math.max(0, allowance - used) / 1e6 },
          })
          return given
        })
        return done.ok ? reply.code(204).send() : refuseAdmin(request, reply, done.no)
      },
    )
    routes.post(
      `${BASE}/members/:id/keys/:key/revoke`,
      {
        schema: { ...doc('Ends a key of a member, on every node within a second'), params: byKey, body: whyOnlySchema },
      },
      async (request, reply) => {
        const { id, key } = request.params
        const done = await deed(request, { action: 'key revoke', why: request.body.why }, async (tx, now, tell) => {
          const own = (await keysOfMember(tx, id)).find((one) => one.id === key)
          if (!own || !(await revokeKey(tx, key, now))) return refused({ code: 'no_such_key_of_member' })
          tell({ whom: id, before: { key, name: own.name }, after: { revoked: true } })
          return yes(undefined)
        })
        return done.ok ? reply.code(204).send() : refuseAdmin(request, reply, done.no)
      },
    )
    routes.get(
      `${BASE}/members/:id/refund`,
      {
        schema: {
          ...doc('What would go back now if the running period were given up'),
          params: byId,
          response: { 200: refundPreviewSchema },
        },
      },
      async (request, reply) => {
        const memberId = request.params.id as MemberId
        const offer = await billing.offerRefund(memberId, clock.now())
        if (!offer.ok) return refuseBilling(request, reply, offer.no)
        const { currency } = catalog.current().operator
        const { allowed, until, amount, byTime, byUse, netPaid } = offer.value
        return {
          allowed,
          until: isoOf(until),
          amount: moneyOf(amount, currency),
          by_time: moneyOf(byTime, currency),
          by_use: moneyOf(byUse, currency),
          most: moneyOf(netPaid, currency),
        }
      },
    )
  })

  registerConsole(fastify, people, 'operator', (routes) => {
    routes.post(
      `${BASE}/members/:id/look`,
      {
        schema: {
          ...doc('Opens the console as this member sees it, for half an hour, to read'),
          params: byId,
          body: whyOnlySchema,
        },
      },
      async (request, reply) => {
        const memberId = request.params.id as MemberId
        const from = callerOf(request, people.proxyHops)
        const done = await deed(request, { action: 'look', why: request.body.why }, async (tx, now, tell) => {
          const member = await personById(tx, memberId)
          if (!member) return NOBODY
          if (member.role !== 'member') return refused({ code: 'staff_member' })
          const { token, endsAt } = await beginLook(tx, { memberId, by: personOf(request), from }, now)
          tell({ whom: memberId, after: { until: isoOf(endsAt) } })
          return yes(token)
        })
        if (!done.ok) return refuseAdmin(request, reply, done.no)
        return reply
          .header('set-cookie', lookCookies(people, request.headers, done.value))
          .code(204)
          .send()
      },
    )
    routes.post(
      `${BASE}/members/:id/grant`,
      {
        schema: {
          ...doc('Gives a subscription without payment, from now on, once per idempotency-key'),
          params: byId,
          body: grantWishSchema,
        },
      },
      async (request, reply) => {
        const { plan, months, why } = request.body
        const memberId = request.params.id
        const done = await deed(request, { action: 'grant', why }, async (tx, now, tell) => {
          const before = await doneBefore(tx, request)
          if (before) return before
          if (!(await there(tx, memberId))) return NOBODY
          const { plans } = catalog.current()
          const given = await grantIn(tx, catalog, { memberId, plan, months, source: 'grant' }, now)
          if (!given.ok) return refused({ code: 'no_plan', plan, plans: [...plans.keys()] })
          tell({ whom: memberId, after: { plan, months, ends_at: isoOf(given.value.endsAt) } })
          return given
        })
        return done.ok ? reply.code(204).send() : refuseAdmin(request, reply, done.no)
      },
    )
    routes.post(
      `${BASE}/members/:id/balance`,
      {
        schema: {
          ...doc('Books to or from a balance, once per idempotency-key'),
          params: byId,
          body: balanceWishSchema,
          response: { 200: balanceDoneSchema },
        },
      },
      async (request, reply) => {
        const key = requestKeyOf(request)
        if (key === undefined) return refuseBilling(request, reply, { code: 'no_request_key' })
        const amount = micros(Math.round(Number(request.body.amount) * 100) * (MICROS_PER_UNIT / 100))
        if (amount === 0) return refuseAdmin(request, reply, { code: 'amount_nothing' })
        const memberId = request.params.id as MemberId
        const { why } = request.body
        const done = await deed(request, { action: 'balance add', why }, async (tx, now, tell) => {
          if (!(await there(tx, memberId))) return NOBODY
          const gift = { memberId, amount, note: why, idempotencyKey: `balance-add:${key}` }
          const added = await addBalanceIn(tx, catalog, gift, now)
          if (!added.ok) return refused({ code: 'not_that_much', ...added.no })
          const { posted, balance } = added.value
          tell({
            whom: memberId,
            before: { balance: shownMicros(posted ? balance - amount : balance) },
            after: { balance: shownMicros(balance) },
          })
          return added
        })
        if (!done.ok) return refuseAdmin(request, reply, done.no)
        const { posted, balance } = done.value
        return { posted, balance: { amount: shownMicros(balance), currency: catalog.current().operator.currency } }
      },
    )
    routes.post(
      `${BASE}/members/:id/refund`,
      {
        schema: {
          ...doc('Ends a paid subscription now and sends back what the rule says, or an amount up to what was paid'),
          params: byId,
          body: refundByOperatorSchema,
          response: { 200: refundedSchema },
        },
      },
      async (request, reply) => refund(request, reply, request.params.id as MemberId, request.body),
    )
  })

  async function refund(
    request: FastifyRequest,
    reply: Parameters<typeof refuseAdmin>[1],
    memberId: MemberId,
    { amount: text, expected, why }: z.infer<typeof refundByOperatorSchema>,
  ) {
    const { currency } = catalog.current().operator
    const read = (money: string | undefined) => (money === undefined ? undefined : readMoney(money, currency))
    const [wished, shown] = [read(text), read(expected)]
    for (const one of [wished, shown])
      if (one?.ok === false) return refuseBilling(request, reply, { code: 'not_an_amount', text: text ?? '' })
    const offer = await billing.offerRefund(memberId, clock.now())
    if (!offer.ok) return refuseBilling(request, reply, offer.no)
    const amount = wished?.ok ? wished.value : offer.value.amount
    const done = await deed(request, { action: 'refund', why }, async (tx, now, tell) => {
      const byOperator = { amount, reason: why }
      const sent = await billing.refundIn(
        tx,
        { memberId, byOperator, expected: shown?.ok ? shown.value : undefined },
        now,
      )
      if (sent.ok) tell({ whom: memberId, after: { refunded: moneyOf(sent.value.amount, currency) } })
      return sent
    })
    return done.ok ? { amount: moneyOf(done.value.amount, currency) } : refuseBilling(request, reply, done.no)
  }
}

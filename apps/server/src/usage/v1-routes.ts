import { Readable } from 'node:stream'

import {
  callsSchema,
  daysSchema,
  hoursSchema,
  promptsSchema,
  receiptSchema,
  refusalsSchema,
  USAGE_BY,
  usageStandingSchema,
  valueSchema,
} from '@codeplan/contract'
import { concurrencyAt, isZone, runsOutAt, usedShare, type Instant } from '@codeplan/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'

import { languageOf } from '../platform/index.ts'
import type { RouteDeps, UsageDeps } from './deps.ts'
import { exportCsv, exportLines } from './export.ts'
import { pricesNow } from './prices.ts'
import { receiptOf } from './receipt.ts'
import { refusedOf } from './refused.ts'
import { registerServiceCalls } from './services-routes.ts'
import { registerWallet } from './wallet-routes.ts'
import {
  callOfMember,
  callsOf,
  hoursOf,
  promptsOf,
  pursesOf,
  slotSumsOf,
  subscriptionIdsOf,
  type Sum,
} from './store.ts'
import { doc, limit, span, spanOf } from './v1-query.ts'
import { valueOf } from './value.ts'
import { daySlots } from './wall-time.ts'
import { guard, memberOf, problem } from './who.ts'

/** Our own usage API: versioned, documented with OpenAPI, 401 to a bad key. Adding a field is no new version. */
export function registerV1(plain: FastifyInstance, deps: RouteDeps): void {
  const fastify = plain.withTypeProvider<ZodTypeProvider>()
  const { queries } = deps.db

  fastify.get(
    '/api/usage/v1/prices',
    { schema: { summary: 'Plans, models, multipliers now and next', tags: ['usage'] } },
    async () => pricesNow(deps.catalog.current(), deps.clock.now()),
  )

  void fastify.register(async (scope) => {
    const routes = scope.withTypeProvider<ZodTypeProvider>()
    routes.addHook('onRequest', (request, reply) => guard(deps, request, reply))

    routes.get(
      '/api/usage/v1/standing',
      { schema: { ...doc('What is left of each window, until when'), response: { 200: usageStandingSchema } } },
      async (request) => {
        const now = deps.clock.now()
        const standings = await deps.entitlements.standings(memberOf(request), now)
        return { at: iso(now), subscriptions: standings.filter((s) => s.running).map((s) => standingOf(s, now)) }
      },
    )

    registerWallet(routes, deps)
    registerServiceCalls(routes, deps)

    const receipt = async (request: FastifyRequest, id: string, reply: FastifyReply) => {
      const row = await callOfMember(queries, memberOf(request), id)
      if (row) return receiptOf(row, deps.catalog.current().operator.currency)
      return reply
        .code(404)
        .send(problem('not_found', `no call ${id} of yours: the id stands in the x-request-id header of its answer`))
    }
    const byId = z.object({ id: z.string().min(1).max(64) })
    routes.get(
      '/api/usage/v1/calls/:id',
      { schema: { ...doc('The receipt of a call'), params: byId, response: { 200: receiptSchema } } },
      async (request, reply) => receipt(request, request.params.id, reply),
    )
    routes.get('/api/usage/calls/:id', { schema: { hide: true, params: byId } }, async (request, reply) =>
      receipt(request, request.params.id, reply),
    )

    const callsQuery = span.extend({ limit, before: z.string().optional(), prompt: z.string().optional() })
    routes.get(
      '/api/usage/v1/calls',
      {
        schema: { ...doc('Calls, the newest first'), querystring: callsQuery, response: { 200: callsSchema } },
        serializerCompiler: unchecked,
      },
      async (request) => {
        const { before, prompt } = request.query
        const ids = await pursesOf(queries, memberOf(request))
        const page = { limit: request.query.limit, before: cursorOf(before), promptId: prompt }
        const rows = await callsOf(queries, ids, spanOf(request.query, deps.clock.now()), page)
        const last = rows.at(-1)
        return {
          calls: rows.map((row) => receiptOf(row, deps.catalog.current().operator.currency)),
          next: last && rows.length === page.limit ? `${last.admitted_at}.${last.id}` : null,
        }
      },
    )

    const promptsQuery = span.extend({ limit, before: z.string().optional() })
    routes.get(
      '/api/usage/v1/prompts',
      { schema: { ...doc('Prompts, the newest first'), querystring: promptsQuery, response: { 200: promptsSchema } } },
      async (request) => {
        const ids = await subscriptionIdsOf(queries, memberOf(request))
        const { query } = request
        const rows = await promptsOf(queries, ids, spanOf(query, deps.clock.now()), query.limit, query.before)
        const prompts = rows.map((row) => ({
          id: row.id,
          subscription: row.subscription_id,
          opened_at: iso(row.opened_at),
          last_call_at: iso(row.last_call_at),
          calls: row.calls,
          settled_calls: row.used.calls,
          charge: row.used.charge / 1_000_000,
          models: [...row.used.models],
          tools: [...row.used.tools],
          multiplier: row.used.calls === 0 ? null : row.used.multiplier / 1000,
          input_tokens: row.used.input_tokens,
          output_tokens: row.used.output_tokens,
          list_price: row.used.list_price / MICROS_PER_UNIT,
        }))
        return { prompts, next: rows.length === query.limit ? (rows.at(-1)?.id ?? null) : null }
      },
    )

    const by = z.enum(USAGE_BY).default('model')
    routes.get(
      '/api/usage/v1/hours',
      {
        schema: {
          ...doc('Usage by hour (UTC) and model, tool, key or project'),
          querystring: span.extend({ by }),
          response: { 200: hoursSchema },
        },
        serializerCompiler: unchecked,
      },
      async (request) => {
        const ids = await pursesOf(queries, memberOf(request))
        const { query } = request
        const rows = await hoursOf(queries, ids, spanOf(query, deps.clock.now()), columnOf(query.by))
        const { currency } = deps.catalog.current().operator
        return { by: query.by, currency, hours: rows.map((row) => ({ hour: iso(row.hour_at), ...sumOf(row) })) }
      },
    )
    const zone = z.string().max(64).refine(isZone, 'an IANA zone, for example Asia/Shanghai').optional()
    routes.get(
      '/api/usage/v1/days',
      {
        schema: {
          ...doc('Usage by day of a zone (the operator’s by default) and model, tool, key or project'),
          querystring: span.extend({ by, zone }),
          response: { 200: daysSchema },
        },
      },
      async (request) => {
        const ids = await pursesOf(queries, memberOf(request))
        const { query } = request
        const { currency, zone: own } = deps.catalog.current().operator
        const days = { zone: query.zone ?? own, by: query.by, currency }
        const asked = spanOf(query, deps.clock.now())
        const slots = daySlots(days.zone, asked.from, asked.to)
        const starts = slots.map(({ from }) => from)
        const rows = await slotSumsOf(queries, ids, asked, starts, columnOf(query.by))
        return { ...days, days: rows.map((row) => ({ day: slots[row.slot]?.label as string, ...sumOf(row) })) }
      },
    )
    routes.get('/api/usage/v1/live', { schema: { hide: true } }, async (request, reply) => {
      reply.hijack()
      deps.live.watch(memberOf(request), reply.raw)
    })

    routes.get(
      '/api/usage/v1/refusals',
      {
        schema: {
          ...doc('Why was my tool refused? The last refusals, the newest first, with what helps'),
          querystring: z.object({ limit: limit.default(20) }),
          response: { 200: refusalsSchema },
        },
      },
      async (request) => {
        const rows = await deps.refusals.of(memberOf(request), request.query.limit)
        const language = languageOf(request.headers['accept-language'])
        return { refusals: rows.map((row) => refusedOf(row, deps.catalog.current().operator.zone, language)) }
      },
    )

    routes.get(
      '/api/usage/v1/value',
      {
        schema: { ...doc('Value drawn at list prices, by period'), querystring: span, response: { 200: valueSchema } },
      },
      async (request) => {
        const now = deps.clock.now()
        return valueOf(deps, memberOf(request), spanOf(request.query, now), now)
      },
    )

    const exportQuery = span.extend({ format: z.enum(['jsonl', 'csv']).default('jsonl') })
    routes.get(
      '/api/usage/v1/export',
      { schema: { ...doc('All calls of a period'), querystring: exportQuery } },
      async (request, reply) => {
        const { format } = request.query
        const write = format === 'csv' ? exportCsv : exportLines
        const lines = write(deps, memberOf(request), spanOf(request.query, deps.clock.now()))
        reply.header('content-disposition', `attachment; filename="codeplan-usage.${format}"`)
        return reply
          .type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson')
          .send(Readable.from(lines))
      },
    )
  })
}

/** Long lists: to look through two thousand rows took 11 to 17 ms (measured). `lists.test.ts` does it. */
const unchecked = () => JSON.stringify

const iso = (ms: number): string => new Date(ms).toISOString()
const isoOrNull = (ms: number | undefined): string | null => (ms === undefined ? null : iso(ms))
/** A hundred minor units of a million micros. */
const MICROS_PER_UNIT = 1e8
const columnOf = (by: (typeof USAGE_BY)[number]) => (by === 'key' ? 'key_id' : by)

const sumOf = (row: Sum) => ({
  name: row.name,
  calls: row.calls,
  failed: row.failed,
  charge: row.charge / 1_000_000,
  input_tokens: row.input_tokens,
  cache_read_tokens: row.cache_read_tokens,
  cache_write_tokens: row.cache_write_tokens,
  output_tokens: row.output_tokens,
  list_price: row.list_price / MICROS_PER_UNIT,
})

function cursorOf(text: string | undefined): { admittedAt: number; id: string } | undefined {
  const parts = text === undefined ? null : /^(\d{1,16})\.(\w{1,64})$/.exec(text)
  return parts ? { admittedAt: Number(parts[1]), id: parts[2] as string } : undefined
}

type Standing = Awaited<ReturnType<UsageDeps['entitlements']['standings']>>[number]

function standingOf(standing: Standing, now: Instant) {
  const { unit } = standing.terms
  return {
    id: standing.subscriptionId,
    plan: standing.terms.plan,
    name: standing.terms.name,
    drawn: standing.drawn,
    starts_at: iso(standing.startsAt),
    ends_at: iso(standing.endsAt),
    paid_until: standing.paidUntil === null ? null : iso(standing.paidUntil),
    in_flight: standing.inFlight,
    concurrency: concurrencyAt(standing.terms, now),
    windows: standing.windows.map((window) => ({
      id: window.rule.id,
      unit,
      limit: window.allowance / 1_000_000,
      used: window.used / 1_000_000,
      remaining: Math.max(0, window.allowance - window.used) / 1_000_000,
      used_share: usedShare(window),
      length_ms: window.rule.lengthMs,
      started_at: isoOrNull(window.startsAt),
      resets_at: isoOrNull(window.resetsAt),
      runs_out_at: isoOrNull(runsOutAt(window, now)),
    })),
    services: standing.services.map(({ service, calls, per, used, resetsAt }) => ({
      service,
      limit: calls,
      per,
      used,
      remaining: Math.max(0, calls - used),
      resets_at: isoOrNull(resetsAt),
    })),
  }
}

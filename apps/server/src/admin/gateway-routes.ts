import {
  capacityQuerySchema,
  capacitySchema,
  drainWishSchema,
  toolsPolicySchema,
  upstreamsSchema,
  type CapacityAnswer,
} from '@codeplan/contract'
import { DAY_MS, HOUR_MS, plusMs, yes, type Instant } from '@codeplan/core'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

import { isoOf } from '../billing/index.ts'
import { capacityHours, deleteDrained, drainedRows, insertDrained, shownCapacity } from '../gateway/index.ts'
import { personOf, registerConsole } from '../identity/index.ts'
import { BASE, doc, refuseAdmin, refused } from './admin-words.ts'
import { dayBegins, dayText } from './calendar.ts'
import { makeDeed } from './deed.ts'
import type { AdminDeps } from './deps.ts'
import { toolSums, unknownTools } from './gateway-store.ts'
import { subscriptionsSince, type SpanRow } from './subscriptions-store.ts'

const TOOLS_DAYS = 7
const byUpstream = z.object({ upstream: z.string().max(64) })

/** Live routes, measured capacity, and what the rules for tools did. */
export function registerGatewayAdmin(fastify: FastifyInstance, deps: AdminDeps): void {
  const { db, clock, catalog, gateway, people, config } = deps
  const deed = makeDeed(deps)

  registerConsole(fastify, people, 'support', (routes) => {
    routes.get(
      `${BASE}/upstreams`,
      {
        schema: {
          ...doc('Upstreams and routes: health, rests, load, and what is drained'),
          response: { 200: upstreamsSchema },
        },
      },
      async () => {
        const { upstreams, models } = catalog.current()
        const drained = new Map((await drainedRows(db.queries)).map((row) => [row.upstream, row]))
        const status = gateway.status()
        const running = (id: string): number =>
          status.models
            .flatMap((model) => model.routes)
            .reduce((sum, route) => sum + (route.upstream === id ? route.running : 0), 0)
        return {
          now: isoOf(clock.now()),
          node: deps.node,
          upstreams: upstreams.map(({ id, kind, baseUrl, keyEnvs }) => {
            const row = drained.get(id)
            return {
              id,
              kind,
              base_url: baseUrl,
              keys: keyEnvs.map((name) => ({ name, set: config.secret(name) !== undefined })),
              drained: row ? { at: isoOf(row.drained_at), by: row.drained_by, why: row.why } : null,
              running: running(id),
            }
          }),
          models: status.models.map(({ model, waiting, places, routes: all }) => ({
            id: model,
            name: models.get(model)?.name ?? model,
            waiting,
            places,
            routes: all.map(({ restsUntil, ...route }) => ({
              ...route,
              rests_until: restsUntil === null ? null : isoOf(restsUntil),
            })),
          })),
        }
      },
    )
    routes.get(
      `${BASE}/capacity`,
      {
        schema: {
          ...doc('By hour and model: places, how many were in use, who waited; and what was sold by then'),
          querystring: capacityQuerySchema,
          response: { 200: capacitySchema },
        },
      },
      async ({ query: { hours } }) => {
        const now = clock.now()
        const { zone } = catalog.current().operator
        const from = Math.floor(now / HOUR_MS) * HOUR_MS - (hours - 1) * HOUR_MS
        const found = await capacityHours(db.queries, from)
        const first = dayBegins(zone, from as Instant)
        const sold = soldByDay(
          zone,
          await subscriptionsSince(db.queries, first),
          [...catalog.current().plans.keys()],
          first,
          now,
        )
        return { zone, hours: found.map((hour) => shownCapacity(hour, now)), sold: [...sold] }
      },
    )
    routes.get(
      `${BASE}/tools`,
      {
        schema: {
          ...doc('Which tools are used, and what the rules refuse because they do not know it'),
          response: { 200: toolsPolicySchema },
        },
      },
      async () => {
        const { plans, tools } = catalog.current()
        const since = plusMs(clock.now(), -TOOLS_DAYS * DAY_MS)
        const [sums, unknown] = [await toolSums(db.queries, since), await unknownTools(db.queries, since)]
        return {
          days: TOOLS_DAYS,
          suspended: gateway.status().toolPolicySuspended,
          plans: [...plans.values()].map(({ id, name, tool_policy: policy }) => ({ plan: id, name, policy })),
          tools: sums.map(({ tool, charge, ...row }) => ({
            id: tool,
            name: tools.nameOf(tool) ?? tool,
            ...row,
            charge: charge / 1e6,
          })),
          refused: unknown.map(({ last_at, ...row }) => ({ ...row, last_at: isoOf(last_at) })),
        }
      },
    )
  })

  registerConsole(fastify, people, 'operator', (routes) => {
    routes.put(
      `${BASE}/upstreams/:upstream/drain`,
      {
        schema: {
          ...doc('No more calls go to an upstream, or they do again; running ones end by themselves'),
          params: byUpstream,
          body: drainWishSchema,
        },
      },
      async (request, reply) => {
        const { upstream } = request.params
        const { drained, why } = request.body
        const by = personOf(request).email
        const what = { action: drained ? 'upstream drain' : 'upstream undrain', why }
        const done = await deed(request, what, async (tx, now, tell) => {
          const upstreams = catalog.current().upstreams.map(({ id }) => id)
          // One that is no longer in the catalog may be taken back still.
          if (drained && !upstreams.includes(upstream)) return refused({ code: 'no_such_upstream', upstreams })
          tell({ whom: upstream, before: { drained: !drained }, after: { drained } })
          const changed = drained
            ? await insertDrained(tx, { upstream, drained_at: now, drained_by: by, why })
            : await deleteDrained(tx, upstream)
          return changed ? yes(undefined) : refused({ code: 'already_so' })
        })
        return done.ok ? reply.code(204).send() : refuseAdmin(request, reply, done.no)
      },
    )
  })
}

/** How many subscriptions of each plan ran at the end of each day, and how many began on it. */
function soldByDay(
  zone: string,
  rows: readonly SpanRow[],
  plans: readonly string[],
  first: Instant,
  now: Instant,
): CapacityAnswer['sold'] {
  const byPlan = Map.groupBy(rows, ({ plan }) => plan)
  const days: CapacityAnswer['sold'] = []
  for (let from = first; from <= now; from = dayBegins(zone, from, 1)) {
    const to = dayBegins(zone, from, 1)
    const at = Math.min(to, now)
    for (const plan of plans) {
      const all = byPlan.get(plan) ?? []
      const running = all.filter(({ starts_at, ends_at }) => starts_at < at && ends_at > at).length
      const sold = all.filter(({ starts_at }) => starts_at >= from && starts_at < to).length
      days.push({ day: dayText(zone, from), plan, running, sold })
    }
  }
  return days
}

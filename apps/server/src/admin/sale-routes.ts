import {
  adminSaleSchema,
  limitWishSchema,
  pauseWishSchema,
  releaseWishSchema,
  suggestionQuerySchema,
  suggestionSchema,
} from '@codeplan/contract'
import { DAY_MS, instant, plusMs, yes } from '@codeplan/core'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

import { isoOf } from '../billing/index.ts'
import { applyCatalogIn, withLimit } from '../catalog/index.ts'
import { personOf, registerConsole } from '../identity/index.ts'
import { addRelease, pausePlan, shownSuggestion, suggest } from '../sale/index.ts'
import { BASE, doc, refuseAdmin, refused } from './admin-words.ts'
import { doneBefore, makeDeed } from './deed.ts'
import type { AdminDeps } from './deps.ts'
import { releasesSince } from './releases-store.ts'

const LOOK_BACK_MS = 14 * DAY_MS
const byPlan = z.object({ plan: z.string().max(64) })
const clockText = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`

/** The limited sale: its calendar, what an operator adds to it or holds back, and what the capacity bears. */
export function registerSaleAdmin(fastify: FastifyInstance, deps: AdminDeps): void {
  const { db, clock, catalog, people, sale } = deps
  const deed = makeDeed(deps)
  const noPlan = (plan: string) => refused({ code: 'no_plan', plan, plans: [...catalog.current().plans.keys()] })

  registerConsole(fastify, people, 'support', (routes) => {
    routes.get(
      `${BASE}/sale`,
      { schema: { ...doc('Releases, stock and who waits'), response: { 200: adminSaleSchema } } },
      async () => {
        const now = clock.now()
        const { plans, operator, sale: rules } = catalog.current()
        const board = await sale.board(now)
        const releases = await releasesSince(db.queries, plusMs(now, -LOOK_BACK_MS))
        return {
          now: isoOf(now),
          zone: operator.zone,
          limited: rules.limited,
          daily: rules.limited ? { at: clockText(rules.calendar.minuteOfDay), pieces: rules.pieces } : null,
          plans: [...plans.values()].map(({ id, name }) => ({
            plan: id,
            name,
            paused: board.isPaused(id),
            paused_by_catalog: rules.paused.includes(id),
            left: rules.limited ? board.left(id, now) : null,
            waiting: board.waiting(id).length,
            next_release_at: isoOrNull(board.nextOf(id, now)?.opensAt),
          })),
          releases: releases.map(({ opens_at, closes_at, ...row }) => ({
            ...row,
            opens_at: isoOf(opens_at),
            closes_at: isoOrNull(closes_at),
          })),
        }
      },
    )
    routes.get(
      `${BASE}/sale/suggestion`,
      {
        schema: {
          ...doc('How many more of each plan the measured capacity bears, with the reckoning'),
          querystring: suggestionQuerySchema,
          response: { 200: suggestionSchema },
        },
      },
      async ({ query: { days, fill: fillPercent } }) => {
        const plans = [...catalog.current().plans.keys()]
        return shownSuggestion(await suggest(db.queries, { plans, days, fillPercent }, clock.now()), {
          days,
          fillPercent,
        })
      },
    )
  })

  registerConsole(fastify, people, 'operator', (routes) => {
    routes.post(
      `${BASE}/sale/releases`,
      { schema: { ...doc('Puts more pieces on sale, now or at an instant'), body: releaseWishSchema } },
      async (request, reply) => {
        const { plan, pieces, at, why } = request.body
        const done = await deed(request, { action: 'sale release', why }, async (tx, now, tell) => {
          const before = await doneBefore(tx, request)
          if (before) return before
          const wish = { plan, pieces, at: at === undefined ? now : instant(Date.parse(at)) }
          tell({ whom: plan, after: { pieces, opens_at: isoOf(wish.at) } })
          const added = await addRelease(tx, catalog.current(), wish, now)
          if (added.ok) return yes(added.value.id)
          if (added.no === 'no_such_plan') return noPlan(plan)
          return refused({ code: added.no === 'past' ? 'release_past' : 'not_limited' })
        })
        return done.ok ? reply.code(201).send({ id: done.value }) : refuseAdmin(request, reply, done.no)
      },
    )
    routes.put(
      `${BASE}/sale/plans/:plan`,
      {
        schema: {
          ...doc('Stops the sale of a plan at once, or goes on with it'),
          params: byPlan,
          body: pauseWishSchema,
        },
      },
      async (request, reply) => {
        const { plan } = request.params
        const { paused, why } = request.body
        const done = await deed(
          request,
          { action: paused ? 'sale pause' : 'sale resume', why },
          async (tx, now, tell) => {
            const { plans, sale: rules } = catalog.current()
            if (!plans.has(plan)) return noPlan(plan)
            if (!paused && rules.paused.includes(plan)) return refused({ code: 'paused_by_catalog', plan })
            tell({ whom: plan, before: { paused: !paused }, after: { paused } })
            return (await pausePlan(tx, plan, paused ? now : null)) ? yes(undefined) : refused({ code: 'already_so' })
          },
        )
        return done.ok ? reply.code(204).send() : refuseAdmin(request, reply, done.no)
      },
    )
    routes.put(
      `${BASE}/sale/limit`,
      {
        schema: {
          ...doc('Ends the limit of the sale, or brings it back: a new version of the catalog'),
          body: limitWishSchema,
        },
      },
      async (request, reply) => {
        const { limited, why } = request.body
        const by = personOf(request).email
        const done = await deed(request, { action: 'sale limit', why }, async (tx, now, tell) => {
          const { source, sale: rules } = catalog.current()
          if (rules.limited === limited) return refused({ code: 'already_so' })
          const changed = withLimit(source, limited)
          if (changed === undefined) return refused({ code: 'limit_not_in_file' })
          const applied = await applyCatalogIn(tx, changed, by, now)
          if (!applied.ok) return refused({ code: 'catalog_faults', faults: applied.no })
          tell({ before: { limited: !limited }, after: { limited, catalog: applied.value.version } })
          return yes(undefined)
        })
        if (!done.ok) return refuseAdmin(request, reply, done.no)
        await catalog.refresh()
        return reply.code(204).send()
      },
    )
  })
}

const isoOrNull = (at: number | null | undefined): string | null => (at === null || at === undefined ? null : isoOf(at))

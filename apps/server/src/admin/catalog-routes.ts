import {
  catalogAppliedSchema,
  catalogApplySchema,
  catalogCheckedSchema,
  catalogCheckSchema,
  catalogSourceSchema,
  catalogVersionsSchema,
} from '@codeplan/contract'
import { yes } from '@codeplan/core'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

import { isoOf } from '../billing/index.ts'
import {
  applyCatalogIn,
  catalogById,
  catalogChanges,
  catalogVersions,
  lockCatalog,
  readCatalog,
  type CatalogDocument,
} from '../catalog/index.ts'
import { personOf, registerConsole } from '../identity/index.ts'
import { BASE, doc, refuseAdmin, refused } from './admin-words.ts'
import { touchesOf } from './catalog-touches.ts'
import { makeDeed } from './deed.ts'
import type { AdminDeps } from './deps.ts'
import { runningByPlan } from './subscriptions-store.ts'

const LISTED = 50
/** The text of a catalog, a little above its largest size in JSON. */
const BODY_BYTES_MAX = 2_000_000

/** The catalog: its text, what a change would do and to whom, and its history. */
export function registerCatalogAdmin(fastify: FastifyInstance, deps: AdminDeps): void {
  const { db, clock, catalog, people } = deps
  const deed = makeDeed(deps)
  const shown = (row: { readonly id: number; readonly applied_at: number; readonly applied_by: string }) => ({
    version: row.id,
    applied_at: isoOf(row.applied_at),
    applied_by: row.applied_by,
    running: row.id === catalog.current().version,
  })

  registerConsole(fastify, people, 'support', (routes) => {
    routes.get(
      `${BASE}/catalog/versions`,
      {
        schema: {
          ...doc('Versions of the catalog, the newest first'),
          querystring: z.object({ before: z.coerce.number().int().optional() }),
          response: { 200: catalogVersionsSchema },
        },
      },
      async ({ query }) => {
        const rows = await catalogVersions(db.queries, query.before, LISTED)
        return { versions: rows.map(shown), next: rows.length === LISTED ? (rows.at(-1)?.id ?? null) : null }
      },
    )
    routes.get(
      `${BASE}/catalog/versions/:version`,
      {
        schema: {
          ...doc('The text of a version; `running`: of the one that runs'),
          params: z.object({ version: z.union([z.literal('running'), z.coerce.number().int()]) }),
          response: { 200: catalogSourceSchema },
        },
      },
      async (request, reply) => {
        const { version } = request.params
        const row = await catalogById(db.queries, version === 'running' ? catalog.current().version : version)
        return row ? { ...shown(row), source: row.source } : refuseAdmin(request, reply, { code: 'no_such_version' })
      },
    )
  })

  registerConsole(fastify, people, 'operator', (routes) => {
    routes.post(
      `${BASE}/catalog/check`,
      {
        bodyLimit: BODY_BYTES_MAX,
        schema: {
          ...doc('Faults of a catalog, or how it differs from the running one and whom that touches; changes nothing'),
          body: catalogCheckSchema,
          response: { 200: catalogCheckedSchema },
        },
      },
      async ({ body: { source } }) => {
        const running = catalog.current()
        const read = readCatalog(source)
        const none = { running: running.version, same: source === running.source, changes: [], touches: [] }
        if (!read.ok) return { ...none, ok: false, faults: [...read.no] }
        const before = readCatalog(running.source)
        if (!before.ok) throw new Error('the running catalog cannot be read any more')
        const changes = catalogChanges(before.value, read.value)
        const touches = await whom(before.value, read.value, changes)
        return { ...none, ok: true, faults: [], changes: [...changes], touches: [...touches] }
      },
    )
    routes.post(
      `${BASE}/catalog/apply`,
      {
        bodyLimit: BODY_BYTES_MAX,
        schema: {
          ...doc('Makes a catalog the running one, on every node, without a restart'),
          body: catalogApplySchema,
          response: { 200: catalogAppliedSchema },
        },
      },
      async (request, reply) => {
        const { source, base, why } = request.body
        const by = personOf(request).email
        const done = await deed(request, { action: 'catalog apply', why }, async (tx, now, tell) => {
          const running = await lockCatalog(tx)
          if (running !== base) return refused({ code: 'catalog_moved', running })
          const applied = await applyCatalogIn(tx, source, by, now)
          if (!applied.ok) return refused({ code: 'catalog_faults', faults: applied.no })
          tell({ whom: 'catalog', before: { version: base }, after: applied.value })
          return yes(applied.value)
        })
        if (!done.ok) return refuseAdmin(request, reply, done.no)
        await catalog.refresh()
        const { version, changed, planVersions } = done.value
        return { version, changed, plan_versions: [...planVersions] }
      },
    )
  })

  const whom = async (before: CatalogDocument, after: CatalogDocument, changes: ReturnType<typeof catalogChanges>) =>
    touchesOf(before, after, changes, await runningByPlan(db.queries, clock.now()))
}

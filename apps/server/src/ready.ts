import { modelsWithoutRoute } from './catalog/index.ts'
import { sql } from './platform/index.ts'
import type { Rooms } from './rooms.ts'

export interface Readiness {
  readonly ok: boolean
  readonly database: boolean
  readonly catalog: number
  /** Models without a route that could be asked: a key is missing in the environment. */
  readonly modelsWithoutRoute: readonly string[]
}

/** Can this node answer a call: database, catalog, a route per model. */
export async function isReady(rooms: Rooms): Promise<Readiness> {
  const catalog = rooms.catalog.current()
  const without = modelsWithoutRoute(catalog, rooms.config.secret)
  const database = await sql`select 1`.execute(rooms.db.queries).then(
    () => true,
    () => false,
  )
  return { ok: database && without.length === 0, database, catalog: catalog.version, modelsWithoutRoute: without }
}

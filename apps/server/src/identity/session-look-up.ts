import type { Db } from '../platform/index.ts'
import { sessionsByHash, type KnownSession } from './sessions-store.ts'

/** PostgreSQL takes 65,535 parameters. */
const TOGETHER_MAX = 10_000

interface Batch {
  readonly hashes: Map<string, Buffer>
  readonly rows: Promise<ReadonlyMap<string, KnownSession>>
}

/**
 * When a sale begins thousands open the console at once: what arrives while a look-up runs is looked up together after it,
 * so that the database is asked one question at a time.
 */
export function makeLookUp(db: Pick<Db, 'queries'>): (hash: Buffer) => Promise<KnownSession | undefined> {
  let last: Promise<unknown> = Promise.resolve()
  let open: Batch | undefined
  const begin = (): Batch => {
    const hashes = new Map<string, Buffer>()
    const rows = last.then(async () => {
      if (open === batch) open = undefined
      const found = await sessionsByHash(db.queries, [...hashes.values()])
      return new Map(found.map((row) => [row.hash, row]))
    })
    const batch = { hashes, rows }
    last = rows.catch(() => undefined)
    return batch
  }
  return async (hash) => {
    if (!open || open.hashes.size >= TOGETHER_MAX) open = begin()
    const name = hash.toString('hex')
    open.hashes.set(name, hash)
    return (await open.rows).get(name)
  }
}

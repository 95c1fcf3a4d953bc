import { Worker } from 'node:worker_threads'

import { Kysely, PGliteDialect } from 'kysely'

import { makeTx, sql, type Db, type Notify, type Prepared, type Script } from './db.ts'

export interface WorkerSettings {
  /** Folder on disk; undefined keeps the database in memory. */
  readonly folder: string | undefined
  /** A dump that a new database starts from. */
  readonly template: Uint8Array | undefined
}

export type ToWorker =
  | { readonly kind: 'query'; readonly id: number; readonly text: string; readonly parameters: readonly unknown[] }
  | { readonly kind: 'script'; readonly id: number; readonly text: string }
  | { readonly kind: 'dump'; readonly id: number; readonly compression: 'gzip' | 'none' }
  | { readonly kind: 'close'; readonly id: number }

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'rows'; readonly id: number; readonly rows: unknown[]; readonly affectedRows: number }
  | { readonly kind: 'results'; readonly id: number; readonly results: unknown[][] }
  | { readonly kind: 'dump'; readonly id: number; readonly bytes: Uint8Array }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string; readonly code: string | undefined }
  | { readonly kind: 'notification'; readonly channel: string; readonly payload: string }

export interface EmbeddedDb extends Db {
  /** The whole database as a tar file, consistent as of now. */
  dump(compression: 'gzip' | 'none'): Promise<Uint8Array>
}

interface Waiting {
  readonly resolve: (message: FromWorker) => void
  readonly reject: (error: Error) => void
}

type Request = ToWorker extends infer M ? (M extends { id: number } ? Omit<M, 'id'> : never) : never

/** PostgreSQL embedded in a worker thread (PGlite). One session: Kysely queues callers, transactions are exclusive. */
export async function openEmbedded(settings: Partial<WorkerSettings>): Promise<EmbeddedDb> {
  const worker = new Worker(new URL('./pglite-worker.ts', import.meta.url), {
    workerData: { folder: settings.folder, template: settings.template } satisfies WorkerSettings,
  })
  const waiting = new Map<number, Waiting>()
  const channels = new Map<string, Notify>()
  const prepared = new Set<Prepared>()
  let lastId = 0
  let closed = false

  const ready = Promise.withResolvers<void>()
  worker.on('message', (message: FromWorker) => {
    if (message.kind === 'ready') return ready.resolve()
    if (message.kind === 'notification') return channels.get(message.channel)?.(message.payload)
    const one = waiting.get(message.id)
    waiting.delete(message.id)
    if (message.kind === 'failed') {
      one?.reject(Object.assign(new Error(message.message), message.code ? { code: message.code } : {}))
    } else one?.resolve(message)
  })
  const broken = (error: Error): void => {
    ready.reject(error)
    for (const one of waiting.values()) one.reject(error)
    waiting.clear()
  }
  worker.on('error', broken)
  worker.on('exit', () => broken(new Error('the embedded database has stopped')))
  await ready.promise

  const ask = (request: Request): Promise<FromWorker> => {
    const id = ++lastId
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject })
      worker.postMessage({ ...request, id })
    })
  }
  const query = async (text: string, parameters: readonly unknown[] = []) => {
    const answer = await ask({ kind: 'query', text, parameters })
    if (answer.kind !== 'rows') throw new Error('unexpected answer of the embedded database')
    return { rows: answer.rows, affectedRows: answer.affectedRows, fields: [] }
  }
  const close = async (): Promise<void> => {
    if (closed) return
    closed = true
    await ask({ kind: 'close' })
    await worker.terminate()
  }
  const pglite = {
    closed: false,
    ready: true,
    waitReady: Promise.resolve(),
    close,
    query: query as <T>(
      text: string,
      parameters?: unknown[],
    ) => Promise<{ rows: T[]; affectedRows: number; fields: [] }>,
    async transaction<T>(work: (tx: unknown) => Promise<T>): Promise<T> {
      await query('begin')
      try {
        const value = await work(tx)
        await query('commit')
        return value
      } catch (error) {
        await query('rollback')
        throw error
      }
    },
  }
  const tx = { query: pglite.query, rollback: () => query('rollback').then(() => undefined) }
  const queries = new Kysely<unknown>({ dialect: new PGliteDialect({ pglite: pglite as never }) })

  return {
    kind: 'embedded',
    queries,
    tx: makeTx(queries, false),
    // The connection is held against other callers of Kysely: the session is one.
    scripts: (work) =>
      queries.connection().execute(async () => {
        const send = async (text: string) => {
          const answer = await ask({ kind: 'script', text })
          if (answer.kind !== 'results') throw new Error('unexpected answer of the embedded database')
          return answer.results
        }
        const prepare = async (statements: Prepared): Promise<void> => {
          if (prepared.has(statements)) return
          await send(statements.join(';'))
          prepared.add(statements)
        }
        const script: Script = Object.assign(send, {
          prepare,
          beginQuick: 'begin; set local synchronous_commit to on',
        })
        try {
          return await work(script)
        } catch (error) {
          await script('rollback')
          throw error
        }
      }),
    listen: async (channel, heard) => {
      channels.set(channel, heard)
      await sql`listen ${sql.id(channel)}`.execute(queries)
    },
    isListening: () => true,
    // PGlite has no background processes: nothing vacuums or checkpoints unless it is asked to.
    maintain: async () => {
      await sql`vacuum analyze`.execute(queries)
      await sql`checkpoint`.execute(queries)
    },
    dump: async (compression) => {
      const answer = await ask({ kind: 'dump', compression })
      if (answer.kind !== 'dump') throw new Error('unexpected answer of the embedded database')
      return answer.bytes
    },
    close: async () => {
      await queries.destroy()
      await close()
    },
  }
}

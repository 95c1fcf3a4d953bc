import { Kysely, PostgresDialect } from 'kysely'
import { Client, escapeIdentifier, Pool, TypeOverrides, type PoolClient } from 'pg'

import { makeTx, parseInt8, type Db, type Notify, type Prepared, type Script } from './db.ts'
import type { Log } from './log.ts'

/** Connections a node holds: batches share transactions, so a few suffice; more only add contention. */
const CONNECTIONS_MAX = 10
const CONNECT_MS_MAX = 10_000
/** How soon a lost listener tries again; what was missed meanwhile is made up by `onGap`. */
const LISTEN_RETRY_MS = 500
/** No statement of ours takes this long; one that does is stuck behind something and must not hold a connection. */
const STATEMENT_MS_MAX = 60_000
const INT8 = 20
const INT8_ARRAY = 1016

const types = new TypeOverrides()
types.setTypeParser(INT8, parseInt8)
types.setTypeParser(INT8_ARRAY, (text: string) => text.slice(1, -1).split(',').filter(Boolean).map(parseInt8))

export async function openPostgres(url: string, log: Log): Promise<Db> {
  const pool = new Pool({
    connectionString: url,
    max: CONNECTIONS_MAX,
    connectionTimeoutMillis: CONNECT_MS_MAX,
    statement_timeout: STATEMENT_MS_MAX,
    application_name: 'codeplan',
    // Our statements take about a millisecond; compiling one takes ten (measured: batches twice as fast without).
    options: '-c jit=off',
    types,
  })
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on('error', (error) => log.warn({ err: error }, 'database connection lost'))
  const queries = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
  const first = await pool.connect()
  first.release()
  const listener = makeListener(url, log)
  return {
    kind: 'postgres',
    queries,
    tx: makeTx(queries, true),
    scripts: (work) => runScripts(pool, work),
    listen: listener.listen,
    isListening: listener.isListening,
    maintain: () => Promise.resolve(),
    close: async () => {
      await listener.close()
      await queries.destroy()
    },
  }
}

const preparedOn = new WeakMap<PoolClient, Set<Prepared>>()

async function prepareOn(client: PoolClient, statements: Prepared): Promise<void> {
  const known = preparedOn.get(client) ?? new Set()
  preparedOn.set(client, known)
  if (known.has(statements)) return
  await client.query(statements.join(';'))
  known.add(statements)
}

async function runScripts<T>(pool: Pool, work: (script: Script) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    const script = async (text: string) => {
      const results = (await client.query(text)) as unknown as { rows: unknown[] } | { rows: unknown[] }[]
      return (Array.isArray(results) ? results : [results]).map((result) => result.rows)
    }
    const prepare = (statements: Prepared) => prepareOn(client, statements)
    return await work(Object.assign(script, { prepare, beginQuick: 'begin; set local synchronous_commit to off' }))
  } catch (error) {
    await client.query('rollback').catch((lost: Error) => {
      broken = lost
    })
    throw error
  } finally {
    client.release(broken)
  }
}

interface Channel {
  readonly heard: Notify
  readonly onGap: () => void
}

function makeListener(url: string, log: Log) {
  const channels = new Map<string, Channel>()
  let client: Client | undefined
  let closed = false
  let retry: NodeJS.Timeout | undefined

  async function connect(): Promise<void> {
    const next = new Client({ connectionString: url, application_name: 'codeplan listener', keepAlive: true })
    next.on('notification', (message) => channels.get(message.channel)?.heard(message.payload ?? ''))
    next.on('error', (error) => lost(next, error))
    next.on('end', () => lost(next))
    await next.connect()
    for (const channel of channels.keys()) await next.query(`listen ${escapeIdentifier(channel)}`)
    client = next
  }

  function lost(which: Client, error?: Error): void {
    if (closed || client !== which) return
    client = undefined
    if (error) log.warn({ err: error }, 'database listener lost')
    again()
  }

  function again(): void {
    retry = setTimeout(async () => {
      try {
        await connect()
        for (const channel of channels.values()) channel.onGap()
      } catch {
        if (!closed) again()
      }
    }, LISTEN_RETRY_MS)
  }

  return {
    listen: async (channel: string, heard: Notify, onGap: () => void): Promise<void> => {
      channels.set(channel, { heard, onGap })
      if (client) await client.query(`listen ${escapeIdentifier(channel)}`)
      else await connect()
    },
    isListening: (): boolean => client !== undefined,
    close: async (): Promise<void> => {
      closed = true
      clearTimeout(retry)
      await client?.end()
    },
  }
}

import { no, type Outcome } from '@codeplan/core'
import { CompiledQuery, sql, type Kysely, type Transaction } from 'kysely'

/** Rows are typed where they are read: each room's `store.ts` states the shape of its own statements. */
export type Queries = Kysely<unknown>
export type Tx = Transaction<unknown>
export { sql }

export type Notify = (payload: string) => void

/** The database, embedded or a server: one SQL dialect, the same statements. */
export interface Db {
  readonly kind: 'embedded' | 'postgres'
  readonly queries: Queries
  /**
   * Runs one use case in one transaction. `durable: false` lets the commit return before it is on disk: for holds,
   * which settlement does not depend on.
   */
  tx<T>(work: (tx: Tx) => Promise<T>, options?: { durable?: boolean }): Promise<T>
  /**
   * Runs scripts on one connection: several statements in one text, sent at once, so that a batch of the hot path costs two
   * round trips instead of six. Values stand in the text by `literal`. Whatever the work leaves open is rolled back.
   */
  scripts<T>(work: (script: Script) => Promise<T>): Promise<T>
  /** Hears a channel on every node; `onGap` is called when messages may have been missed. */
  listen(channel: string, heard: Notify, onGap: () => void): Promise<void>
  /** False while the connection that hears is down: what is cached may then be stale. */
  isListening(): boolean
  /** Housekeeping that an embedded database does not do by itself. */
  maintain(): Promise<void>
  close(): Promise<void>
}

export interface Script {
  /** Answers the rows of each statement of the text. */
  (text: string): Promise<readonly (readonly unknown[])[]>
  /** Makes `prepare` statements known to the connection, once: what they name is planned once and then executed by name. */
  prepare(statements: Prepared): Promise<void>
  /**
   * Two statements that begin a transaction whose commit may return before it is on disk. A database server goes on when
   * this process is killed, and writes it soon after. The embedded one dies with this process, and has no writer beside it:
   * there every commit is handed to the operating system.
   */
  readonly beginQuick: string
}

/** Texts of `prepare name (types) as …`. The list itself is what a connection remembers, so it must be a constant. */
export type Prepared = readonly string[]

/** A text as an SQL literal; both engines read backslashes as they are (`standard_conforming_strings`). */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** A list of texts as an SQL array. */
export const literals = (texts: readonly string[]): string =>
  texts.length === 0 ? "'{}'::text[]" : `array[${texts.map(literal).join(',')}]`

/** Runs a statement with positional parameters, for statements that are built once and used on the hot path. */
export async function run<Row>(on: Queries | Tx, text: string, parameters: readonly unknown[]): Promise<Row[]> {
  const result = await on.executeQuery<Row>(CompiledQuery.raw(text, [...parameters]))
  return result.rows
}

export async function notify(on: Queries | Tx, channel: string, payload = ''): Promise<void> {
  await sql`select pg_notify(${channel}, ${payload})`.execute(on)
}

/** A jsonb parameter: both drivers take text, while arrays would become PostgreSQL arrays in one of them. */
export const jsonb = (value: unknown): string => JSON.stringify(value)

export function makeTx(queries: Queries, forgetful: boolean): Db['tx'] {
  return (work, options) =>
    queries.transaction().execute(async (tx) => {
      if (forgetful && options?.durable === false) await sql`set local synchronous_commit = off`.execute(tx)
      return work(tx)
    })
}

/** One use case in one transaction that leaves nothing behind when it is refused. */
export async function outcomeTx<T, No>(
  db: Pick<Db, 'tx'>,
  work: (tx: Tx) => Promise<Outcome<T, No>>,
): Promise<Outcome<T, No>> {
  try {
    return await db.tx(async (tx) => {
      const outcome = await work(tx)
      if (!outcome.ok) throw new Refused(outcome.no)
      return outcome
    })
  } catch (error) {
    if (error instanceof Refused) return no(error.why as No)
    throw error
  }
}

/** Takes the transaction back. */
class Refused extends Error {
  readonly why: unknown
  constructor(why: unknown) {
    super('refused')
    this.why = why
  }
}

/**
 * Whether an error says that the database is out of reach or busy, so that trying again may help. SQL states of classes 22,
 * 23 and 42 and errors of other kinds are faults of the program: repeating them changes nothing.
 */
export function isDatabaseAway(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown }
  if (typeof code === 'string') return /^(08|40|53|55|57|58|XX)[0-9A-Z]{3}$|^E[A-Z]+$/.test(code)
  return /connect|terminat|timeout|has stopped|destroyed|end on the pool/i.test(String(message))
}

/** int8 and numeric-free integers arrive as numbers; one that does not fit is a fault, not a rounded figure. */
export function parseInt8(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`int8 ${text} is beyond the safe integers`)
  return value
}

import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { no, yes, type Outcome } from '@codeplan/core'

import { makeBilling, type Billing } from './billing/index.ts'
import { applyCatalog, openCatalog, type CatalogRoom } from './catalog/index.ts'
import { operatorKeyOf, type Config } from './config.ts'
import { makeEntitlements, type Entitlements } from './entitlements/index.ts'
import { makeIdentify, makePeople, makeSeal, type Identify, type People, type Seal } from './identity/index.ts'
import { teamSeats } from './seat-orders.ts'
import { signedOn } from './teams/index.ts'
import {
  lockFolder,
  makeLog,
  makeMail,
  makeMetrics,
  migrate,
  openEmbedded,
  openPostgres,
  openSandboxClock,
  systemClock,
  type Clock,
  type Db,
  type EmbeddedDb,
  type Log,
  type Mail,
  type Metrics,
} from './platform/index.ts'

/** The rooms below HTTP: what a command of the operator needs, and what the server is built on. */
export interface Rooms {
  readonly config: Config
  readonly log: Log
  readonly metrics: Metrics
  readonly clock: Clock
  readonly db: Db
  readonly embedded: EmbeddedDb | undefined
  readonly node: string
  readonly catalog: CatalogRoom
  readonly seal: Seal
  readonly identify: Identify
  readonly people: People
  readonly mail: Mail
  readonly entitlements: Entitlements
  readonly billing: Billing
  close(): Promise<void>
}

export type OpenFault = { readonly kind: 'locked' } | { readonly kind: 'words'; readonly lines: readonly string[] }

/** Opens database and rooms, brings the schema up to date, and applies the catalog file to a new database. */
export async function openRooms(config: Config): Promise<Outcome<Rooms, OpenFault>> {
  const log = makeLog(config.logLevel)
  const store = await openStore(config, log)
  if (!store.ok) return store
  try {
    await migrate(store.value.db, systemClock.now())
    const clock = config.sandboxClock ? await openSandboxClock(store.value.db, systemClock) : systemClock
    const rooms = await furnish(config, { ...store.value, clock, log })
    if (!rooms.ok) await store.value.close()
    return rooms
  } catch (error) {
    await store.value.close()
    throw error
  }
}

/** The rooms on a database that is open and up to date. */
export async function furnish(
  config: Config,
  base: Store & { readonly clock: Clock; readonly log: Log },
): Promise<Outcome<Rooms, OpenFault>> {
  const { db, clock, log } = base
  const catalog = await openOrApply(config, db, clock)
  if (!catalog.ok) return no({ kind: 'words', lines: catalog.no })
  const metrics = makeMetrics()
  const node = `node_${randomBytes(6).toString('hex')}`
  const seal = makeSeal(operatorKeyOf(config))
  const identify = await makeIdentify({ db, seal, clock, metrics, proxyHops: config.proxyHops })
  const entitlements = makeEntitlements({ db, clock, catalog: catalog.value, node, log, metrics })
  const operator = () => catalog.value.current().operator
  const mail = makeMail({ db, clock, log, secret: config.secret, operator })
  const people = await makePeople({
    db,
    clock,
    seal,
    rules: () => catalog.value.current().people,
    operatorName: () => operator().name,
    publicUrl: config.publicUrl,
    proxyHops: config.proxyHops,
    log,
    secret: config.secret,
    signedOn: (tx, who, now) => signedOn({ catalog: catalog.value }, tx, who, now),
  })
  const billing = await makeBilling({
    db,
    clock,
    catalog: catalog.value,
    log,
    secret: config.secret,
    seats: teamSeats,
  })
  const rooms = { config, ...base, metrics, node, catalog: catalog.value, seal, identify, people, mail }
  return yes({ ...rooms, entitlements, billing })
}

export interface Store {
  readonly db: Db
  readonly embedded: EmbeddedDb | undefined
  close(): Promise<void>
}

async function openStore(config: Config, log: Log): Promise<Outcome<Store, OpenFault>> {
  if (config.databaseUrl) {
    try {
      const db = await openPostgres(config.databaseUrl, log)
      return yes({ db, embedded: undefined, close: () => db.close() })
    } catch (error) {
      return no({
        kind: 'words',
        lines: [`DATABASE_URL: the database cannot be reached (${(error as Error).message})`],
      })
    }
  }
  const folder = join(config.dataFolder, 'db')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const lock = await lockFolder(folder)
  if (!lock) return no({ kind: 'locked' })
  try {
    const embedded = await openEmbedded({ folder })
    const close = async (): Promise<void> => {
      await embedded.close()
      await lock.release()
    }
    return yes({ db: embedded, embedded, close })
  } catch (error) {
    await lock.release()
    return no({
      kind: 'words',
      lines: [`${folder}: the embedded database does not open (${(error as Error).message})`],
    })
  }
}

async function openOrApply(config: Config, db: Db, clock: Clock): Promise<Outcome<CatalogRoom, readonly string[]>> {
  const there = await openCatalog(db)
  if (there) return yes(there)
  if (!existsSync(config.catalogFile)) {
    return no([
      `${config.catalogFile}: there is no catalog. Set CODEPLAN_CATALOG to one, or start where catalog.yaml is`,
    ])
  }
  const applied = await applyCatalog(db, readFileSync(config.catalogFile, 'utf8'), 'first start', clock.now())
  if (!applied.ok) return no(applied.no.map((f) => `${config.catalogFile}:${f.line}: ${f.path}: ${f.cure}`))
  return yes((await openCatalog(db)) as CatalogRoom)
}

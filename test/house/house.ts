import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { instant, type MemberId } from '@codeplan/core'
import { startBank, startUpstream, type SandboxBank, type SandboxUpstream } from '@codeplan/sandbox'

import { startApp, type App } from '../../apps/server/src/app.ts'
import { applyCatalog } from '../../apps/server/src/catalog/index.ts'
import type { Config } from '../../apps/server/src/config.ts'
import { addMember, createKey } from '../../apps/server/src/identity/index.ts'
import {
  makeLog,
  migrate,
  openEmbedded,
  openPostgres,
  stoppedClock,
  systemClock,
  type Clock,
  type MovableClock,
} from '../../apps/server/src/platform/index.ts'
import type { Outside } from '../../apps/server/src/tools/index.ts'
import { furnish, type Rooms, type Store } from '../../apps/server/src/rooms.ts'
import { onServer } from './place.ts'
import { readTemplate } from './template.ts'

const BANK_SECRET = 'secret of the bank of this house'

export const catalogSource = readFileSync(new URL('../../catalog.yaml', import.meta.url), 'utf8')

export interface HouseOptions {
  /** The instant at which the clock stands still; it moves only by `clock.advance`. */
  readonly at?: string
  /** Let time pass by itself (for tests of sockets and load). */
  readonly runningClock?: boolean
  /** Changes the text of the default catalog. */
  readonly catalog?: (source: string) => string
  /** Keys of upstreams, by the variables that the catalog names. */
  readonly secrets?: Readonly<Record<string, string>>
  /** Proxies whose `X-Forwarded-For` is believed. */
  readonly proxyHops?: number
  /** Where browsers reach it; with port 0 the one that it gets. */
  readonly publicUrl?: string
  /** What the web reader may open beside the public internet, and what names mean to it. */
  readonly outside?: Outside
  /** Keep the rooms without opening a port. */
  readonly noApp?: boolean
}

export interface Subscriber {
  readonly memberId: MemberId
  readonly email: string
  readonly key: string
}

/** The real server on a database of its own, the outside world faked by the sandbox, time in our hands. */
export interface House {
  readonly clock: MovableClock
  readonly rooms: Rooms
  readonly app: App
  readonly url: string
  readonly upstream: SandboxUpstream
  /** The test bank: it keeps its notifications until they are delivered. */
  readonly bank: SandboxBank
  /** A person with a granted plan (none when left out) and a key. */
  subscriber(plan?: string, months?: number): Promise<Subscriber>
  applyCatalog(change: (source: string) => string): Promise<void>
  close(): Promise<void>
}

/** Set by `.ci/run` and `npm run test:postgres`: an URL of a server on which databases may be made. */
export const testDatabaseUrl = process.env.TEST_DATABASE_URL

export async function openHouse(options: HouseOptions = {}): Promise<House> {
  const folder = mkdtempSync(join(tmpdir(), 'codeplan-house-'))
  const clock = options.runningClock
    ? running()
    : stoppedClock(instant(Date.parse(options.at ?? '2026-03-02T09:00:00+08:00')))
  const log = makeLog(process.env.TEST_LOG ?? 'silent')
  const store = testDatabaseUrl ? await openServerStore(testDatabaseUrl, log) : await openEmbeddedStore()
  await migrate(store.db, clock.now())
  const config: Config = {
    port: 0,
    host: '127.0.0.1',
    dataFolder: folder,
    catalogFile: join(folder, 'catalog.yaml'),
    databaseUrl: testDatabaseUrl,
    operatorKey: undefined,
    logLevel: 'silent',
    proxyHops: options.proxyHops ?? 0,
    sandboxClock: false,
    publicUrl: options.publicUrl ?? 'http://plan.example.org',
    secret: (name) => options.secrets?.[name],
  }
  const source = options.catalog?.(catalogSource) ?? catalogSource
  const applied = await applyCatalog(store.db, source, 'test', clock.now())
  if (!applied.ok) throw new Error(JSON.stringify(applied.no))
  const opened = await furnish(config, { ...store, clock, log })
  if (!opened.ok) throw new Error(JSON.stringify(opened.no))
  const rooms = opened.value
  const upstream = await startUpstream({})
  const bank = await startBank({ secret: BANK_SECRET, keepsEvents: true })
  await rooms.billing.useBank({ url: bank.url, secret: BANK_SECRET })
  const app = options.noApp
    ? undefined
    : await startApp(rooms, { sandboxUrl: () => upstream.url, outside: options.outside ?? {} })
  let people = 0
  return {
    clock,
    rooms,
    upstream,
    bank,
    get app() {
      if (!app) throw new Error('this house has no port')
      return app
    },
    url: `http://127.0.0.1:${app?.port}`,
    subscriber: async (plan, months = 1) => {
      const email = `person${++people}@example.org`
      const added = await addMember(rooms.db, { email, name: '' }, clock.now())
      if (!added.ok) throw new Error(added.no)
      const memberId = added.value.id
      if (plan) {
        const granted = await rooms.entitlements.grant({ memberId, plan, months, source: 'grant' }, clock.now())
        if (!granted.ok) throw new Error(granted.no)
      }
      const made = await createKey(rooms.db, rooms.seal, { email, name: 'test' }, clock.now())
      if (!made.ok) throw new Error(made.no)
      return { memberId, email, key: made.value.key }
    },
    applyCatalog: async (change) => {
      const done = await applyCatalog(rooms.db, change(source), 'test', clock.now())
      if (!done.ok) throw new Error(JSON.stringify(done.no))
      await rooms.catalog.refresh()
    },
    close: async () => {
      await app?.stop()
      await rooms.entitlements.drain()
      await upstream.close()
      await bank.close()
      await rooms.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function running(): MovableClock {
  let ahead = 0
  let passedAhead = 0
  const clock: Clock = systemClock
  return {
    now: () => instant(clock.now() + ahead),
    passedMs: () => clock.passedMs() + passedAhead,
    advance: (ms) => {
      ahead += ms
      passedAhead += ms
    },
    set: (byMs) => {
      ahead += byMs
    },
  }
}

async function openEmbeddedStore(): Promise<Store> {
  const embedded = await openEmbedded({ template: readTemplate() })
  return { db: embedded, embedded, close: () => embedded.close() }
}

/** A database of its own on the test server, dropped at the end. */
async function openServerStore(serverUrl: string, log: Rooms['log']): Promise<Store> {
  const name = `house_${randomBytes(8).toString('hex')}`
  await onServer(serverUrl, `create database ${name}`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  const db = await openPostgres(url.href, log)
  return {
    db,
    embedded: undefined,
    close: async () => {
      await db.close()
      await onServer(serverUrl, `drop database ${name} with (force)`)
    },
  }
}

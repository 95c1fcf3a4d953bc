import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

import Fastify, { LogController, type FastifyBaseLogger } from 'fastify'

import {
  forgetAnswers,
  makeGateway,
  makeUpstreamPools,
  openDrained,
  type Gateway,
  type UpstreamSettings,
} from './gateway/index.ts'
import { registerOperator } from './admin/index.ts'
import {
  registerBalance,
  registerMethods,
  registerOrders,
  registerSubscription,
  registerWebhooks,
} from './billing/index.ts'
import { ALIVE_EVERY_MS } from './entitlements/index.ts'
import { isReady } from './ready.ts'
import { keepDumps } from './dumps.ts'
import { registerDocs, type OpenApi } from './docs/index.ts'
import { registerConsoleFiles } from './console-files.ts'
import { registerConsoleStart } from './console-start.ts'
import { registerPeople } from './identity/index.ts'
import { languageOf, makeJobs, makePartitions, word } from './platform/index.ts'
import type { Rooms } from './rooms.ts'
import { seatOrders } from './seat-orders.ts'
import { registerSeatContracts } from './seat-routes.ts'
import { registerTeams } from './teams/index.ts'
import { openSale, registerSale, type Sale } from './sale/index.ts'
import { registerTools, type Outside } from './tools/index.ts'
import { makeLive, registerUsage, tellFilled } from './usage/index.ts'

export interface App {
  readonly port: number
  readonly gateway: Gateway
  readonly sale: Sale
  /** Everything that is served beside the model bases. */
  readonly routes: readonly { readonly method: string; readonly url: string }[]
  /** Lets running calls finish within the catalog's time, settles everything, closes. */
  stop(): Promise<void>
}

const LAST_USED_EVERY_MS = 15_000
const MAIL_EVERY_MS = 5_000
const PARTITIONS_EVERY_MS = 6 * 3_600_000
/** What is due in the shop is done this long after its instant at the latest. */
const SHOP_EVERY_MS = 5_000
const BALANCES_EVERY_MS = 60_000
/** Whoever wishes it is told so soon that a window has filled. */
const FILLED_EVERY_MS = 15_000
/** A crash loses so much of what was refused. */
const REFUSALS_EVERY_MS = 5_000
const CAPACITY_EVERY_MS = 60_000
const FORGET_EVERY_MS = 10 * 60_000
const MAINTAIN_EVERY_MS = 30 * 60_000
/** Turns are called, and times that are over are ended, also when nobody asks. */
const SALE_EVERY_MS = 1_000
/** A page shows a call so soon after it has happened. */
const LIVE_EVERY_MS = 1_000
/** Looked at this often, taken once a day: the first time soon after a start. */
const DUMP_EVERY_MS = 5 * 60_000
/** Keep-alive outlives the idle connections of proxies in front (60 s is their usual figure). */
const KEEP_ALIVE_MS = 75_000
/** Slow senders are looked for this often. */
const CHECK_EVERY_MS = 5_000
const BACKLOG = 4_096

/** The whole server on one port: plain `node:http` for the model bases, Fastify for everything else. */
export async function startApp(
  rooms: Rooms,
  options: Pick<UpstreamSettings, 'sandboxUrl'> & { readonly outside?: Outside },
): Promise<App> {
  const { config, catalog, log, db, clock, entitlements } = rooms
  const pools = makeUpstreamPools({ sandboxUrl: options.sandboxUrl, secret: config.secret })
  const gateway = makeGateway({ ...rooms, queries: db.queries, pools, drained: await openDrained(db) })

  const fastify = Fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    serverFactory: (handler) => serverFor(handler),
  })
  const routes: { method: string; url: string }[] = []
  fastify.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) routes.push({ method: one, url })
  })
  function serverFor(handler: Parameters<typeof createServer>[1] & {}): Server {
    return createServer(
      { keepAliveTimeout: KEEP_ALIVE_MS, connectionsCheckingInterval: CHECK_EVERY_MS },
      (req, res) => {
        if (!gateway.handle(req, res)) handler(req, res)
      },
    )
  }
  // Looked at by Node.js at each check, so a new catalog holds for connections that are open already.
  await catalog.prepare(({ limits: { headerMsMax, bodyMsMax } }) => {
    fastify.server.headersTimeout = headerMsMax
    fastify.server.requestTimeout = headerMsMax + bodyMsMax
  })
  fastify.get('/healthz', async () => ({ status: 'ok' }))
  fastify.get('/readyz', async (_, reply) => {
    const ready = await isReady(rooms)
    return reply.code(ready.ok ? 200 : 503).send(ready)
  })
  fastify.get('/metrics', async (_, reply) => {
    return reply.type(rooms.metrics.registry.contentType).send(await rooms.metrics.registry.metrics())
  })
  let address = config.publicUrl
  const live = makeLive(rooms)
  await registerUsage(fastify, { ...rooms, refusals: gateway.refusals, live })
  const { sandboxUrl, outside = {} } = options
  registerTools(fastify, { ...rooms, gateway, secret: config.secret, sandboxUrl, outside, host: () => address })
  registerPeople(fastify, rooms)
  registerTeams(fastify, { ...rooms, orderSeats: seatOrders(rooms) })
  registerSeatContracts(fastify, rooms)
  const sale = await openSale(rooms)
  rooms.billing.useStock(sale.stock)
  registerSale(fastify, rooms, sale)
  registerOperator(fastify, { ...rooms, gateway, sale })
  registerBalance(fastify, rooms)
  registerOrders(fastify, rooms)
  registerMethods(fastify, rooms)
  registerSubscription(fastify, rooms)
  registerWebhooks(fastify, rooms)
  registerDocs(fastify, { catalog, clock, host: () => address, openApi: () => fastify.swagger() as OpenApi })
  registerConsoleStart(fastify, rooms)
  const consolePages = registerConsoleFiles(fastify)
  fastify.setNotFoundHandler((request, reply) => {
    if (consolePages.takes(request)) return consolePages.page(reply)
    const path = request.url.split('?')[0] ?? ''
    const { status, code, text, detail } = word({ code: 'not_found', path }, catalog.current().operator.zone)
    const message = text[languageOf(request.headers['accept-language'])]
    return reply.code(status).send({ error: { code, message, detail } })
  })

  if (rooms.embedded) await entitlements.claimAlone()
  await entitlements.recover()
  const jobs = makeJobs(log)
  jobs.every(ALIVE_EVERY_MS, 'recover', () => entitlements.recover())
  jobs.every(SHOP_EVERY_MS, 'shop', () => rooms.billing.workDue(clock.now()))
  jobs.every(BALANCES_EVERY_MS, 'low-balances', () => rooms.billing.tellLowBalances(clock.now()))
  jobs.every(FILLED_EVERY_MS, 'filled-windows', () => tellFilled(rooms, clock.now()))
  jobs.every(LAST_USED_EVERY_MS, 'last-used', () => rooms.identify.flushLastUsed())
  jobs.every(LAST_USED_EVERY_MS, 'sessions-seen', () => rooms.people.flushSeen())
  jobs.every(MAIL_EVERY_MS, 'mail', () => rooms.mail.work())
  jobs.every(PARTITIONS_EVERY_MS, 'forget-sessions', () => rooms.people.forgetEnded())
  jobs.every(PARTITIONS_EVERY_MS, 'partitions', () => db.tx((tx) => makePartitions(tx, clock.now())))
  jobs.every(PARTITIONS_EVERY_MS, 'retention', () => entitlements.forget(clock.now()))
  jobs.every(FORGET_EVERY_MS, 'forget-answers', () => forgetAnswers(db.queries, clock.now()))
  jobs.every(CAPACITY_EVERY_MS, 'capacity', () => gateway.writeCapacity())
  jobs.every(REFUSALS_EVERY_MS, 'refusals', () => gateway.refusals.write())
  jobs.every(PARTITIONS_EVERY_MS, 'forget-refusals', () => gateway.refusals.forget())
  jobs.every(LIVE_EVERY_MS, 'live', () => live.tick())
  jobs.every(SALE_EVERY_MS, 'sale', () => sale.tick())
  jobs.every(PARTITIONS_EVERY_MS, 'forget-tickets', () => sale.forget(clock.now()))
  jobs.every(MAINTAIN_EVERY_MS, 'maintain', () => db.maintain())
  if (rooms.embedded) {
    const dump = keepDumps(rooms.embedded, config.dataFolder, clock)
    jobs.every(DUMP_EVERY_MS, 'dump', dump)
  }

  await fastify.listen({ port: config.port, host: config.host, backlog: BACKLOG })
  const { port } = fastify.server.address() as AddressInfo
  // Any free port is known only now.
  address = config.publicUrl.replace(/:0$/, `:${port}`)
  rooms.billing.useAddress(address)
  return {
    port,
    gateway,
    routes,
    sale,
    stop: async () => {
      fastify.server.close()
      live.close()
      fastify.server.closeIdleConnections()
      await gateway.drain(catalog.current().limits.drainMsMax)
      await entitlements.drain()
      await jobs.stop()
      // A database that is away must not keep the port open.
      const last = {
        'last-used': () => rooms.identify.flushLastUsed(),
        'sessions-seen': () => rooms.people.flushSeen(),
      }
      const kept = { ...last, capacity: () => gateway.writeCapacity(), refusals: () => gateway.refusals.write() }
      for (const [what, write] of Object.entries(kept)) {
        await write().catch((error: unknown) => log.warn({ err: error, what }, 'the last of it was not kept'))
      }
      await pools.close()
      fastify.server.closeAllConnections()
      await fastify.close()
      log.flush()
    },
  }
}

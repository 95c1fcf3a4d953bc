import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CallLog, type CallRecord } from './call-log.ts'
import { parseFaults } from './directives.ts'
import { Engine, type FaultScript, refuse } from './engine.ts'
import { isObject, type JsonObject } from './json.ts'
import { searchCorpus } from './search-corpus.ts'

export interface UpstreamOptions {
  readonly port?: number
  readonly host?: string
  readonly seed?: number
  /** For every call that brings no faults of its own. */
  readonly faults?: FaultScript
  /** Refuse what a strict engine refuses (the default). */
  readonly strict?: boolean
  /** Calls without this key are refused. */
  readonly key?: string
  /** The models served; any name when left out. */
  readonly models?: readonly string[]
  readonly keepBodies?: boolean
}

export interface SandboxUpstream {
  readonly port: number
  readonly url: string
  /** The last 1,000 calls, the oldest first. */
  calls(): readonly CallRecord[]
  /** Calls under way now, and the most there ever were at once. */
  active(): number
  peak(): number
  /** From now on; streams under way go on as they began. */
  setFaults(faults: FaultScript): void
  close(): Promise<void>
}

const longestBody = 64 * 1024 * 1024
const defaultModels = ['glm-5', 'glm-4.7', 'glm-4.6', 'glm-4.5', 'glm-4.5-air', 'glm-4.6v', 'embedding-3']

export async function startUpstream(options: UpstreamOptions = {}): Promise<SandboxUpstream> {
  const log = new CallLog()
  let faults = checked(options.faults ?? '')
  const engine = new Engine({
    seed: options.seed ?? 1,
    strict: options.strict ?? true,
    models: options.models,
    faults: () => faults,
  })
  const server = createServer((req, res) => {
    serve(engine, log, options, req, res).catch((error: unknown) => {
      // A caller that hangs up while it sends is no fault; a fault of the sandbox itself must be seen in the answer.
      if (res.headersSent || req.destroyed) res.destroy()
      else json(res, 500, { error: { type: 'sandbox_fault', message: String(error) } })
    })
  })
  // Idle gateways keep connections for minutes; an engine that closes them first makes every reuse a race.
  server.keepAliveTimeout = 10 * 60_000
  const host = options.host ?? '127.0.0.1'
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, host, resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `http://${host}:${port}`,
    calls: () => log.list(),
    active: () => log.active,
    peak: () => log.peak,
    setFaults: (next) => {
      faults = checked(next)
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function checked(script: FaultScript): FaultScript {
  if (typeof script === 'string') parseFaults(script)
  return script
}

const routes =
  /^(?:\/v1|\/api\/paas\/v4)?\/(chat\/completions|embeddings|messages|messages\/count_tokens|models|health|search|sandbox\/calls)$/

async function serve(
  engine: Engine,
  log: CallLog,
  options: UpstreamOptions,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const path = (req.url ?? '/').replace(/\?.*$/s, '')
  const route = routes.exec(path)?.[1]
  if (route === 'health') return json(res, 200, { status: 'ok' })
  if (route === 'search') return json(res, 200, { results: found(req.url ?? '') })
  if (route === 'sandbox/calls') return json(res, 200, { active: log.active, peak: log.peak, calls: log.report() })
  if (options.key !== undefined && !carries(req, options.key)) {
    return json(res, 401, { error: { type: 'authentication_error', message: 'invalid upstream key' } })
  }
  if (route === 'models') return json(res, 200, modelList(options.models ?? defaultModels, req))
  if (!route || req.method !== 'POST') {
    return json(res, 404, { error: { type: 'not_found_error', message: `${req.method} ${path} is not served here` } })
  }
  if (route === 'messages/count_tokens') {
    const body = await readJson(req)
    if (!body) return json(res, 400, { error: { type: 'invalid_request_error', message: 'not a JSON object' } })
    return json(res, 200, { input_tokens: engine.countTokens(body) })
  }
  await serveCall(engine, log, options, req, res, path, route)
}

async function serveCall(
  engine: Engine,
  log: CallLog,
  options: UpstreamOptions,
  req: IncomingMessage,
  res: ServerResponse,
  path: string,
  route: string,
): Promise<void> {
  const gone = new AbortController()
  const call = log.open(path, route === 'messages' ? 'anthropic' : 'openai', req.headers)
  res.once('close', () => {
    call.aborted = !call.finished && !call.cut
    gone.abort()
    log.close()
  })
  const body = await readJson(req)
  if (!body) return refuse(res, call, 400, 'The body is not a JSON object.')
  if (options.keepBodies) call.body = body
  if (route === 'embeddings') return engine.embed(req, res, body, call, gone.signal)
  await engine.answer(req, res, body, call, gone.signal)
}

/** The search engine of the simulation. */
function found(url: string) {
  const asked = new URL(url, 'http://sandbox').searchParams
  return searchCorpus(asked.get('q') ?? '', Number(asked.get('count') ?? 10))
}

function carries(req: IncomingMessage, key: string): boolean {
  return req.headers.authorization === `Bearer ${key}` || req.headers['x-api-key'] === key
}

async function readJson(req: IncomingMessage): Promise<JsonObject | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of req as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > longestBody) return undefined
    chunks.push(chunk)
  }
  try {
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'))
    return isObject(body) ? body : undefined
  } catch {
    return undefined
  }
}

function modelList(models: readonly string[], req: IncomingMessage): JsonObject {
  if (req.headers['anthropic-version'] === undefined) {
    return { object: 'list', data: models.map((id) => ({ id, object: 'model', created: 0, owned_by: 'sandbox' })) }
  }
  const data = models.map((id) => ({ type: 'model', id, display_name: id, created_at: '1970-01-01T00:00:00Z' }))
  return { data, has_more: false, first_id: models[0] ?? null, last_id: models.at(-1) ?? null }
}

function json(res: ServerResponse, status: number, value: JsonObject): void {
  res.writeHead(status, { 'content-type': 'application/json' })
  res.end(JSON.stringify(value))
}

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { benchCatalog, PLAN, UPSTREAM_KEY_ENV } from './catalog.ts'
import { ROOT, SERVER } from './places.ts'
import { freePort } from './ports.ts'
import { execute, start, until, type Started } from './processes.ts'

export interface Gateway {
  readonly url: string
  readonly port: number
  readonly pid: number
  readonly key: string
  readonly process: Started
}

export interface GatewayOptions {
  /** Undefined: the embedded database. */
  readonly databaseUrl: string | undefined
  readonly upstreamPort: number
  readonly nodeOptions?: string
  readonly heard?: (text: string) => void
}

const EMAIL = 'bench@example.com'
const STOP_MS_MAX = 20_000

/** The server as an operator runs it, with one member, one subscription, one key. */
export async function startGateway(
  stack: AsyncDisposableStack,
  folder: string,
  options: GatewayOptions,
): Promise<Gateway> {
  const home = join(folder, 'codeplan')
  const catalog = join(home, 'catalog.yaml')
  mkdirSync(home)
  writeFileSync(catalog, benchCatalog(options.upstreamPort))
  const port = await freePort()
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    PORT: String(port),
    HOST: '127.0.0.1',
    CODEPLAN_DATA: join(home, 'data'),
    CODEPLAN_CATALOG: catalog,
    DATABASE_URL: options.databaseUrl ?? '',
    LOG_LEVEL: 'warn',
    [UPSTREAM_KEY_ENV]: 'sim',
    NODE_ENV: 'production',
  }
  const command = async (...line: string[]): Promise<Record<string, unknown>> => {
    const { stdout } = await execute(process.execPath, [SERVER, ...line, '--json'], { cwd: ROOT, env })
    return JSON.parse(stdout) as Record<string, unknown>
  }
  await command('member', 'add', EMAIL)
  await command('grant', EMAIL, PLAN)
  const { key } = await command('key', 'create', EMAIL)
  const server = start(stack, {
    command: process.execPath,
    args: [SERVER, 'start'],
    cwd: ROOT,
    env: { ...env, ...(options.nodeOptions ? { NODE_OPTIONS: options.nodeOptions } : {}) },
    patienceMs: STOP_MS_MAX,
    ...(options.heard ? { heard: options.heard } : {}),
  })
  const url = `http://127.0.0.1:${port}`
  await until('the server', server, async () => (await fetch(`${url}/readyz`)).ok)
  return { url, port, pid: server.pid, key: String(key), process: server }
}

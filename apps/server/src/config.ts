import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

import { OPERATOR_KEY_BYTES } from './identity/index.ts'

export interface Config {
  readonly port: number
  readonly host: string
  readonly dataFolder: string
  readonly catalogFile: string
  /** Undefined: the embedded database in the data folder. */
  readonly databaseUrl: string | undefined
  /** 32 bytes; undefined: kept in a file of the data folder, made at the first start. */
  readonly operatorKey: Buffer | undefined
  readonly logLevel: string
  /** Proxies in front of the server that write `X-Forwarded-For`. */
  readonly proxyHops: number
  /** The clock may be moved, for trying out what happens by time. */
  readonly sandboxClock: boolean
  /** Where people and payment providers reach this server: links begin with it. */
  readonly publicUrl: string
  /** Keys of upstreams and other secrets, by their names in the environment. */
  readonly secret: (name: string) => string | undefined
}

export interface ConfigFault {
  readonly name: string
  readonly cure: string
}

const PROXY_HOPS_MAX = 10
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

/** Environment → configuration. Every fault is listed with its cure. */
export function readConfig(env: NodeJS.ProcessEnv): { config: Config; faults: readonly ConfigFault[] } {
  const faults: ConfigFault[] = []
  const port = Number(env.PORT || 8787)
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    faults.push({ name: 'PORT', cure: 'use a number from 0 to 65535' })
  const databaseUrl = env.DATABASE_URL || undefined
  if (databaseUrl && !/^postgres(ql)?:\/\//.test(databaseUrl)) {
    faults.push({ name: 'DATABASE_URL', cure: 'use postgres://user:password@host:5432/database, or leave it out' })
  }
  const logLevel = env.LOG_LEVEL ?? 'info'
  if (!LOG_LEVELS.includes(logLevel)) faults.push({ name: 'LOG_LEVEL', cure: `use one of ${LOG_LEVELS.join(', ')}` })
  const proxyHops = Number(env.TRUST_PROXY || 0)
  if (!Number.isInteger(proxyHops) || proxyHops < 0 || proxyHops > PROXY_HOPS_MAX) {
    faults.push({
      name: 'TRUST_PROXY',
      cure: `use the number of proxies in front of the server, 0 to ${PROXY_HOPS_MAX}`,
    })
  }
  const operatorKey = env.CODEPLAN_OPERATOR_KEY ? Buffer.from(env.CODEPLAN_OPERATOR_KEY, 'hex') : undefined
  if (operatorKey && operatorKey.length !== OPERATOR_KEY_BYTES) {
    faults.push({ name: 'CODEPLAN_OPERATOR_KEY', cure: 'use 64 hex digits, for example from: openssl rand -hex 32' })
  }
  const publicUrl = (env.PUBLIC_URL || `http://127.0.0.1:${port}`).replace(/\/+$/, '')
  if (!/^https?:\/\/[^/]+$/.test(publicUrl))
    faults.push({ name: 'PUBLIC_URL', cure: 'use where people reach the server, for example https://plan.example.org' })
  if (env.SMTP_URL && !/^smtps?:\/\//.test(env.SMTP_URL))
    faults.push({ name: 'SMTP_URL', cure: 'use smtp://user:password@host:587 or smtps://…, or leave it out' })
  if (env.SMTP_URL && !env.MAIL_FROM)
    faults.push({ name: 'MAIL_FROM', cure: 'set the address that letters come from, since SMTP_URL is set' })
  return {
    config: {
      port,
      host: env.HOST || '127.0.0.1',
      dataFolder: resolve(env.CODEPLAN_DATA || './data'),
      catalogFile: resolve(env.CODEPLAN_CATALOG || './catalog.yaml'),
      databaseUrl,
      operatorKey,
      logLevel,
      proxyHops,
      sandboxClock: env.CODEPLAN_SANDBOX === '1',
      publicUrl,
      secret: (name) => env[name] || undefined,
    },
    faults,
  }
}

/** The key that seals secrets at rest. Several nodes must share it, so a cluster sets CODEPLAN_OPERATOR_KEY. */
export function operatorKeyOf(config: Config): Buffer {
  if (config.operatorKey) return config.operatorKey
  mkdirSync(config.dataFolder, { recursive: true, mode: 0o700 })
  const file = join(config.dataFolder, 'operator.key')
  if (!existsSync(file))
    writeFileSync(file, `${randomBytes(OPERATOR_KEY_BYTES).toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
  return Buffer.from(readFileSync(file, 'utf8').trim(), 'hex')
}

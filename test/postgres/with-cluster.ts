import { execFileSync, spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

import { until } from '../house/until.ts'

/**
 * node test/postgres/with-cluster.ts COMMAND ARGS…: runs a command with TEST_DATABASE_URL. When the variable is set
 * already, that server is used; else a private PostgreSQL is started in a temporary folder, on a free port of the
 * loopback address, and taken down at the end.
 */
const START_MS_MAX = 60_000
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

async function main(command: readonly string[]): Promise<number> {
  if (process.env.TEST_DATABASE_URL) return runChild(command, process.env)
  const bin = findBinaries()
  if (!bin) {
    say('PostgreSQL is not installed. On Debian and Ubuntu: apt-get install postgresql')
    say('or name a server on which databases may be made: TEST_DATABASE_URL=postgres://user:password@host/postgres')
    return 1
  }
  const cluster = await startCluster(bin)
  try {
    return await runChild(command, { ...process.env, TEST_DATABASE_URL: cluster.url })
  } finally {
    await cluster.stop()
  }
}

/** The newest version that Debian has installed, else what is on the path. */
function findBinaries(): string | undefined {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).toSorted((a, b) => Number(b) - Number(a)) : []
  const folders = [...versions.map((version) => join(debian, version, 'bin')), ...pathFolders()]
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')))
}

const pathFolders = (): readonly string[] => (process.env.PATH ?? '').split(delimiter).filter(Boolean)

async function startCluster(bin: string): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'codeplan-postgres-'))
  const password = randomBytes(16).toString('hex')
  const passwordFile = join(folder, 'password')
  writeFileSync(passwordFile, password, { mode: 0o600 })
  const data = join(folder, 'data')
  mkdirSync(data, { mode: 0o700 })
  // PostgreSQL refuses to run as root.
  const user = process.getuid?.() === 0 ? accountOf('postgres') : {}
  if (user.uid !== undefined) for (const path of [folder, passwordFile, data]) chownSync(path, user.uid, user.gid ?? 0)
  const how: SpawnOptions = { ...user, cwd: folder, env: { PATH: process.env.PATH ?? '', LC_ALL: 'C' } }

  const init = [
    '-D',
    data,
    '-U',
    'postgres',
    '-A',
    'scram-sha-256',
    '--pwfile',
    passwordFile,
    '-E',
    'UTF8',
    '--locale=C',
    '-N',
  ]
  execFileSync(join(bin, 'initdb'), init, { ...how, stdio: ['ignore', 'ignore', 'inherit'] })
  const port = await freePort()
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: folder,
    max_connections: 200,
    // Nothing of this cluster outlives the run; what a crash of a *server of ours* loses does not depend on it.
    fsync: 'off',
    log_min_messages: 'fatal',
  }
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const server = spawn(join(bin, 'postgres'), ['-D', data, ...options], {
    ...how,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  try {
    // The file gets this word in its last line once connections are taken.
    await until(
      'PostgreSQL is ready',
      () => !ended(server) && lastLine(join(data, 'postmaster.pid')) === 'ready',
      START_MS_MAX,
    )
  } catch (error) {
    server.kill('SIGQUIT')
    remove()
    throw error
  }
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    stop: async () => {
      const gone = new Promise((resolve) => server.once('exit', resolve))
      if (!ended(server)) {
        // Immediate: whoever is still connected is cut off.
        server.kill('SIGQUIT')
        await gone
      }
      remove()
    },
  }
}

function ended(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

const lastLine = (file: string): string | undefined =>
  existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').at(-1)?.trim() : undefined

function accountOf(name: string): { uid?: number; gid?: number } {
  const [, , uid, gid] = lineOf(name).split(':')
  if (uid === undefined) throw new Error(`there is no account ${name} to run PostgreSQL as`)
  return { uid: Number(uid), gid: Number(gid) }
}

const lineOf = (name: string): string =>
  readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((line) => line.startsWith(`${name}:`)) ?? ''

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

/** The command's exit code. Signals are its matter: this process stays to take the cluster down. */
function runChild([name = '', ...args]: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(name, args, { env, stdio: 'inherit' })
    const pass = (signal: NodeJS.Signals): void => void child.kill(signal)
    for (const signal of SIGNALS) process.on(signal, pass)
    child.once('error', (error) => {
      say(`${name}: ${error.message}`)
      resolve(127)
    })
    child.once('exit', (code, signal) => {
      for (const name of SIGNALS) process.off(name, pass)
      resolve(signal ? 130 : (code ?? 1))
    })
  })
}

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}

process.exitCode = await main(process.argv.slice(2))

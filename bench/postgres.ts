import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { postgresBin } from './need.ts'
import { freePort } from './ports.ts'
import { execute, flags, start, until } from './processes.ts'

export interface Postgres {
  readonly url: string
  readonly pid: number
}

const USER = 'bench'
const STOP_MS_MAX = 20_000

/** A private cluster in `folder`, reached over loopback alone. Durability is as it comes: every commit is flushed. */
export async function startPostgres(
  stack: AsyncDisposableStack,
  folder: string,
  more: readonly string[] = [],
): Promise<Postgres> {
  const bin = postgresBin() as string
  const home = join(folder, 'postgres')
  const data = join(home, 'data')
  const passwordFile = join(home, 'password')
  const password = randomBytes(16).toString('hex')
  mkdirSync(home, { mode: 0o700 })
  writeFileSync(passwordFile, password, { mode: 0o600 })
  // PostgreSQL refuses to run as root.
  const asRoot = process.getuid?.() === 0
  if (asRoot) {
    chmodSync(folder, 0o711)
    await execute('chown', ['-R', 'postgres:', home])
  }
  const run = (program: string, args: readonly string[]): { command: string; args: string[] } => {
    const command = join(bin, program)
    return asRoot
      ? { command: 'setpriv', args: ['--reuid=postgres', '--regid=postgres', '--init-groups', command, ...args] }
      : { command, args: [...args] }
  }
  const initdb = run(
    'initdb',
    flags({
      pgdata: data,
      username: USER,
      pwfile: passwordFile,
      auth: 'scram-sha-256',
      encoding: 'UTF8',
      locale: 'C.UTF-8',
    }),
  )
  await execute(initdb.command, initdb.args, { cwd: home })
  const port = await freePort()
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', ...more]
  const server = start(stack, {
    ...run('postgres', ['-D', data, ...settings.flatMap((setting) => ['-c', setting])]),
    cwd: home,
    // Its fast shutdown: connections are cut, what is committed is kept.
    stopSignal: 'SIGINT',
    patienceMs: STOP_MS_MAX,
  })
  await until('PostgreSQL', server, async () => {
    await execute(join(bin, 'pg_isready'), ['-h', '127.0.0.1', '-p', String(port)])
    return true
  })
  return { url: `postgres://${USER}:${password}@127.0.0.1:${port}/postgres`, pid: server.pid }
}

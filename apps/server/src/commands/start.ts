import { randomBytes } from 'node:crypto'

import { startBank, startUpstream, type SandboxBank, type SandboxUpstream } from '@codeplan/sandbox'

import { startApp } from '../app.ts'
import type { Rooms } from '../rooms.ts'
import { openControl } from './control.ts'

/** A transfer at the test bank that is late arrives after this time. */
const LATE_MS = 20_000

/** Runs the server until it is told to stop. SIGTERM and SIGINT drain; a second one ends at once. */
export async function start(rooms: Rooms, write: (text: string) => void): Promise<void> {
  let sandbox: SandboxUpstream | undefined
  let starting: Promise<SandboxUpstream> | undefined
  // Only a catalog that names the simulation starts it: the one of the start, or one that is applied while the server runs.
  await rooms.catalog.prepare(async ({ upstreams }) => {
    if (upstreams.some(({ baseUrl }) => baseUrl === 'sandbox')) sandbox = await (starting ??= startUpstream({}))
  })
  // Likewise the test bank.
  let bank: SandboxBank | undefined
  await rooms.catalog.prepare(async ({ billing }) => {
    if (rooms.billing.hasBank() || !billing.providers.some(({ kind }) => kind === 'sandbox')) return
    const secret = randomBytes(24).toString('hex')
    bank = await startBank({ secret, lateMs: LATE_MS })
    await rooms.billing.useBank({ url: bank.url, secret })
  })
  const app = await startApp(rooms, { sandboxUrl: () => sandbox?.url })
  // Beside a database server, commands open the database themselves.
  const control = rooms.embedded ? await openControl(rooms) : undefined
  write(welcome(rooms, app.port, sandbox !== undefined))

  await new Promise<void>((stopped) => {
    let asked = false
    const stop = async (): Promise<void> => {
      if (asked) process.exit(130)
      asked = true
      write('Stopping: running calls finish, then everything is settled.\n')
      await control?.close()
      await app.stop()
      await sandbox?.close()
      await bank?.close()
      await rooms.close()
      stopped()
    }
    process.on('SIGTERM', () => void stop())
    process.on('SIGINT', () => void stop())
  })
}

function welcome(rooms: Rooms, port: number, sandbox: boolean): string {
  const { host, catalogFile, dataFolder, databaseUrl } = rooms.config
  const base = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
  const upstreams = sandbox
    ? `the built-in simulation answers; name real engines under "upstreams" in ${catalogFile}`
    : rooms.catalog
        .current()
        .upstreams.map((u) => u.id)
        .join(', ')
  return `
Codeplan is ready.

  web console    ${base}/

  Claude Code    ANTHROPIC_BASE_URL=${base}/api/anthropic
  Cherry Studio  ${base}/api/coding/paas/v4/
  Codex          ${base}/api/v1
  other tools    ${base}/api/coding/paas/v4

  database       ${databaseUrl ? 'PostgreSQL' : `embedded, in ${dataFolder}`}
  upstreams      ${upstreams}

Next, in a second terminal in this folder, make a person, a plan and a key:

  npx codeplan-server member add you@example.com
  npx codeplan-server grant you@example.com pro
  npx codeplan-server key create you@example.com

and watch the plan being drawn:

  npx codeplan-server usage you@example.com

`
}

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

import { EVENTS_MEMORY, measureEvents } from './events.ts'
import { startGateway } from './gateway.ts'
import { runJudge } from './judge.ts'
import { startLoader } from './load.ts'
import { measureMemory } from './memory.ts'
import { checkNeeds } from './need.ts'
import { Cure, HELP, readOptions, type Options } from './options.ts'
import { installPeers } from './peers.ts'
import { RESULTS } from './places.ts'
import { freePorts } from './ports.ts'
import { startPostgres } from './postgres.ts'
import { execute } from './processes.ts'
import { profileGateway } from './profile.ts'
import { report, type Report } from './report.ts'

const UPSTREAM_PORT = 9100
const TARGET_PORT = 9200
/** The harness gives each of its targets one. */
const TARGET_PORTS = 6

/** As in the judge: the gateway has a core of its own, the load comes from another. */
const CORES = availableParallelism() > 1 ? { gateway: '0', load: '1' } : undefined

const say = (text: string): void => void process.stdout.write(text)

async function bench(options: Options, stack: AsyncDisposableStack): Promise<boolean> {
  checkNeeds(options)
  const folder = mkdtempSync(join(tmpdir(), 'codeplan-bench-'))
  stack.defer(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(RESULTS, { recursive: true })
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '')
  const out = options.out ? resolve(options.out) : join(RESULTS, `${options.mode}-${options.database}-${stamp}.json`)
  const peersFolder = options.mode === 'judge' ? await installPeers(options.peers, say) : ''
  const upstreamPort = await freePorts(UPSTREAM_PORT, 1)
  const memory = options.mode === 'events' ? [EVENTS_MEMORY] : []
  const postgres = options.database === 'postgres' ? await startPostgres(stack, folder, memory) : undefined
  const place = { databaseUrl: postgres?.url, upstreamPort }

  if (options.mode === 'judge') {
    const gateway = await startGateway(stack, folder, place)
    say(`Measuring on ${postgres ? 'PostgreSQL' : 'the embedded database'}; figures go to ${out}\n`)
    const basePort = await freePorts(TARGET_PORT, TARGET_PORTS)
    const work = join(folder, 'judge')
    const settings = { options, gateway, databasePid: postgres?.pid, upstreamPort, basePort, peersFolder, work, out }
    const { code, scenarios } = await runJudge(stack, settings)
    // Cut off in the middle, it has nothing to say.
    if (stack.disposed) return false
    const { text, ok } = report(scenarios, options.database === 'postgres')
    say(text)
    return code === 0 && ok
  }
  if (options.mode === 'events' && postgres) {
    const gateway = await startGateway(stack, folder, place)
    const { text, ok } = await measureEvents(postgres, gateway, options.events, say)
    say(text)
    return ok
  }
  const loader = await startLoader(stack, folder, upstreamPort, CORES)
  let result: Report
  if (options.mode === 'memory') {
    const gateway = await startGateway(stack, folder, place)
    await pin(gateway.pid)
    result = await measureMemory(gateway, loader, say)
  } else {
    result = await profileGateway(stack, { folder, place, loader, options, out, pin, say })
  }
  say(result.text)
  return result.ok
}

async function pin(pid: number): Promise<void> {
  if (CORES) await execute('taskset', ['-a', '-p', '-c', CORES.gateway, String(pid)])
}

const interrupted = Promise.withResolvers<'interrupted'>()
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => interrupted.resolve('interrupted'))

const stack = new AsyncDisposableStack()
let code = 1
try {
  const options = readOptions(process.argv.slice(2))
  if (options === 'help') {
    say(HELP)
    code = 0
  } else {
    const ended = await Promise.race([bench(options, stack), interrupted.promise])
    if (ended === 'interrupted') say('\nStopping what was started.\n')
    code = ended === 'interrupted' ? 130 : ended ? 0 : 1
  }
} catch (error) {
  process.stderr.write(`${error instanceof Cure ? error.message : (error as Error).stack}\n`)
} finally {
  await stack.disposeAsync()
}
// After an interruption the work that was cut off may still hold the process.
process.exit(code)

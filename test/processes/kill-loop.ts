import { setTimeout } from 'node:timers/promises'

import { startUpstream, type SandboxUpstream } from '@codeplan/sandbox'
import { expect } from 'vitest'

import { checkBooks } from '../../apps/server/src/entitlements/index.ts'
import { sql } from '../../apps/server/src/platform/index.ts'
import { begin, readAll, WIRES, type Wire } from '../house/ask.ts'
import { makeDice, type Dice } from '../house/dice.ts'
import { openPlace, type Place } from '../house/place.ts'
import { runCommand, startServer, type ServerProcess } from '../house/process.ts'
import { addSubscriber, withRoomsOf } from '../house/rooms-of.ts'
import { until } from '../house/until.ts'

const KILLS = 20
const WORKERS = 8
const MOMENT_MS_MAX = 1_000
/** Recovery waits 20 s for a silent node, and looks every 2 s. */
const RECOVERY_MS_MAX = 60_000

/** What the callers know, whatever happens to the server. */
interface Callers {
  url: string
  readonly heard: Set<string>
  answers: number
  broken: number
  stopped: boolean
}

/**
 * Kills a real server with SIGKILL at random moments under load and starts it again. At the end every call that a
 * caller has heard of, and every call that an upstream was asked for, is settled exactly once, and the books agree.
 */
export async function killLoop(seed: number, serverUrl: string | undefined): Promise<void> {
  const dice = makeDice(seed)
  const upstream = await startUpstream({ seed })
  const place = await openPlace({ serverUrl, catalog: (source) => wideOpen(source, upstream) })
  let server: ServerProcess | undefined
  try {
    const { key } = await addSubscriber(place.env, { email: 'ada@example.org', plan: 'max' })
    const callers: Callers = { url: '', heard: new Set(), answers: 0, broken: 0, stopped: false }
    const work = Array.from({ length: WORKERS }, (_, n) => keepAsking(callers, key, makeDice(seed + n + 1), n))
    for (let kill = 1; kill <= KILLS; kill++) {
      server = await startServer(place.env)
      callers.url = server.url
      const before = callers.answers
      await until(`calls are answered before kill ${kill}`, () => callers.answers > before, 30_000)
      await setTimeout(dice.between(0, MOMENT_MS_MAX))
      server.kill('SIGKILL')
      expect(await server.exited).toBe('SIGKILL')
    }
    server = await startServer(place.env)
    callers.url = server.url
    const before = callers.answers
    await until('calls are answered at the end', () => callers.answers > before, 30_000)
    callers.stopped = true
    await Promise.all(work)
    await until('nothing is open any more', () => nothingIsOpen(place), RECOVERY_MS_MAX)
    server.kill('SIGTERM')
    expect(await server.exited).toBe(0)
    expect(callers.broken).toBeGreaterThan(KILLS / 2)
    await expectAllSettledOnce(place, callers, upstream)
  } finally {
    server?.kill('SIGKILL')
    await server?.exited
    await place.close()
    await upstream.close()
  }
}

/** No limit of the plan may get in the way: calls of killed servers hold their places until they are recovered. */
function wideOpen(source: string, upstream: SandboxUpstream): string {
  return source
    .replace('kind: openai, base_url: sandbox', `kind: openai, base_url: "${upstream.url}/v1"`)
    .replace('kind: anthropic, base_url: sandbox', `kind: anthropic, base_url: "${upstream.url}"`)
    .replace('prompts: 1600 ', 'prompts: 1000000 ')
    .replace('prompts: 8000 ', 'prompts: 1000000 ')
    .replace('concurrency: 30', 'concurrency: 10000')
}

const MANNERS = ['', '[[fault=tokens:40,rate:400]]', '[[fault=late:30]]', '[[fault=cut:4]]', '[[fault=500]]'] as const

async function keepAsking(callers: Callers, key: string, dice: Dice, worker: number): Promise<void> {
  for (let n = 0; !callers.stopped; n++) {
    const wire = WIRES[dice.between(0, 2)] as Wire
    const model = dice.between(0, 2) === 0 ? 'glm-4.7' : 'glm-4.6'
    const text = `worker ${worker} question ${n} ${MANNERS[dice.between(0, MANNERS.length)]}`
    const leaves = dice.between(0, 8) === 0
    try {
      const res = await begin(callers.url, key, { wire, model, text, stream: dice.between(0, 3) > 0 })
      const id = res.headers['x-request-id']
      if (res.statusCode === 200 && typeof id === 'string') callers.heard.add(id)
      if (leaves) res.destroy()
      else await readAll(res)
      callers.answers++
    } catch {
      callers.broken++
      // The server is down: it is being started again.
      await setTimeout(100)
    }
  }
}

async function nothingIsOpen(place: Place): Promise<boolean> {
  const { out } = await runCommand(place.env, 'doctor', '--json')
  return /, 0 calls are open/.test(out)
}

async function expectAllSettledOnce(place: Place, callers: Callers, upstream: SandboxUpstream): Promise<void> {
  const doctor = await runCommand(place.env, 'doctor', '--json')
  expect([doctor.code, JSON.parse(doctor.out)]).toMatchObject([0, { ok: true }])
  await withRoomsOf(place.env, async (rooms) => {
    const events = await sql<{ id: string; count: number; ending: string }>`
      select id, count(*)::int as count, min(ending) as ending from meter_events group by id`.execute(rooms.db.queries)
    const counts = new Map(events.rows.map((row) => [row.id, row.count]))
    expect([...counts].filter(([, count]) => count !== 1)).toEqual([])
    expect([...callers.heard].filter((id) => !counts.has(id))).toEqual([])
    // Admission is stored before the upstream is asked, so no call reached it without a receipt.
    expect(counts.size).toBeGreaterThanOrEqual(upstream.calls().at(-1)?.order ?? 0)
    expect(await checkBooks(rooms, rooms.clock.now())).toMatchObject({ openHolds: 0, faults: [] })
    const recovered = events.rows.filter((row) => row.ending === 'recovered').length
    expect(recovered).toBeGreaterThan(0)
    process.stderr.write(
      `${counts.size} calls, ${callers.heard.size} heard, ${recovered} recovered, ${callers.broken} broken\n`,
    )
  })
}

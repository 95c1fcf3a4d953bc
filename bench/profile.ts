import { writeFileSync } from 'node:fs'

import { openInspector, type CpuProfile } from './inspector.ts'
import { startGateway, type Gateway, type GatewayOptions } from './gateway.ts'
import { failuresOf, WORK, type Loader } from './load.ts'
import { Cure, type Options } from './options.ts'
import { sharesOf } from './profile-shares.ts'
import type { Report } from './report.ts'

const WARM_SEC = 3
const SAMPLE_EVERY_US = 200
const TOP = 40

export interface ProfileSettings {
  readonly folder: string
  readonly place: GatewayOptions
  readonly loader: Loader
  readonly options: Options
  readonly out: string
  readonly pin: (pid: number) => Promise<void>
  readonly say: (text: string) => void
}

/** Samples the server's main thread under each scenario's full load; the profiles open in any DevTools. */
export async function profileGateway(stack: AsyncDisposableStack, settings: ProfileSettings): Promise<Report> {
  const { options, loader, out, say } = settings
  const address = Promise.withResolvers<string>()
  let heard = ''
  const gateway = await startGateway(stack, settings.folder, {
    ...settings.place,
    nodeOptions: '--inspect=127.0.0.1:0',
    heard: (text) => {
      heard += text
      const found = /Debugger listening on (ws:\S+)/.exec(heard)?.[1]
      if (found) address.resolve(found)
    },
  })
  await settings.pin(gateway.pid)
  const inspector = await openInspector(await address.promise)
  stack.defer(() => inspector.close())
  await inspector.call('Profiler.enable')
  await inspector.call('Profiler.setSamplingInterval', { interval: SAMPLE_EVERY_US })
  let text = ''
  for (const key of options.scenarios) {
    const work = WORK[key]
    if (!work) throw new Cure(`--profile knows the scenarios ${Object.keys(WORK).join(', ')}`)
    await loader.run(gateway, work, { seconds: WARM_SEC })
    const before = await batchesOf(gateway)
    await inspector.call('Profiler.start')
    const result = await loader.run(gateway, work, { seconds: options.durationSec })
    const { profile } = (await inspector.call('Profiler.stop')) as { profile: CpuProfile }
    const batches = batchWords(before, await batchesOf(gateway), result.completed)
    const file = out.replace(/\.json$/, `-${key}.cpuprofile`)
    writeFileSync(file, JSON.stringify(profile))
    say(`${key}: ${result.rps.toFixed(0)} calls/s, ${failuresOf(result)} failed, ${file}\n`)
    text += `\n### ${key}: ${result.completed} calls\n\n${batches}${sharesOf(profile, result.completed, TOP)}`
  }
  return { text, ok: true }
}

type Batches = ReadonlyMap<string, { readonly count: number; readonly seconds: number }>

/** How often the database was asked so far, and how long it took, by the server's own metrics. */
async function batchesOf(gateway: Gateway): Promise<Batches> {
  const text = await (await fetch(`${gateway.url}/metrics`)).text()
  const value = (part: string, kind: string): number =>
    Number(new RegExp(`^codeplan_batch_seconds_${part}\\{kind="${kind}"\\} (\\S+)`, 'm').exec(text)?.[1] ?? 0)
  return new Map(
    ['remembered', 'locked', 'disk'].map((kind) => [
      kind,
      { count: value('count', kind), seconds: value('sum', kind) },
    ]),
  )
}

/** A batch costs the same for one call as for fifty, so its size decides what a call pays. */
function batchWords(before: Batches, after: Batches, calls: number): string {
  const lines = [...after].map(([kind, { count, seconds }]) => {
    const batches = count - (before.get(kind)?.count ?? 0)
    const ms = ((seconds - (before.get(kind)?.seconds ?? 0)) * 1_000) / batches
    return `${kind}: ${batches} batches of ${(calls / batches).toFixed(1)} calls, ${ms.toFixed(1)} ms each\n`
  })
  return `${lines.join('')}\n`
}

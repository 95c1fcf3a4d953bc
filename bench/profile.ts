import { writeFileSync } from 'node:fs'

import { openInspector, type CpuProfile } from './inspector.ts'
import { startGateway, type GatewayOptions } from './gateway.ts'
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
    await inspector.call('Profiler.start')
    const result = await loader.run(gateway, work, { seconds: options.durationSec })
    const { profile } = (await inspector.call('Profiler.stop')) as { profile: CpuProfile }
    const file = out.replace(/\.json$/, `-${key}.cpuprofile`)
    writeFileSync(file, JSON.stringify(profile))
    say(`${key}: ${result.rps.toFixed(0)} calls/s, ${failuresOf(result)} failed, ${file}\n`)
    text += `\n### ${key}: ${result.completed} calls\n\n${sharesOf(profile, result.completed, TOP)}`
  }
  return { text, ok: true }
}

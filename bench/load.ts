import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { MODELS } from './catalog.ts'
import type { Gateway } from './gateway.ts'
import { HARNESS } from './places.ts'
import { execute, flags, start, until } from './processes.ts'

/** Events that the simulator sends in each stream. */
const EVENTS = 64
const STOP_MS_MAX = 2_000
const OPENAI_PATH = '/api/coding/paas/v4/chat/completions'
const ANTHROPIC_PATH = '/api/anthropic/v1/messages'

interface Work {
  readonly path: string
  readonly model: string
  /** Of the harness's `bodies.mjs`. */
  readonly body: string
  readonly stream: boolean
  readonly concurrency: number
}

/** The harness's scenarios of the same name, for what is measured without its judge. */
export const WORK: Readonly<Record<string, Work>> = {
  a: { path: OPENAI_PATH, model: MODELS.openai, body: 'openai-small', stream: false, concurrency: 32 },
  b: { path: OPENAI_PATH, model: MODELS.openai, body: 'openai-small-stream', stream: true, concurrency: 32 },
  c: { path: ANTHROPIC_PATH, model: MODELS.openai, body: 'anthropic-large-stream', stream: true, concurrency: 16 },
  d: { path: ANTHROPIC_PATH, model: MODELS.anthropic, body: 'anthropic-large-stream', stream: true, concurrency: 16 },
}

export interface LoadResult {
  readonly completed: number
  readonly rps: number
  readonly errors: number
  readonly non2xx: number
  readonly incomplete: number
  readonly first_error: string
}

export interface Loader {
  /** Keeps the gateway busy for a time or a number of calls. */
  run(gateway: Gateway, work: Work, bound: { seconds: number } | { calls: number }): Promise<LoadResult>
}

/** Builds the simulator and the load generator and starts the former, both off the gateway's core as in the judge. */
export async function startLoader(
  stack: AsyncDisposableStack,
  folder: string,
  upstreamPort: number,
  cores: { readonly load: string } | undefined,
): Promise<Loader> {
  const build = async (name: string): Promise<string> => {
    const out = join(folder, name)
    await execute('gcc', ['-O2', '-o', out, join(HARNESS, `${name}.c`)])
    return out
  }
  const [upstream, loadgen] = [await build('upstream'), await build('loadgen')]
  const pinned = (command: string, args: readonly string[]): { command: string; args: string[] } =>
    cores ? { command: 'taskset', args: ['-c', cores.load, command, ...args] } : { command, args: [...args] }
  const simulator = start(stack, {
    ...pinned(upstream, ['--port', String(upstreamPort), '--chunks', String(EVENTS)]),
    patienceMs: STOP_MS_MAX,
  })
  await until('the simulator', simulator, async () => (await fetch(`http://127.0.0.1:${upstreamPort}/__stats`)).ok)
  const { writeBodies } = (await import(pathToFileURL(join(HARNESS, 'bodies.mjs')).href)) as {
    writeBodies(folder: string, models: { openai: string; anthropic: string }): Record<string, { file: string }>
  }
  return {
    run: async (gateway, work, bound) => {
      const bodies = join(folder, 'bodies', work.model)
      mkdirSync(bodies, { recursive: true })
      const file = writeBodies(bodies, { openai: work.model, anthropic: work.model })[work.body]?.file as string
      let answer = ''
      const load = start(stack, {
        ...pinned(loadgen, [
          ...flags({
            port: gateway.port,
            path: work.path,
            body: file,
            header: [`Authorization: Bearer ${gateway.key}`, 'anthropic-version: 2023-06-01'],
            conc: work.concurrency,
            requests: 'calls' in bound ? bound.calls : undefined,
            duration: 'seconds' in bound ? bound.seconds : undefined,
          }),
          ...(work.stream ? ['--stream', '--expect', String(EVENTS)] : []),
        ]),
        patienceMs: STOP_MS_MAX,
        heard: (text) => {
          answer += text
        },
      })
      await load.ended
      return JSON.parse(answer) as LoadResult
    },
  }
}

export const failuresOf = (result: LoadResult): number => result.errors + result.non2xx + result.incomplete

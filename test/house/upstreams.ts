import { startUpstream, type FaultScript, type SandboxUpstream } from '@codeplan/sandbox'

/** Three engines for GLM-4.7; each fails as it is told. */
export interface Engines {
  readonly list: SandboxUpstream[]
  /** Turns the default catalog into one whose GLM-4.7 is routed to them, for people with as many calls as they like. */
  catalog(source: string): string
  /** An engine that was closed comes back under its address. */
  revive(index: number): Promise<void>
  close(): Promise<void>
}

export const ENGINES = ['alpha', 'beta', 'gamma'] as const

export async function startEngines(faults: readonly FaultScript[] = []): Promise<Engines> {
  const list = await Promise.all(ENGINES.map((_, i) => startUpstream({ faults: faults[i] ?? '' })))
  const route = 'routes: [{ upstream: sandbox-openai, model: glm-4.7 }]'
  return {
    list,
    catalog: (source) => {
      if (!source.includes(route)) throw new Error('the default catalog routes GLM-4.7 otherwise')
      const entries = list.map((engine, i) => `  - { id: ${ENGINES[i]}, kind: openai, base_url: "${engine.url}/v1" }\n`)
      return source
        .replace('upstreams:\n', `upstreams:\n${entries.join('')}`)
        .replace(route, `routes: [${ENGINES.map((id) => `{ upstream: ${id}, model: m-${id} }`).join(', ')}]`)
        .replaceAll(/concurrency: (5|10|30)\b/g, 'concurrency: 1000')
    },
    revive: async (index) => {
      list[index] = await startUpstream({ port: list[index]?.port ?? 0 })
    },
    close: async () => {
      await Promise.all(list.map((engine) => engine.close()))
    },
  }
}

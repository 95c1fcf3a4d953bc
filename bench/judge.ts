import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { MODELS } from './catalog.ts'
import type { Gateway } from './gateway.ts'
import { PATH } from './need.ts'
import { Cure, type Options } from './options.ts'
import { HARNESS, ROOT } from './places.ts'
import { flags, start } from './processes.ts'

/** Our CPU per request against raw Node's in the same run, at most. */
export const MAX_RATIO: Readonly<Record<string, number>> = { a: 2, b: 1.4, c: 3.5, d: 1.6, e: 1.4 }
/** Its name in the tables. */
export const OURS = 'codeplan'

/** A gateway runs for weeks: measured is what V8 has compiled. A call that shares its process with few others is compiled late
 * (after 2 s it cost twice what it costs after 20). The same for every target. */
const WARM_SEC = 10
/** A measurement under way is waited for no longer than this. */
const STOP_MS_MAX = 3_000

/** One target of a scenario; a figure that could not be measured is null. */
export interface Row {
  readonly name: string
  readonly rps: number | null
  readonly cpuReq: number | null
  readonly helperReq: number | null
  readonly addP50: number | null
  readonly addP99: number | null
  readonly evP50: number | null
  readonly peak: number | null
  readonly other: number | null
  readonly bad: number
}

export interface Scenario {
  readonly key: string
  readonly title: string
  readonly stream: boolean
  /** Many slow streams: its times are those of a busy machine. */
  readonly many: boolean
  readonly rows: readonly Row[]
}

export interface JudgeSettings {
  readonly options: Options
  readonly gateway: Gateway
  /** PostgreSQL, whose CPU is shown beside ours. */
  readonly databasePid: number | undefined
  readonly upstreamPort: number
  readonly basePort: number
  readonly peersFolder: string
  readonly work: string
  readonly out: string
}

/** Runs the harness's judge, which prints its tables as it goes. */
export async function runJudge(
  stack: AsyncDisposableStack,
  settings: JudgeSettings,
): Promise<{ readonly code: number; readonly scenarios: readonly Scenario[] }> {
  const { options, gateway } = settings
  const compare = ['nginx', 'node-http', 'node-undici', ...(options.peers ? ['portkey'] : [])]
  const ratios = options.database === 'postgres' ? thresholdsOf(options.scenarios) : ''
  const judge = start(stack, {
    command: process.execPath,
    args: [
      join(HARNESS, 'bench.mjs'),
      ...flags({
        name: OURS,
        gateway: gateway.url,
        pid: gateway.pid,
        header: [`Authorization: Bearer ${gateway.key}`],
        helpers: settings.databasePid,
        'openai-path': '/api/coding/paas/v4/chat/completions',
        'openai-model': MODELS.openai,
        'anthropic-path': '/api/anthropic/v1/messages',
        'anthropic-model': MODELS.anthropic,
        // Anthropic in, OpenAI upstream: the same path, a model with another route.
        'translate-model': MODELS.openai,
        compare: compare.join(','),
        peers: settings.peersFolder,
        scenarios: options.scenarios.join(','),
        'max-ratio': ratios,
        reps: options.reps,
        duration: options.durationSec,
        warmup: WARM_SEC,
        'upstream-port': settings.upstreamPort,
        'base-port': settings.basePort,
        work: settings.work,
        out: settings.out,
      }),
    ],
    cwd: ROOT,
    env: { ...process.env, PATH },
    shown: true,
    patienceMs: STOP_MS_MAX,
  })
  const code = await judge.ended
  try {
    const { summary } = JSON.parse(readFileSync(settings.out, 'utf8')) as { summary: readonly Scenario[] }
    return { code, scenarios: summary }
  } catch (error) {
    throw new Cure(`the judge left no result: ${judge.lastWords()}`, { cause: error })
  }
}

function thresholdsOf(scenarios: readonly string[]): string {
  return scenarios
    .filter((key) => MAX_RATIO[key] !== undefined)
    .map((key) => `${key}:${MAX_RATIO[key]}`)
    .join(',')
}

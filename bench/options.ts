import { parseArgs } from 'node:util'

export type Mode = 'judge' | 'memory' | 'profile' | 'events'
export type Database = 'postgres' | 'pglite'

export interface Options {
  readonly mode: Mode
  readonly quick: boolean
  readonly database: Database
  readonly peers: boolean
  readonly scenarios: readonly string[]
  readonly reps: number
  readonly durationSec: number
  readonly events: number
  /** Undefined: a file of its own in `bench/results`. */
  readonly out: string | undefined
}

export const HELP = `npm run bench [-- options]

  --quick                        1 repetition of 2 s instead of 3 of 4 s
  --scenarios a,b,c,d,e          what is measured; more keys in bench/harness/README.md
  --database postgres|pglite     a private PostgreSQL (default), or the embedded database (report without thresholds)
  --no-peers                     without Portkey
  --reps N, --duration SECONDS   instead of what --quick or its absence says
  --out FILE.json                where the figures go, a FILE.md beside them
  --memory                       100,000 calls: does the memory of the server stay flat?
  --events N                     how long usage queries take with N events in the table (50000000: half an hour, 50 GB in the
                                 system's temporary folder)
  --profile                      where the CPU of the server goes, for each of the scenarios
`

/** A fault that the user can cure; its message says how. */
export class Cure extends Error {}

export function readOptions(argv: readonly string[]): Options | 'help' {
  let values
  try {
    ;({ values } = parseArgs({
      args: [...argv],
      options: {
        quick: { type: 'boolean', default: false },
        scenarios: { type: 'string', default: 'a,b,c,d,e' },
        database: { type: 'string', default: 'postgres' },
        'no-peers': { type: 'boolean', default: false },
        reps: { type: 'string' },
        duration: { type: 'string' },
        out: { type: 'string' },
        memory: { type: 'boolean', default: false },
        events: { type: 'string' },
        profile: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }))
  } catch (error) {
    throw new Cure(`${(error as Error).message}\n\n${HELP}`, { cause: error })
  }
  if (values.help) return 'help'
  const { database, quick } = values
  if (database !== 'postgres' && database !== 'pglite') throw new Cure(`--database takes postgres or pglite\n\n${HELP}`)
  if (values.events && database !== 'postgres') throw new Cure('--events measures PostgreSQL')
  return {
    mode: values.events ? 'events' : values.memory ? 'memory' : values.profile ? 'profile' : 'judge',
    quick,
    database,
    peers: !values['no-peers'],
    scenarios: values.scenarios.split(',').filter(Boolean),
    reps: positive('--reps', values.reps, quick ? 1 : 3),
    durationSec: positive('--duration', values.duration, quick ? 2 : 4),
    events: positive('--events', values.events, 0),
    out: values.out,
  }
}

function positive(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise
  const value = Number(text)
  if (!(value > 0)) throw new Cure(`${name} takes a number above 0`)
  return value
}

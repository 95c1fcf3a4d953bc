import { objectOf, type JsonObject } from './json.ts'

/** What goes wrong with an answer, and when. All counts are in events of the stream. */
export interface Faults {
  readonly slowMs?: number
  readonly lateMs?: number
  readonly perSecond?: number
  readonly splitBytes?: number
  readonly cutAfter?: number
  readonly errorAfter?: number
  readonly garbageAfter?: number
  readonly status?: number
  readonly retryAfterS?: number
  readonly silent?: true
  readonly never?: true
  readonly noUsage?: true
  readonly absurdUsage?: true
  readonly restart?: true
  readonly length?: true
  readonly tokens?: number
  readonly full?: true
}

export interface Directives {
  readonly faults: string
  readonly steps: number
  readonly parallel: number
  /** The faults of a prompt go away after this many calls, so that a retry can be seen to succeed. */
  readonly times: number
  /** Tools to be called one after the other, with what, before anything else is done. */
  readonly uses: readonly { readonly name: string; readonly input: JsonObject }[]
}

const named: Readonly<Record<string, (n: number | undefined) => Faults>> = {
  slow: (n = 50) => ({ slowMs: n }),
  late: (n = 1000) => ({ lateMs: n }),
  rate: (n = 50) => ({ perSecond: n }),
  split: (n = 1) => ({ splitBytes: Math.max(1, n) }),
  cut: (n = 3) => ({ cutAfter: n }),
  errorevent: (n = 3) => ({ errorAfter: n }),
  garbage: (n = 2) => ({ garbageAfter: n }),
  silent: () => ({ silent: true }),
  never: () => ({ never: true }),
  nousage: () => ({ noUsage: true }),
  absurd: () => ({ absurdUsage: true }),
  restart: () => ({ restart: true }),
  length: () => ({ length: true }),
  tokens: (n = 100) => ({ tokens: n }),
  full: () => ({ full: true }),
  none: () => ({}),
}

/** Reads `slow:50,nousage`. A name that means nothing throws: a test with a misspelled fault would pass for nothing. */
export function parseFaults(script: string): Faults {
  let faults: Faults = {}
  for (const word of script.split(',').map((part) => part.trim())) {
    if (word === '') continue
    const [name = '', value] = word.split(':')
    const n = value === undefined ? undefined : Number(value)
    const known = Object.hasOwn(named, name) ? named[name] : undefined
    if (n !== undefined && !(n >= 0)) throw new Error(`the fault "${word}" needs a number`)
    if (name === 'none') faults = {}
    else if (known) faults = { ...faults, ...known(n) }
    else if (/^[45]\d\d$/.test(name)) faults = { ...faults, status: Number(name), ...retryAfter(n) }
    else throw new Error(`unknown fault "${word}"; known: ${Object.keys(named).join(', ')} and any 4xx or 5xx status`)
  }
  return faults
}

function retryAfter(seconds: number | undefined): Faults {
  return seconds === undefined ? {} : { retryAfterS: seconds }
}

const directive = /\[\[\s*(fault|steps|parallel|times|use)\s*=\s*([^\]]*?)\s*\]\]/g

export function readDirectives(text: string): Directives {
  const found = new Map<string, string>()
  const uses: Directives['uses'][number][] = []
  for (const [, name = '', value = ''] of text.matchAll(directive)) {
    if (name === 'use') uses.push(useOf(value))
    found.set(name, found.has(name) && name === 'fault' ? `${found.get(name)},${value}` : value)
  }
  return {
    faults: found.get('fault') ?? '',
    steps: count(found.get('steps'), 1),
    parallel: count(found.get('parallel'), 1),
    times: count(found.get('times'), Number.POSITIVE_INFINITY),
    uses,
  }
}

/** `mcp__web__search {"query":"x"}` */
function useOf(text: string): Directives['uses'][number] {
  const [, name = '', input = '{}'] = /^(\S+)\s*(.*)$/s.exec(text) ?? []
  return { name, input: objectOf(JSON.parse(input || '{}')) }
}

export function withoutDirectives(text: string): string {
  return text.replace(directive, '').trim()
}

function count(text: string | undefined, otherwise: number): number {
  const n = Number(text)
  return text !== undefined && Number.isInteger(n) && n >= 1 ? n : otherwise
}

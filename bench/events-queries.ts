import type { Gateway } from './gateway.ts'
import type { Report } from './report.ts'

const DAY_MS = 86_400_000
const MONTH_MS = 30 * DAY_MS
/** Of the months before the last day, each is asked for so often. */
const ROUNDS = 5
const P50_MS_MAX = 50
/** Prompts are kept for 90 days; the newest of these months ended a day ago. */
const PROMPT_MONTHS = 2

interface Span {
  readonly from: number
  readonly to: number
}
/** `months`: only so many of the newest are asked for. */
type Query = readonly [name: string, pathOf: (span: Span, seen: Seen) => string, months?: number]

/** Something of the month to ask for by its name. */
interface Seen {
  readonly call: string
  readonly prompt: string
  /** Where a page in the middle of the month begins. */
  readonly cursor: string
}

const iso = (ms: number): string => encodeURIComponent(new Date(ms).toISOString())
const wall = (ms: number): string =>
  encodeURIComponent(new Date(ms + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' '))
const v1 = (path: string, { from, to }: Span): string =>
  `/api/usage/v1/${path}${path.includes('?') ? '&' : '?'}from=${iso(from)}&to=${iso(to)}`
const monitor = (path: string, { from, to }: Span): string =>
  `/api/monitor/usage/${path}?startTime=${wall(from)}&endTime=${wall(to)}`

const QUERIES: readonly Query[] = [
  ['windows now', () => '/api/usage/v1/standing'],
  ['hours by model', (span) => v1('hours?by=model', span)],
  ['hours by tool', (span) => v1('hours?by=tool', span)],
  ['hours by key', (span) => v1('hours?by=key', span)],
  ['calls, the newest 100', (span) => v1('calls', span)],
  ['calls, 500 from the middle', (span, { cursor }) => v1(`calls?limit=500&before=${cursor}`, span)],
  ['calls of a prompt', (span, { prompt }) => v1(`calls?prompt=${prompt}`, span)],
  ['receipt of a call', (_, { call }) => `/api/usage/v1/calls/${call}`],
  ['prompts, the newest 100', (span) => v1('prompts', span), PROMPT_MONTHS],
  ['prompts, 500', (span) => v1('prompts?limit=500', span), PROMPT_MONTHS],
  ['value', (span) => v1('value', span)],
  ['meters: quota/limit', () => '/api/monitor/usage/quota/limit'],
  ['meters: model-usage, a month', (span) => monitor('model-usage', span)],
  ['meters: model-usage, a day', ({ to }) => monitor('model-usage', { from: to - DAY_MS, to })],
  ['meters: tool-usage, a month', (span) => monitor('tool-usage', span)],
  ['meters: model-performance, a month', (span) => monitor('model-performance', span)],
  ['meters: subscription/list', () => '/api/biz/subscription/list'],
]

/** Asks everything that a subscriber may ask of a month, month by month, and shows how long it takes over HTTP. */
export async function measureQueries(gateway: Gateway, until: number, months: number): Promise<Report> {
  const get = async (path: string): Promise<{ ms: number; body: string }> => {
    const began = performance.now()
    const answer = await fetch(gateway.url + path, { headers: { authorization: `Bearer ${gateway.key}` } })
    const body = await answer.text()
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${body.slice(0, 500)}`)
    return { ms: performance.now() - began, body }
  }
  const spans = Array.from({ length: months }, (_, n) => ({
    from: until - (n + 1) * MONTH_MS,
    to: until - n * MONTH_MS,
  }))
  const seen = new Map<Span, Seen>()
  for (const span of spans) {
    const { calls, next } = JSON.parse(
      (await get(v1('calls', { from: span.from, to: span.to - 15 * DAY_MS }))).body,
    ) as {
      calls: { id: string; prompt: { id: string } }[]
      next: string
    }
    const [call] = calls
    if (!call) throw new Error('the heavy subscriber has no calls in a month')
    seen.set(span, { call: call.id, prompt: call.prompt.id, cursor: next })
  }
  const lines = ['| query | first ms | p50 ms | p95 ms | KiB | |', '|---|---:|---:|---:|---:|---|']
  let ok = true
  for (const [name, pathOf, newest = months] of QUERIES) {
    const times: number[] = []
    let bytes = 0
    for (let round = 0; round < ROUNDS; round++) {
      for (const span of spans.slice(0, newest)) {
        const { ms, body } = await get(pathOf(span, seen.get(span) as Seen))
        times.push(ms)
        bytes = Math.max(bytes, body.length)
      }
    }
    const sorted = times.toSorted((a, b) => a - b)
    const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN
    const slow = at(0.5) > P50_MS_MAX
    ok &&= !slow
    const cells = [times[0] ?? Number.NaN, at(0.5), at(0.95)].map((ms) => ms.toFixed(1))
    lines.push(`| ${name} | ${cells.join(' | ')} | ${Math.ceil(bytes / 1024)} | ${slow ? 'NOT OK' : 'ok'} |`)
  }
  return { text: `\n${lines.join('\n')}\n\np50 may be ${P50_MS_MAX} ms at most.\n`, ok }
}

import { readFileSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'

/**
 * Does a meter show what is? Compares what it printed with the windows of our own usage API, and with what was spent.
 *
 *   BASE=… KEY=… PROMPTS=… TOKENS=… node test/tools/figures.ts METER FILE
 */
interface Shown {
  /** Of the window, used. */
  percent: number
  resetsAtMs?: number | undefined
  /** How exactly the meter words the reset. */
  withinMs: number
  credits?: number | undefined
}
interface Figures {
  windows: readonly Shown[]
  tokens?: number
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

const READERS: Readonly<Record<string, (printed: string) => Figures>> = {
  'meter-omc': (printed) => {
    const line = stripVTControlCharacters(printed)
    const shown = (name: string): Shown => {
      const [, percent, days = 0, hours = 0, minutes] =
        new RegExp(String.raw`${name}:\S*?(\d+)%(?:\((?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?\))?`).exec(line) ?? []
      const left = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes ?? 0)) * MINUTE_MS
      const resetsAtMs = left > 0 ? Date.now() + left : undefined
      return { percent: Number(percent), resetsAtMs, withinMs: minutes === undefined ? HOUR_MS : 2 * MINUTE_MS }
    }
    return { windows: [shown('5h'), shown('wk')] }
  },
  'meter-tokscale': (printed) => {
    const [zai] = jsonIn(printed) as [
      { metrics: { label: string; used_percent: number; resets_at: string | null }[] } | undefined,
    ]
    const shown = (label: string): Shown => {
      const metric = zai?.metrics.find((one) => one.label === label)
      const resetsAtMs = metric?.resets_at ? Date.parse(metric.resets_at) : undefined
      return { percent: metric?.used_percent ?? Number.NaN, resetsAtMs, withinMs: 1 }
    }
    return { windows: [shown('Session'), shown('Weekly')] }
  },
  'meter-omp': (printed) => {
    const [report] = (jsonIn(printed) as { reports: OmpReport[] }).reports
    const shown = (window: string): Shown => {
      const limit = report?.limits.find((one) => /^zai:(?:tokens|credits):/.test(one.id) && one.window.id === window)
      const credits = limit?.amount.unit === 'credits' ? limit.amount.used : undefined
      const percent = Math.floor((limit?.amount.usedFraction ?? Number.NaN) * 100)
      return { percent, resetsAtMs: limit?.window.resetsAt, withinMs: 1, credits }
    }
    const { data } = report?.metadata.modelUsage ?? {}
    // It asks for a week.
    const tokens = (data?.x_time.length ?? 0) >= 7 * 24 ? (data?.totalUsage.totalTokensUsage ?? Number.NaN) : Number.NaN
    return { windows: [shown('5h'), shown('1w')], tokens }
  },
}

interface OmpReport {
  limits: {
    id: string
    window: { id: string; resetsAt?: number }
    amount: { unit: string; used?: number; usedFraction?: number }
  }[]
  metadata: { modelUsage?: { data: { x_time: string[]; totalUsage: { totalTokensUsage: number } } } }
}

/** What is told before the JSON is not part of it. */
const jsonIn = (printed: string): unknown => JSON.parse(printed.slice(printed.search(/^[[{]/m)))

interface Standing {
  subscriptions: [{ windows: { limit: number; used: number; resets_at: string | null }[] }]
}

const { BASE, KEY, PROMPTS, TOKENS } = process.env
const [meter = '', file = ''] = process.argv.slice(2)
const answer = await fetch(`${BASE}/api/usage/v1/standing`, { headers: { authorization: `Bearer ${KEY}` } })
const { windows } = ((await answer.json()) as Standing).subscriptions[0]
const printed = READERS[meter]?.(readFileSync(file, 'utf8'))

const wrong: string[] = []
for (const [i, { limit, used, resets_at }] of windows.entries()) {
  const shown = printed?.windows[i]
  const percent = Math.floor((used / limit) * 100)
  if (used !== Number(PROMPTS)) wrong.push(`window ${i}: ${PROMPTS} prompts were asked, ${used} counted`)
  if (shown?.percent !== percent) wrong.push(`window ${i}: shows ${shown?.percent} %, not ${percent}`)
  if (shown?.credits !== undefined && shown.credits !== used) wrong.push(`window ${i}: shows ${shown.credits} credits`)
  const off = resets_at ? Math.abs((shown?.resetsAtMs ?? Number.NaN) - Date.parse(resets_at)) : 0
  if (!(off <= (shown?.withinMs ?? 0)) || (!resets_at && shown?.resetsAtMs)) {
    wrong.push(`window ${i}: shows a reset at ${shown?.resetsAtMs}, not ${resets_at}`)
  }
}
if (printed?.tokens !== undefined && printed.tokens !== Number(TOKENS)) {
  wrong.push(`shows ${printed.tokens} tokens of the week, not ${TOKENS}`)
}
process.stdout.write(`${wrong.join('; ') || 'shows what is'}\n`)

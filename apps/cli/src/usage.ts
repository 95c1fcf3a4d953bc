import type { StandingWindowShown, SubscriptionStanding } from '@codeplan/contract'

import { accountOf, complete, type Account } from './account.ts'
import { ask, noAnswer, type Answers } from './api.ts'
import { bar, clockTime, span, windowName } from './bars.ts'
import { givenAccount, parse } from './options.ts'
import { placesOf } from './places.ts'
import { EXIT, type Exit, type Language, type World } from './world.ts'

const WATCH_MS = 10_000
const TOOL_DAYS = 7

type Seen = Pick<Answers, 'standing' | 'balance' | 'days'>

/** What is left of each window, until when, at which pace; the balance; which tools took it. */
export async function usage(world: World, args: readonly string[], language: Language): Promise<Exit> {
  const { values } = parse(args, { json: { type: 'boolean' }, watch: { type: 'boolean' } })
  const account = complete(await accountOf(placesOf(world), world.env, await givenAccount(values, world)))
  for (;;) {
    const seen = await look(account, world.now(), language)
    if (values.json) world.out(`${JSON.stringify(seen, null, values.watch ? 0 : 2)}\n`)
    else {
      // Watched, the page is drawn anew from the top.
      if (values.watch && world.colour) world.out('\u001B[H\u001B[2J')
      world.out(page(seen, world.now(), language, { columns: world.columns, colour: world.colour }))
    }
    if (!values.watch) return EXIT.ok
    await new Promise((resolve) => setTimeout(resolve, WATCH_MS))
  }
}

async function look(account: Account, now: number, language: Language): Promise<Seen> {
  const { host } = account
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  const from = encodeURIComponent(new Date(now - TOOL_DAYS * 86_400_000).toISOString())
  const [standing, balance, days] = await Promise.all([
    ask(account, 'standing', { language }),
    ask(account, 'balance', { language }),
    ask(account, 'days', { language, query: `?by=tool&zone=${encodeURIComponent(zone)}&from=${from}` }),
  ])
  if (!standing.ok) throw noAnswer(host, standing)
  if (!balance.ok) throw noAnswer(host, balance)
  if (!days.ok) throw noAnswer(host, days)
  return { standing: standing.data, balance: balance.data, days: days.data }
}

interface Paper {
  readonly columns: number
  readonly colour: boolean
}

export function page({ standing, balance, days }: Seen, now: number, language: Language, paper: Paper): string {
  const zh = language === 'zh'
  const lines = standing.subscriptions.flatMap((subscription) => subscriptionLines(subscription, now, language, paper))
  if (lines.length === 0) lines.push(zh ? '没有生效中的套餐。' : 'No plan is running.')
  const money = (amount: number | string): string => `${balance.currency} ${Number(amount).toFixed(2)}`
  lines.push(
    '',
    zh
      ? `余额 ${money(balance.balance)}，可用 ${money(balance.available)}`
      : `Balance ${money(balance.balance)}, ${money(balance.available)} of it free`,
  )
  const tools = new Map<string, { calls: number; charge: number }>()
  for (const { name, calls, charge } of days.days) {
    const sum = tools.get(name) ?? { calls: 0, charge: 0 }
    tools.set(name, { calls: sum.calls + calls, charge: sum.charge + charge })
  }
  if (tools.size > 0) {
    lines.push('', zh ? `最近 ${TOOL_DAYS} 天` : `Last ${TOOL_DAYS} days`)
    const wide = Math.max(...[...tools.keys()].map((name) => name.length))
    for (const [name, { calls, charge }] of [...tools].sort(([, a], [, b]) => b.charge - a.charge))
      lines.push(`  ${name.padEnd(wide)}  ${round(charge)}  ${zh ? `${calls} 次调用` : `${calls} calls`}`)
  }
  return `${lines.join('\n')}\n`
}

function subscriptionLines(
  one: SubscriptionStanding,
  now: number,
  language: Language,
  paper: Paper,
): readonly string[] {
  const zh = language === 'zh'
  const until = clockTime(one.ends_at, now, language)
  const drawn = one.drawn ? '' : zh ? '，目前未使用' : ', not drawn now'
  return [
    zh ? `${one.name}，至 ${until}${drawn}` : `${one.name}, until ${until}${drawn}`,
    ...one.windows.map((window) => `  ${windowLine(window, now, language, paper)}`),
    zh
      ? `  进行中的调用 ${one.in_flight}/${one.concurrency}`
      : `  ${one.in_flight} of ${one.concurrency} calls at once`,
  ]
}

const round = (units: number): string => String(Math.round(units * 100) / 100)

function windowLine(window: StandingWindowShown, now: number, language: Language, { columns, colour }: Paper): string {
  const cells = Math.max(8, Math.min(30, columns - 50))
  const drawn = bar(window.used_share, cells)
  const hue = window.used_share >= 0.9 ? 31 : window.used_share >= 0.7 ? 33 : 32
  const percent = `${Math.floor(window.used_share * 100)}%`.padStart(4)
  const figures = `${round(window.used)}/${round(window.limit)}`
  const name = windowName(window, language).padEnd(language === 'zh' ? 4 : 5)
  return `${name} ${colour ? `\u001B[${hue}m${drawn}\u001B[39m` : drawn} ${percent}  ${figures}  ${pace(window, now, language)}`
}

function pace({ resets_at, runs_out_at, remaining }: StandingWindowShown, now: number, language: Language): string {
  const zh = language === 'zh'
  if (resets_at === null) return zh ? '未使用' : 'untouched'
  const left = span(Date.parse(resets_at) - now, language)
  const reset = zh
    ? `${clockTime(resets_at, now, language)} 重置（还有 ${left}）`
    : `resets ${clockTime(resets_at, now, language)} (in ${left})`
  if (remaining <= 0) return zh ? `已用完，${reset}` : `used up, ${reset}`
  if (runs_out_at === null) return reset
  const out = clockTime(runs_out_at, now, language)
  return zh ? `${reset}；按此速度 ${out} 用完` : `${reset}; at this pace used up ${out}`
}

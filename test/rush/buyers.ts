import { Pool } from 'undici'

/**
 * The buyers, in a process of their own. Reads one JSON line (`Rush`) and answers one (`Heard`): each buyer asks at his
 * instant, whether those before him have been answered or not, and asks again with the same key when his server is gone.
 */
export interface Rush {
  /** Servers; a buyer keeps to one for as long as it answers. */
  readonly urls: readonly string[]
  readonly buyers: number
  readonly plans: readonly string[]
  readonly opensAtMs: number
  readonly overMs: number
}

export interface Heard {
  /** How often each answer was heard: `201`, or the code of a refusal. */
  readonly answers: Readonly<Record<string, number>>
  readonly orders: readonly { readonly buyer: number; readonly id: string; readonly plan: string }[]
  /** From the instant at which a buyer wanted to ask to the end of his answer; repetitions are part of it. */
  readonly ms: { readonly p50: number; readonly p90: number; readonly p99: number; readonly max: number }
  /** How much later than wanted the last of them asked, since this process was busy. */
  readonly lateMs: number
  readonly lastAnswerMs: number
  readonly repeated: number
}

const CONNECTIONS = 250
const TRIES_MAX = 100
const AGAIN_MS = 100
const TICK_MS = 2

export const tokenOf = (buyer: number): string => `session-of-buyer-${buyer}`
export const cookieOf = (buyer: number): string => `codeplan_session=${tokenOf(buyer)}`

async function run(rush: Rush): Promise<Heard> {
  const pools = rush.urls.map((url) => new Pool(url, { connections: CONNECTIONS, pipelining: 1 }))
  const answers: Record<string, number> = {}
  const orders: Heard['orders'][number][] = []
  const latencies: number[] = []
  let repeated = 0
  let lateMs = 0

  async function askOnce(buyer: number, tries: number): Promise<{ status: number; body: string } | undefined> {
    const pool = pools[(buyer + tries) % pools.length] as Pool
    try {
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path: '/api/console/v1/sale/orders',
        headers: {
          'content-type': 'application/json',
          cookie: cookieOf(buyer),
          'x-codeplan-csrf': '1',
          'idempotency-key': `wish-of-buyer-${buyer}`,
        },
        body: JSON.stringify({ plan: planOf(buyer), cycle: 'month' }),
      })
      return { status: statusCode, body: await body.text() }
    } catch {
      return undefined
    }
  }
  const planOf = (buyer: number): string => rush.plans[buyer % rush.plans.length] ?? ''

  async function buy(buyer: number, wantedAt: number): Promise<void> {
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const heard = await askOnce(buyer, tries)
      if (!heard || heard.status === 503) {
        repeated++
        await new Promise((again) => setTimeout(again, AGAIN_MS))
        continue
      }
      const { order, error } = JSON.parse(heard.body) as { order?: { id: string }; error?: { code: string } }
      const said = order ? String(heard.status) : (error?.code ?? `status ${heard.status}`)
      answers[said] = (answers[said] ?? 0) + 1
      if (order) orders.push({ buyer, id: order.id, plan: planOf(buyer) })
      latencies.push(Date.now() - wantedAt)
      return
    }
    answers.never = (answers.never ?? 0) + 1
  }

  const wantedAt = (buyer: number): number => rush.opensAtMs + Math.floor((buyer * rush.overMs) / rush.buyers)
  const under: Promise<void>[] = []
  await new Promise<void>((all) => {
    let next = 0
    const timer = setInterval(() => {
      for (; next < rush.buyers && wantedAt(next) <= Date.now(); next++) {
        lateMs = Math.max(lateMs, Date.now() - wantedAt(next))
        under.push(buy(next, wantedAt(next)))
      }
      if (next < rush.buyers) return
      clearInterval(timer)
      all()
    }, TICK_MS)
  })
  await Promise.all(under)
  const lastAnswerMs = Date.now() - rush.opensAtMs
  await Promise.all(pools.map((pool) => pool.destroy()))
  latencies.sort((a, b) => a - b)
  const at = (share: number): number =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0
  return {
    answers,
    orders,
    ms: { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) },
    lateMs,
    lastAnswerMs,
    repeated,
  }
}

if (import.meta.main) {
  let line = ''
  for await (const part of process.stdin.setEncoding('utf8')) line += part as string
  process.stdout.write(`${JSON.stringify(await run(JSON.parse(line) as Rush))}\n`)
}

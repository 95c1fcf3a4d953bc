import { Pool } from 'undici'

/**
 * The buyers, in a process of their own. Reads one JSON line (`Rush`) and answers one (`Heard`): each buyer asks at his
 * instant, whether those before him have been answered or not, and asks again with the same key when his server is gone.
 */
export interface Rush {
  /** Servers, behind a balancer that leaves one alone for a while after it has broken a connection or refused one. */
  readonly urls: readonly string[]
  readonly buyers: number
  readonly plans: readonly string[]
  readonly opensAtMs: number
  /** They come within this time after the opening; to a waiting room, as long before it. */
  readonly overMs: number
  /** `order`: everybody orders at once. `line`: everybody joins the line before, looks whether he is called, and orders then. */
  readonly way: 'order' | 'line'
}

export interface Times {
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly max: number
}

export interface Heard {
  /** How often each answer was heard after the opening: `201`, the code of a refusal, the state of a ticket. */
  readonly answers: Readonly<Record<string, number>>
  readonly orders: readonly { readonly buyer: number; readonly id: string; readonly plan: string }[]
  /** From the instant at which a buyer wanted to ask to the end of his answer; repetitions are part of it. */
  readonly ms: Times
  /** Likewise of those who have joined the line. */
  readonly joinMs: Times
  /** How much later than wanted the last of them asked, since this process was busy. */
  readonly lateMs: number
  readonly lastAnswerMs: number
  readonly repeated: number
  /** What this process has computed after the opening. */
  readonly cpuMs: number
}

const SALE = '/api/console/v1/sale'
const CONNECTIONS = 250
const TRIES_MAX = 100
const AGAIN_MS = 100
const LEFT_ALONE_MS = 1_000
const TICK_MS = 2
const LOOKS_OF = 10
const WINDOW_MS = 3_000

export const cookieOf = (buyer: number): string => `codeplan_session=session-of-buyer-${buyer}`

interface Answer {
  readonly order?: { readonly id: string }
  readonly ticket?: { readonly state: string } | null
  readonly error?: { readonly code: string }
}

async function run(rush: Rush): Promise<Heard> {
  const pools = rush.urls.map((url) => new Pool(url, { connections: CONNECTIONS, pipelining: 1 }))
  const answers: Record<string, number> = {}
  const orders: Heard['orders'][number][] = []
  const aloneUntilMs = rush.urls.map(() => 0)
  let repeated = 0
  let lateMs = 0
  const planOf = (buyer: number): string => rush.plans[buyer % rush.plans.length] ?? ''
  const note = (said: string): void => void (answers[said] = (answers[said] ?? 0) + 1)

  /** The one that is his turn, or the next that is not left alone. */
  function serverFor(turn: number): number {
    const inOrder = rush.urls.map((_, i) => (turn + i) % rush.urls.length)
    return inOrder.find((server) => (aloneUntilMs[server] ?? 0) <= Date.now()) ?? turn % rush.urls.length
  }

  async function ask(
    buyer: number,
    method: 'GET' | 'POST',
    path: string,
    said?: object,
  ): Promise<Answer & { status: number }> {
    const headers = {
      cookie: cookieOf(buyer),
      'x-codeplan-csrf': '1',
      'idempotency-key': `wish-of-buyer-${buyer}`,
      ...(said ? { 'content-type': 'application/json' } : {}),
    }
    const body = said ? JSON.stringify(said) : null
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const server = serverFor(buyer + tries)
      try {
        const heard = await (pools[server] as Pool).request({
          method,
          path: path === '' ? SALE : `${SALE}/${path}`,
          headers,
          body,
        })
        const text = await heard.body.text()
        if (heard.statusCode !== 503) return { ...(JSON.parse(text) as Answer), status: heard.statusCode }
      } catch {
        aloneUntilMs[server] = Date.now() + LEFT_ALONE_MS
      }
      repeated++
      await new Promise((again) => setTimeout(again, AGAIN_MS))
    }
    throw new Error(`buyer ${buyer} was never answered`)
  }

  async function order(buyer: number): Promise<void> {
    const plan = planOf(buyer)
    const { order: made, error, status } = await ask(buyer, 'POST', 'orders', { plan, cycle: 'month' })
    note(made ? String(status) : (error?.code ?? `status ${status}`))
    if (made) orders.push({ buyer, id: made.id, plan })
  }
  async function look(buyer: number): Promise<void> {
    const { ticket } = await ask(buyer, 'GET', 'ticket')
    if (ticket?.state === 'called') return order(buyer)
    note(ticket?.state ?? 'no ticket')
  }
  async function join(buyer: number): Promise<void> {
    const { error } = await ask(buyer, 'POST', 'ticket', { plan: planOf(buyer) })
    if (error) note(error.code)
  }

  /** Before the door opens some look through the window. */
  async function lookThroughWindow(buyer: number): Promise<void> {
    if (buyer % LOOKS_OF === 0) await ask(buyer, 'GET', '')
  }

  /** Everybody does it at his instant; answers how long each has waited. */
  async function everybody(fromMs: number, overMs: number, does: (buyer: number) => Promise<void>): Promise<Times> {
    const times: number[] = []
    const under: Promise<void>[] = []
    const wantedAt = (buyer: number): number => fromMs + Math.floor((buyer * overMs) / rush.buyers)
    await new Promise<void>((all) => {
      let next = 0
      const timer = setInterval(() => {
        for (; next < rush.buyers && wantedAt(next) <= Date.now(); next++) {
          const at = wantedAt(next)
          lateMs = Math.max(lateMs, Date.now() - at)
          under.push(does(next).then(() => void times.push(Date.now() - at)))
        }
        if (next < rush.buyers) return
        clearInterval(timer)
        all()
      }, TICK_MS)
    })
    await Promise.all(under)
    times.sort((a, b) => a - b)
    const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0
    return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) }
  }

  const { opensAtMs, overMs } = rush
  await everybody(Date.now(), WINDOW_MS, lookThroughWindow)
  const joinMs = rush.way === 'line' ? await everybody(opensAtMs - overMs, overMs, join) : NO_TIMES
  lateMs = 0
  const before = process.cpuUsage()
  const ms = await everybody(opensAtMs, overMs, rush.way === 'line' ? look : order)
  const lastAnswerMs = Date.now() - rush.opensAtMs
  const { user, system } = process.cpuUsage(before)
  const cpuMs = Math.round((user + system) / 1000)
  await Promise.all(pools.map((pool) => pool.destroy()))
  return { answers, orders, ms, joinMs, lateMs, lastAnswerMs, repeated, cpuMs }
}

const NO_TIMES: Times = { p50: 0, p90: 0, p99: 0, max: 0 }

if (import.meta.main) {
  let line = ''
  for await (const part of process.stdin.setEncoding('utf8')) line += part as string
  process.stdout.write(`${JSON.stringify(await run(JSON.parse(line) as Rush))}\n`)
}

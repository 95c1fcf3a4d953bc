import { Agent } from 'node:http'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { drawn, faultsOfBooks } from '../house/books.ts'
import { ask, errorOf, type Heard, type Wire, WIRES } from '../house/ask.ts'
import { openHouse, type House } from '../house/house.ts'

const LITE = 80
const CALLS = 200
const CONNECTIONS = 50

describe('the allowance of Lite', () => {
  let house: House
  beforeAll(async () => {
    house = await openHouse()
  })
  afterAll(() => house.close())

  test('F33 F90: 80 prompts pass, the 81st is refused with 1308, the reset time and where it is full', async () => {
    const member = await house.subscriber('lite')
    const before = house.upstream.calls().length
    for (let n = 1; n <= LITE; n++) {
      const heard = await ask(house.url, member.key, { text: `question ${n}`, wire: WIRES[n % 2] as Wire })
      expect([n, heard.status]).toEqual([n, 200])
      expect(heard.headers['x-codeplan-five-hour-remaining']).toBe(String(LITE - n))
      await house.rooms.entitlements.drain()
    }
    const resetsAt = '2026-03-02 14:00:00'
    const anthropic = await ask(house.url, member.key, { text: 'one more' })
    expect(anthropic.status).toBe(429)
    const words = `Usage limit reached for 5 hour. Your limit will reset at ${resetsAt}`
    expect(JSON.parse(anthropic.text)).toMatchObject({
      type: 'error',
      error: { type: 'rate_limit_error', code: '1308', message: `[1308][${words}][${anthropic.id}]` },
      request_id: anthropic.id,
    })
    const openai = await ask(house.url, member.key, { text: 'one more', wire: 'openai' })
    expect(openai.status).toBe(429)
    expect(errorOf(openai)).toMatchObject({ code: '1308', message: words })
    for (const heard of [anthropic, openai]) {
      expect(heard.id).toMatch(/^20260302090000[0-9a-f]{16}$/)
      expect(heard.headers['x-should-retry']).toBe('false')
      expect(heard.text).toContain('2026-03-02T06:00:00Z')
    }
    // A call that belongs to the 80th question is paid for (F82).
    expect((await ask(house.url, member.key, { text: `question ${LITE}` })).status).toBe(200)
    expect(house.upstream.calls().length - before).toBe(LITE + 1)
    const { five_hour, week, inFlight } = await drawn(house, member)
    expect([five_hour.used, five_hour.settled, week.used, inFlight]).toEqual([LITE, LITE, LITE, 0])
  })
})

describe('a rush on the allowance of Lite', () => {
  /** The concurrency of the plan is not what is tested here, so that every call is decided by the window alone. */
  const unhurried = (source: string): string => source.replace('concurrency: 5 ', 'concurrency: 500 ')

  test('F26 F27: of 200 questions at once over 50 connections exactly 80 are admitted and reach the upstream', async () => {
    const house = await openHouse({ runningClock: true, catalog: unhurried })
    const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
    try {
      const member = await house.subscriber('lite')
      const heard = await Promise.all(
        Array.from({ length: CALLS }, (_, n) =>
          ask(house.url, member.key, { text: `question ${n}`, wire: WIRES[n % 2] as Wire, agent }),
        ),
      )
      expect(tally(heard)).toEqual({ 200: LITE, 1308: CALLS - LITE })
      expect(house.upstream.calls()).toHaveLength(LITE)
      const { five_hour, week, inFlight } = await drawn(house, member)
      expect([five_hour.used, five_hour.settled, week.used, inFlight]).toEqual([LITE, LITE, LITE, 0])
      expect(await faultsOfBooks(house)).toEqual([])
    } finally {
      agent.destroy()
      await house.close()
    }
  })

  test('F26: with the concurrency of Lite, who asks again after 1302 gets in until exactly 80 have been', async () => {
    const house = await openHouse({ runningClock: true })
    const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
    try {
      const member = await house.subscriber('lite')
      const persist = async (n: number): Promise<Heard> => {
        for (;;) {
          const heard = await ask(house.url, member.key, { text: `question ${n}`, agent })
          if (heard.status !== 429 || errorOf(heard).code !== '1302') return heard
          expect(Number(heard.headers['retry-after'])).toBeGreaterThan(0)
        }
      }
      const heard = await Promise.all(Array.from({ length: CALLS }, (_, n) => persist(n)))
      expect(tally(heard)).toEqual({ 200: LITE, 1308: CALLS - LITE })
      expect(house.upstream.calls()).toHaveLength(LITE)
      expect(house.upstream.peak()).toBeLessThanOrEqual(5)
      expect((await drawn(house, member)).inFlight).toBe(0)
      expect(await faultsOfBooks(house)).toEqual([])
    } finally {
      agent.destroy()
      await house.close()
    }
  })

  test('F93: of 600 calls at once by ten members none fails, and each is told what was used when it was let in', async () => {
    const house = await openHouse({ runningClock: true, catalog: unhurried })
    const agent = new Agent({ keepAlive: true, maxSockets: 2 * CONNECTIONS })
    try {
      const members = await Promise.all(Array.from({ length: 10 }, () => house.subscriber('lite')))
      const questions = Array.from({ length: 60 }, (_, n) => n)
      const heard = await Promise.all(
        questions.flatMap((n) =>
          members.map(async (member, i) => {
            const wire = WIRES[(n + i) % 2] as Wire
            return { i, heard: await ask(house.url, member.key, { text: `question ${n}`, wire, agent }) }
          }),
        ),
      )
      expect(tally(heard.map((one) => one.heard))).toEqual({ 200: 600 })
      for (const [i, member] of members.entries()) {
        const own = heard.filter((one) => one.i === i).map((one) => one.heard)
        const told = own.map(({ headers }) => Number(headers['x-codeplan-five-hour-used'])).toSorted((a, b) => a - b)
        expect(told).toEqual(questions.map((n) => n + 1))
        expect((await drawn(house, member)).five_hour.settled).toBe(60)
      }
      expect(await faultsOfBooks(house)).toEqual([])
    } finally {
      agent.destroy()
      await house.close()
    }
  })
})

function tally(heard: readonly Heard[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const one of heard) {
    const name = one.status === 200 ? '200' : errorOf(one).code
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

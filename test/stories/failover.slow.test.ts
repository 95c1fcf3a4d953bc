import { startUpstream } from '@codeplan/sandbox'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'

import { sql } from '../../apps/server/src/platform/index.ts'
import { ask, begin, errorOf, readAll, WIRES, type Wire } from '../house/ask.ts'
import { faultsOfBooks, receiptOf } from '../house/books.ts'
import { openHouse, type House, type Subscriber } from '../house/house.ts'
import { metric } from '../house/metric.ts'
import { until } from '../house/until.ts'
import { ENGINES, startEngines, type Engines } from '../house/upstreams.ts'

let house: House
let engines: Engines
afterAll(async () => {
  await house.close()
  await engines.close()
})

const callsOf = (index: number): number => engines.list[index]?.calls().length ?? 0
/** Which engines a call tried, and how each try ended. */
const triedBy = async (id: string): Promise<readonly string[]> =>
  (await receiptOf(house, id)).details.tried.map(({ upstream, end }) => `${upstream} ${end}`)
const health = (upstream: string, state: string): Promise<number> =>
  metric(house, 'codeplan_route_health', 'model="glm-4.7"', `upstream="${upstream}"`, `state="${state}"`)

describe('fault drill: 200 streams at once, one engine killed, one slow, one erring in half of its calls', () => {
  test('F10 F74: no client sees an error before its first byte, and every call is settled once', async () => {
    const erring = ({ order }: { order: number }): string => (order % 2 === 0 ? '500' : '')
    engines = await startEngines(['', 'late:300,slow:5', erring])
    house = await openHouse({
      runningClock: true,
      catalog: (source) => engines.catalog(source).replace('rest_ms: 5000 ', 'rest_ms: 500 '),
    })
    const member = await house.subscriber('max')
    const killed = engines.list[0]
    const answers: { id: string; status: number; text: string }[] = []
    const stream = async (n: number): Promise<void> => {
      for (let round = 1; round <= 2; round++) {
        const wire = WIRES[n % 2] as Wire
        const text = `drill ${n} ${round} [[fault=tokens:40,slow:10]]`
        const res = await begin(house.url, member.key, { wire, text, stream: true })
        const heard = await readAll(res).catch(() => 'broken')
        answers.push({ id: String(res.headers['x-request-id']), status: res.statusCode ?? 0, text: heard })
      }
    }
    const all = Array.from({ length: 200 }, (_, n) => stream(n))
    await until('the engine that will be killed works', () => callsOf(0) > 40 && (killed?.active() ?? 0) > 0, 60_000)
    await killed?.close()
    await Promise.all(all)

    const refused = answers.filter(({ status }) => status !== 200)
    expect(refused).toEqual([])
    // The first that a client hears is the beginning of an answer, never an error.
    const unhelped = answers.filter(({ text }) => !/message_start|"delta":\{"role"/.test(text.slice(0, 400)))
    expect(unhelped).toEqual([])
    const receipts = await Promise.all(answers.map(({ id }) => receiptOf(house, id)))
    // Only what the killed engine had begun is cut; nothing else is lost.
    const lost = receipts.filter(
      ({ ending, details }) =>
        ending !== 'completed' && !(ending === 'upstream_cut' && details.tried.at(-1)?.upstream === 'alpha'),
    )
    expect(lost).toEqual([])
    for (const { details } of receipts) {
      const tried = details.tried.map(({ upstream }) => upstream)
      expect(new Set(tried).size, tried.join()).toBe(tried.length)
    }
    const { rows } = await sql<{ events: number; ids: number }>`
      select count(*)::int8 as events, count(distinct id)::int8 as ids from meter_events`.execute(
      house.rooms.db.queries,
    )
    expect(rows[0]).toEqual({ events: 400, ids: 400 })
    expect(await faultsOfBooks(house)).toEqual([])
    expect(await metric(house, 'codeplan_places_in_use')).toBe(0)
    expect(await health('alpha', 'resting')).toBe(1)

    // It comes back: a probe finds it alive, a call tries it, and it serves again.
    await engines.revive(0)
    await until('the probe has passed', async () => (await health('alpha', 'trial')) === 1, 20_000)
    let n = 0
    await until('a call has tried it', async () => {
      await Promise.all([1, 2, 3, 4].map(() => ask(house.url, member.key, { text: `back ${++n}` })))
      return (await health('alpha', 'good')) === 1
    })
  }, 120_000)
})

describe('three engines', () => {
  let member: Subscriber
  beforeAll(async () => {
    await house.close()
    await engines.close()
    engines = await startEngines()
    house = await openHouse({
      secrets: { FIRST_KEY: 'revoked', SECOND_KEY: 'good' },
      catalog: (source) => engines.catalog(source),
    })
    member = await house.subscriber('max')
  })
  const set = (...faults: string[]): void => engines.list.forEach((engine, i) => engine.setFaults(faults[i] ?? ''))
  let question = 0
  /** What the test before has done to the routes is over. */
  beforeEach(async () => {
    set()
    house.clock.advance(120_000)
    await until('all routes are well', async () => {
      await ask(house.url, member.key, { text: `are you well ${++question}` })
      return (await metric(house, 'codeplan_route_health', 'model="glm-4.7"', 'state="good"')) === ENGINES.length
    })
  })

  test('a refusal that lies with the request is not asked about elsewhere, and gives nobody a rest', async () => {
    set('400', '400', '400')
    for (let n = 0; n < 8; n++) {
      const heard = await ask(house.url, member.key, { text: `bad request ${n}` })
      expect([heard.status, (await triedBy(heard.id)).length]).toEqual([400, 1])
    }
    for (const id of ENGINES) expect(await health(id, 'good')).toBe(1)
  })

  test('F73: a conversation keeps to one engine, goes elsewhere when that one fails, and comes back when it is well', async () => {
    const call = (text: string) =>
      ask(house.url, member.key, { text, headers: { 'x-session-id': 'the same conversation' } })
    const upstreamOf = async (id: string) => (await receiptOf(house, id)).details.tried.at(-1)?.upstream
    const home = await upstreamOf((await call('first')).id)
    for (let n = 0; n < 5; n++) expect(await upstreamOf((await call(`more ${n}`)).id)).toBe(home)
    engines.list[ENGINES.indexOf(home as never)]?.setFaults('503')
    for (let n = 0; n < 6; n++) {
      const heard = await call(`failing ${n}`)
      expect(heard.status).toBe(200)
      expect(await upstreamOf(heard.id)).not.toBe(home)
    }
    expect(await health(String(home), 'resting')).toBe(1)
    engines.list[ENGINES.indexOf(home as never)]?.setFaults('')
    house.clock.advance(5_000)
    await until('the probe has passed', async () => (await health(String(home), 'trial')) === 1)
    expect(await upstreamOf((await call('home again')).id)).toBe(home)
  })

  test('F74: each engine is asked once by a call, whatever it answers, and the last one’s answer is told', async () => {
    set('500', '503', 'cut:0')
    const heard = await ask(house.url, member.key, { text: 'all fail' })
    expect([429, 502]).toContain(heard.status)
    const tried = await triedBy(heard.id)
    expect(tried.map((one) => one.split(' ')[0]).toSorted()).toEqual(['alpha', 'beta', 'gamma'])
  })

  test('an error or an end as the first thing of a stream is not passed on while another engine is there', async () => {
    set('errorevent:0', 'errorevent:0', '')
    for (const wire of WIRES)
      for (let n = 0; n < 6; n++) {
        const heard = await ask(house.url, member.key, { wire, text: `${wire} ${n}`, stream: true })
        expect([heard.status, /"?error"?[:{]/.test(heard.text)]).toEqual([200, false])
        expect((await triedBy(heard.id)).at(-1)).toBe('gamma answered')
      }
  })

  /** Writes limits into the entries of the engines; the running server takes them over. */
  const limit = (limits: string): Promise<void> =>
    house.applyCatalog((source) => source.replaceAll(/(id: (?:alpha|beta|gamma), kind: openai)/g, `$1, ${limits}`))

  test.each(['never', 'silent'])(
    'one that does not begin to answer (%s) is left after the first_byte_ms_max of its upstream',
    async (fault) => {
      await limit('first_byte_ms_max: 5000')
      set(fault, fault, fault)
      const before = callsOf(0) + callsOf(1) + callsOf(2)
      const call = ask(house.url, member.key, { text: `anybody? ${fault}`, stream: true })
      for (let n = 1; n <= ENGINES.length; n++) {
        await until(`engine ${n} is asked`, () => callsOf(0) + callsOf(1) + callsOf(2) === before + n)
        house.clock.advance(5_000)
      }
      const heard = await call
      expect([heard.status, errorOf(heard).message]).toEqual([502, expect.stringContaining('did not begin')])
    },
  )

  test('one that falls silent in the middle is cut after the idle_ms_max of its upstream, and the client is told', async () => {
    await limit('idle_ms_max: 7000')
    set('slow:600000', 'slow:600000', 'slow:600000')
    const res = await begin(house.url, member.key, { text: 'and then?', stream: true })
    const text = readAll(res)
    house.clock.advance(7_000)
    expect(await text).toContain('event: error')
    const receipt = await receiptOf(house, String(res.headers['x-request-id']))
    expect(receipt).toMatchObject({ ending: 'upstream_cut', billable: false })
  })

  test('of several keys one that is refused rests, the others go on, and no caller notices', async () => {
    const locked = await startUpstream({ key: 'good' })
    try {
      const keys = '[FIRST_KEY, SECOND_KEY, NOT_IN_THE_ENVIRONMENT]'
      const entry = `  - { id: locked, kind: openai, base_url: "${locked.url}/v1", key_env: ${keys} }\n`
      await house.applyCatalog((source) =>
        source
          .replace('upstreams:\n', `upstreams:\n${entry}`)
          .replace('{ upstream: sandbox-openai, model: glm-4.5 }', '{ upstream: locked, model: m }'),
      )
      const refused = async (from: number): Promise<number> => {
        let count = 0
        for (let n = from; n < from + 12; n++) {
          const heard = await ask(house.url, member.key, { model: 'glm-4.5', text: `question ${n}` })
          expect(heard.status).toBe(200)
          count += (await triedBy(heard.id)).length - 1
        }
        return count
      }
      expect(await refused(0)).toBe(1)
      // After its rest it is tried once more.
      house.clock.advance(60_000)
      expect(await refused(100)).toBe(1)
    } finally {
      await locked.close()
    }
  })

  test('a catalog that takes an upstream away lets its streams end; the next call goes where the catalog says', async () => {
    const running = await begin(house.url, member.key, { text: 'goes on [[fault=tokens:60,rate:30]]', stream: true })
    await house.applyCatalog((source) =>
      source
        .replaceAll(/ {2}- \{ id: (alpha|beta|gamma), .*\n/g, '')
        .replaceAll(/\{ upstream: (alpha|beta|gamma), model: m-\w+ \}/g, '{ upstream: sandbox-openai, model: m-$1 }'),
    )
    const next = await ask(house.url, member.key, { text: 'and now?' })
    expect(await triedBy(next.id)).toEqual(['sandbox-openai answered'])
    expect(await readAll(running)).toContain('message_stop')
    await house.applyCatalog((source) => source)
  })

  test('an outage of all engines does not double the load, and each client hears the truth', async () => {
    set('500', '500', '500')
    const before = callsOf(0) + callsOf(1) + callsOf(2)
    const CALLS = 200
    for (let from = 0; from < CALLS; from += 20) {
      const heard = await Promise.all(
        Array.from({ length: 20 }, (_, n) => ask(house.url, member.key, { text: `outage ${from + n}` })),
      )
      expect(new Set(heard.map((one) => `${one.status} ${errorOf(one).code}`))).toEqual(new Set(['502 1234']))
    }
    const asked = callsOf(0) + callsOf(1) + callsOf(2) - before
    expect(asked).toBeGreaterThanOrEqual(CALLS)
    expect(asked).toBeLessThan(CALLS * 1.5)
  })
})

import { afterAll, beforeAll, expect, test } from 'vitest'

import { callsSchema, hoursSchema } from '@codeplan/contract'
import { HOUR_MS, MINUTE_MS } from '@codeplan/core'

import { ask, send } from '../../../../test/house/ask.ts'
import { drawn } from '../../../../test/house/books.ts'
import { openHouse, type House, type Subscriber } from '../../../../test/house/house.ts'
import { sql } from '../platform/index.ts'
import { promptUse } from '../platform/migrations/0020-prompt-use.ts'
import { differentPrompts } from './store.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const get = async ({ key }: Subscriber, path: string) =>
  JSON.parse((await send(house.url + path, { headers: { authorization: `Bearer ${key}` } })).text)

/** Three questions on Lite and three on Pro, four minutes apart; the n-th has n calls. */
async function sixQuestions(member: Subscriber): Promise<readonly number[]> {
  const asked: number[] = []
  for (let n = 1; n <= 6; n++) {
    if (n === 4) {
      const plan = { memberId: member.memberId, plan: 'pro', months: 1, source: 'grant' }
      await house.rooms.entitlements.grant(plan, house.clock.now())
    }
    asked.push(house.clock.now())
    for (let call = 0; call < n; call++) {
      expect((await ask(house.url, member.key, { text: `question ${n}` })).status).toBe(200)
    }
    house.clock.advance(4 * MINUTE_MS)
  }
  await drawn(house, member)
  return asked
}

test('prompts are listed newest first, page by page, over all subscriptions, each with its calls and its charge', async () => {
  const member = await house.subscriber('lite')
  const asked = await sixQuestions(member)
  await sixQuestions(await house.subscriber('lite'))
  const heard: { opened_at: string; calls: number; settled_calls: number; charge: number; subscription: string }[] = []
  for (let next: string | null = ''; next !== null;) {
    const page = await get(member, `/api/usage/v1/prompts?limit=4${next ? `&before=${next}` : ''}`)
    heard.push(...page.prompts)
    next = page.next
  }
  expect(heard.map((p) => [Date.parse(p.opened_at), p.calls, p.settled_calls, p.charge])).toEqual(
    asked.map((at, i) => [at, i + 1, i + 1, 1]).toReversed(),
  )
  expect(new Set(heard.map((p) => p.subscription)).size).toBe(2)
  const iso = (at: number | undefined): string => new Date(at ?? 0).toISOString()
  const { prompts } = await get(member, `/api/usage/v1/prompts?from=${iso(asked[1])}&to=${iso(asked[4])}`)
  expect((prompts as typeof heard).map((p) => p.calls)).toEqual([4, 3, 2])
  expect((await get(member, '/api/usage/v1/prompts?before=zzz')).prompts).toHaveLength(6)
})

test('F46: what a prompt says of its calls is what its events add up to, as the doctor and the migration do', async () => {
  const member = await house.subscriber('lite')
  await sixQuestions(member)
  const { queries } = house.rooms.db
  const span = { from: 0, to: house.clock.now() + HOUR_MS }
  expect(await differentPrompts(queries, span)).toEqual([])
  const used = async () => (await sql`select id, used from prompts order by id`.execute(queries)).rows
  const kept = await used()
  await sql`update prompts set used = '{}'`.execute(queries)
  expect(await differentPrompts(queries, span)).toHaveLength(Math.min(20, kept.length))
  await sql.raw(promptUse[1] as string).execute(queries)
  expect(await used()).toEqual(kept)
})

test('calls are listed as the contract says, and each is its receipt', async () => {
  const member = await house.subscriber('lite')
  await sixQuestions(member)
  // Whose try is told without what went wrong there.
  const failed = await ask(house.url, member.key, { text: 'fails [[fault=garbage]]' })
  expect(failed.status).toBeGreaterThanOrEqual(500)
  await drawn(house, member)
  const answer = await get(member, '/api/usage/v1/calls?limit=500')
  expect(callsSchema.parse(answer)).toEqual(answer)
  const [newest] = answer.calls
  expect([answer.calls.length, await get(member, `/api/usage/v1/calls/${newest.id}`)]).toEqual([22, newest])
})

test('hours of several subscriptions are one row for each hour and name', async () => {
  house.clock.advance(HOUR_MS - (house.clock.now() % HOUR_MS))
  const member = await house.subscriber('lite')
  await sixQuestions(member)
  for (const by of ['model', 'tool', 'key']) {
    const answer = await get(member, `/api/usage/v1/hours?by=${by}`)
    expect(hoursSchema.parse(answer)).toEqual(answer)
    const { hours } = answer
    expect([by, hours.length, hours[0]]).toMatchObject([by, 1, { calls: 21, charge: 6 }])
  }
})

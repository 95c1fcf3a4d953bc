import { get as httpGet, type IncomingMessage } from 'node:http'

import { DAY_MS, HOUR_MS } from '@codeplan/core'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { ask, send } from '../../../../test/house/ask.ts'
import { drawn } from '../../../../test/house/books.ts'
import { openHouse, type House, type Subscriber } from '../../../../test/house/house.ts'
import { until } from '../../../../test/house/until.ts'
import { lettersTo, visitor, type Visitor } from '../../../../test/house/visitor.ts'
import { openSession, SESSION_COOKIE } from '../identity/index.ts'
import { tellFilled } from './notices.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

async function signedIn({ memberId }: Pick<Subscriber, 'memberId'>): Promise<Visitor> {
  const browser = visitor(house)
  browser.cookies.set(SESSION_COOKIE, await openSession(house.rooms.db, memberId, house.clock.now()))
  return browser
}

test('whoever is signed in reads his usage without a key, changes nothing by it, and a bad key is not made good by a session', async () => {
  const member = await house.subscriber('lite')
  await ask(house.url, member.key, { text: 'one question' })
  await drawn(house, member)
  const browser = await signedIn(member)
  const { json } = await browser.get('/api/usage/v1/standing')
  expect(json.subscriptions[0]).toMatchObject({ plan: 'lite', windows: [{ used: 1, runs_out_at: null }, { used: 1 }] })
  expect((await browser.get('/api/usage/v1/standing', { authorization: 'Bearer nonsense' })).status).toBe(401)
  const put = await browser.send('PUT', '/api/usage/v1/balance/overflow', { on: true })
  expect([put.status, put.json.error.code]).toEqual([401, 'no_key'])
  browser.cookies.set(SESSION_COOKIE, 'of nobody')
  expect((await browser.get('/api/usage/v1/standing')).json.error.code).toBe('signed_out')
})

test('usage is told by the project that a call names, on its receipt too; calls that name none stand together', async () => {
  const member = await house.subscriber('lite')
  const inProject = (project: string) => ({ headers: { 'x-codeplan-project': project } })
  for (const [text, more] of [
    ['the first', inProject('shop')],
    ['the second', inProject('shop')],
    ['the third', {}],
  ] as const)
    expect((await ask(house.url, member.key, { text, ...more })).status).toBe(200)
  await drawn(house, member)
  const browser = await signedIn(member)
  const { hours } = (await browser.get('/api/usage/v1/hours?by=project')).json
  expect(hours.map(({ name, calls, charge }: Record<string, unknown>) => [name, calls, charge])).toEqual([
    ['', 1, 1],
    ['shop', 2, 2],
  ])
  const { calls } = (await browser.get('/api/usage/v1/calls?limit=3')).json
  expect(calls.map(({ project }: Record<string, unknown>) => project).toSorted()).toEqual([null, 'shop', 'shop'])
})

test('a window says when it runs out at its pace, and a prompt says its models, tools and highest multiplier', async () => {
  const member = await house.subscriber('pro')
  for (let n = 0; n < 30; n++) {
    const body = {
      text: `question ${n}`,
      model: 'glm-5',
      headers: { 'user-agent': 'claude-cli/2.1.0 (external, cli)' },
    }
    expect((await ask(house.url, member.key, body)).status).toBe(200)
  }
  const begun = house.clock.now()
  await drawn(house, member)
  house.clock.advance(HOUR_MS / 10)
  const browser = await signedIn(member)
  const { json } = await browser.get('/api/usage/v1/standing')
  const [five] = json.subscriptions[0].windows
  // 60 of 400 in six minutes: forty minutes in all.
  expect(Math.abs(Date.parse(five.runs_out_at) - begun - 40 * 60_000)).toBeLessThan(10)
  const { prompts } = (await browser.get('/api/usage/v1/prompts?limit=1')).json
  expect(prompts[0]).toMatchObject({ models: ['glm-5'], tools: ['claude-code'], multiplier: 2, charge: 2 })
})

test('days are those of the zone that was asked for', async () => {
  const member = await house.subscriber('lite')
  const browser = await signedIn(member)
  const asked = async (text: string) => {
    await ask(house.url, member.key, { text })
    await drawn(house, member)
  }
  house.clock.advance(DAY_MS - ((house.clock.now() + 8 * HOUR_MS) % DAY_MS) + 23 * HOUR_MS)
  await asked('late in the evening of Shanghai')
  house.clock.advance(HOUR_MS)
  await asked('after midnight')
  const days = async (zone: string) =>
    (await browser.get(`/api/usage/v1/days?zone=${zone}`)).json.days.map(
      (day: { day: string; calls: number }) => day.calls,
    )
  expect(await days('Asia/Shanghai')).toEqual([1, 1])
  expect(await days('UTC')).toEqual([2])
  expect((await browser.get('/api/usage/v1/days?zone=Nowhere')).status).toBe(400)
})

test('the day of a model is told in parts: GLM-5 3× from 14:00 to 18:00 (S3), the same as what is charged', async () => {
  const { models } = JSON.parse((await send(`${house.url}/api/usage/v1/prices`, {})).text)
  const parts = models.find((model: { id: string }) => model.id === 'glm-5').today
  expect(parts.map((part: { factor: number }) => part.factor)).toEqual([2, 3, 2])
})

test('a page that watches hears within two seconds that a call was made, and nothing of the calls of others', async () => {
  const member = await house.subscriber('lite')
  const other = await house.subscriber('lite')
  const heard = { member: '', other: '' }
  const watch = async (who: Subscriber, name: keyof typeof heard): Promise<IncomingMessage> => {
    const browser = await signedIn(who)
    const cookie = `${SESSION_COOKIE}=${browser.cookies.get(SESSION_COOKIE)}`
    const { promise, resolve } = Promise.withResolvers<IncomingMessage>()
    httpGet(`${house.url}/api/usage/v1/live`, { headers: { cookie } }, resolve)
    const answer = await promise
    answer.setEncoding('utf8').on('data', (text: string) => (heard[name] += text))
    return answer
  }
  const streams = [await watch(member, 'member'), await watch(other, 'other')]
  expect(streams[0]?.headers['content-type']).toContain('text/event-stream')
  await until('both streams are looked after', () => heard.member.includes('retry') && heard.other.includes('retry'))
  // The first look only notes how things stand.
  const began = async (): Promise<boolean> => {
    await ask(house.url, member.key, { text: `now ${heard.member.length}` })
    return heard.member.includes('data: {"at"')
  }
  await until('the page hears of it', began, 20_000)
  expect(heard.other).not.toContain('data:')
  for (const stream of streams) stream.destroy()
})

test('whoever wishes it is told at 50, 75 and 90 % of a window, once each, in his language, and of the next window anew', async () => {
  const member = await house.subscriber('lite')
  const browser = await signedIn(member)
  expect(
    (await browser.send('PATCH', '/account/profile', { usage_notices: [50, 75, 90], language: 'zh' })).status,
  ).toBe(200)
  let asked = 0
  const fill = async (questions: number): Promise<readonly number[]> => {
    for (let n = 0; n < questions; n++) await ask(house.url, member.key, { text: `filling ${++asked}` })
    await drawn(house, member)
    await tellFilled(house.rooms, house.clock.now())
    return (await lettersTo(house, member.email)).map(({ data }) => Number(data.percent)).sort()
  }
  expect(await fill(39)).toEqual([])
  expect(await fill(1)).toEqual([50])
  expect(await fill(10)).toEqual([50])
  // From 62 to 95 %: the highest says it all.
  expect(await fill(26)).toEqual([50, 90])
  house.clock.advance(5 * HOUR_MS)
  expect(await fill(40)).toEqual([50, 50, 90])
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { HOUR_MS, instant } from '@codeplan/core'

import { ask, type Heard } from '../../../../test/house/ask.ts'
import { drawn, faultsOfBooks } from '../../../../test/house/books.ts'
import { openHouse, type House, type Subscriber } from '../../../../test/house/house.ts'
import { until } from '../../../../test/house/until.ts'
import { sql, stoppedClock } from '../platform/index.ts'
import { furnish, type Rooms } from '../rooms.ts'
import { readKept, releaseAbandoned } from './kept-store.ts'

const NAME = 'once'
/** So long after its last word a node is taken for dead, and the keys of its calls for abandoned. */
const SILENT_MS = 40_000
const RACES = 4

describe('F09: an Idempotency-Key that is taken over from a call which still runs', () => {
  let house: House
  /** Another node on the same database, which hears nothing of the first. */
  let other: Rooms
  beforeAll(async () => {
    house = await openHouse()
    const clock = stoppedClock(instant(house.clock.now() + HOUR_MS))
    const furnished = await furnish(house.rooms.config, { ...house.rooms, clock })
    if (!furnished.ok) throw new Error(JSON.stringify(furnished.no))
    other = furnished.value
  })
  afterAll(() => house.close())

  const upstreamCalls = (text: string) => house.upstream.calls().filter(({ prompt }) => prompt.includes(text))
  const askAgain = ({ key }: Subscriber, text: string): Promise<Heard> =>
    ask(house.url, key, { text, headers: { 'idempotency-key': NAME } })
  const ownerOf = async ({ memberId }: Subscriber) => readKept(house.rooms.db.queries, { memberId, key: NAME })
  const eventsOf = async ({ memberId }: Subscriber) => {
    const { rows } = await sql<{ id: string; ending: string; billable: boolean }>`select id, ending, billable
      from meter_events where member_id = ${memberId} order by admitted_at`.execute(house.rooms.db.queries)
    return rows
  }

  /** Two owners of one key: the first lives, but its hold is settled; then the second asks. Several such pairs at once. */
  async function takeOver(fault: string, name: string) {
    const pairs = await Promise.all(
      Array.from({ length: RACES }, async (_, n) => {
        const member = await house.subscriber('lite')
        const text = `${name} ${n} ${fault}`
        const former = askAgain(member, text)
        await until('the former owner runs', () => upstreamCalls(text).length === 1)
        return { member, text, former, formerId: (await ownerOf(member))?.call_id ?? '' }
      }),
    )
    house.clock.advance(SILENT_MS)
    await until('the calls are over for everybody else', async () => {
      await other.entitlements.recover()
      return (await Promise.all(pairs.map(({ member }) => drawn(house, member)))).every((one) => one.inFlight === 0)
    })
    return pairs.map((pair) => ({ ...pair, later: askAgain(pair.member, pair.text) }))
  }

  /** Each call that ran is one event, both of one prompt, charged once; later askers hear the second owner's answer. */
  async function checkPair(member: Subscriber, text: string, formerId: string, later: Heard): Promise<void> {
    expect(later).toMatchObject({ status: 200 })
    expect(later.id).not.toBe(formerId)
    for (let n = 0; n < 5; n++) {
      const again = await askAgain(member, text)
      expect([again.status, again.id, again.headers['idempotency-replayed']]).toEqual([200, later.id, 'true'])
      expect(again.text).toBe(later.text)
    }
    const { inFlight, five_hour } = await until('all is settled', async () => {
      const now = await drawn(house, member)
      return now.inFlight === 0 && now
    })
    expect(upstreamCalls(text).length).toBe(2)
    expect(await eventsOf(member)).toEqual([
      { id: formerId, ending: 'recovered', billable: true },
      { id: later.id, ending: 'completed', billable: true },
    ])
    expect([inFlight, five_hour.settled]).toEqual([0, 1])
  }

  test('the former owner ends while the new one runs: whoever asks meanwhile waits for the new answer', async () => {
    const pairs = await takeOver('[[fault=late:1500]]', 'both are long')
    await Promise.all(
      pairs.map(async ({ member, text, former, formerId, later }) => {
        await until('the new owner runs', () => upstreamCalls(text).length === 2)
        const waiting = Array.from({ length: 3 }, () => askAgain(member, text))
        expect(await former).toMatchObject({ status: 200, id: formerId })
        const answer = await later
        for (const heard of await Promise.all(waiting)) expect([heard.status, heard.id]).toEqual([200, answer.id])
        await checkPair(member, text, formerId, answer)
      }),
    )
    expect(await faultsOfBooks(house)).toEqual([])
  })

  test.each([
    ['has an answer', '[[fault=late:1000]] [[times=1]]', 200],
    ['fails', '[[fault=late:1000,500]] [[times=1]]', 502],
  ])('the former owner %s after the new one: the kept answer stays the new one’s', async (name, fault, status) => {
    const pairs = await takeOver(fault, name)
    await Promise.all(
      pairs.map(async ({ member, text, former, formerId, later }) => {
        const answer = await later
        expect(await former).toMatchObject({ status, id: formerId })
        await checkPair(member, text, formerId, answer)
      }),
    )
    expect(await faultsOfBooks(house)).toEqual([])
  })

  test('a waiter who saw the former owner abandoned a moment ago does not free the new one’s key', async () => {
    const pairs = await takeOver('[[fault=late:1000]]', 'seen late')
    await Promise.all(
      pairs.map(async ({ member, text, former, formerId, later }) => {
        await until(
          'the new owner has the key',
          async () => ![undefined, formerId].includes((await ownerOf(member))?.call_id),
        )
        await releaseAbandoned(house.rooms.db.queries, { memberId: member.memberId, key: NAME }, formerId)
        expect(await ownerOf(member)).toMatchObject({ finished_at: null })
        await former
        await checkPair(member, text, formerId, await later)
      }),
    )
    expect(await faultsOfBooks(house)).toEqual([])
  })
})

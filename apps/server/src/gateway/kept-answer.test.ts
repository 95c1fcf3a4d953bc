import { request } from 'node:http'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import type { MemberId } from '@codeplan/core'

import { drawn } from '../../../../test/house/books.ts'
import { openHouse, type House } from '../../../../test/house/house.ts'
import { until } from '../../../../test/house/until.ts'

interface Answer {
  readonly status: number
  readonly headers: Record<string, unknown>
  readonly body: string
}

function ask(house: House, key: string, name: string, text: string, leaveAfterBytes?: number): Promise<Answer> {
  const body = JSON.stringify({
    model: 'glm-4.7',
    max_tokens: 50,
    stream: true,
    messages: [{ role: 'user', content: text }],
  })
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${key}`,
      'idempotency-key': name,
      'content-type': 'application/json',
      'user-agent': 'claude-cli/2.1.330 (external, cli)',
    }
    const req = request(`${house.url}/api/anthropic/v1/messages`, { method: 'POST', headers }, (res) => {
      let got = ''
      const done = (): void => resolve({ status: res.statusCode ?? 0, headers: res.headers, body: got })
      res.setEncoding('utf8')
      res.on('data', (chunk: string) => {
        got += chunk
        if (leaveAfterBytes !== undefined && got.length >= leaveAfterBytes) {
          req.destroy()
          done()
        }
      })
      res.on('end', done)
      res.on('error', done)
    })
    req.on('error', reject)
    req.end(body)
  })
}

/** An answer is kept before its call is settled: whoever has heard it may be a moment early. */
const settled = (house: House, memberId: MemberId) =>
  until('no call is in flight', async () => {
    const now = await drawn(house, { memberId })
    return now.inFlight === 0 && now
  })

describe('F09: the same Idempotency-Key gives one reservation, one settlement, one answer', () => {
  let house: House
  beforeAll(async () => {
    house = await openHouse()
  })
  afterAll(() => house.close())

  const upstreamCalls = (): number => house.upstream.calls().length

  test('ten at once and one later hear the same answer of one upstream call', async () => {
    const { key, memberId } = await house.subscriber('lite')
    const before = upstreamCalls()
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => ask(house, key, 'a', 'one question [[fault=slow:10]]')),
    )
    const later = await ask(house, key, 'a', 'one question [[fault=slow:10]]')
    expect(upstreamCalls() - before).toBe(1)
    expect(new Set([...answers, later].map((a) => a.body)).size).toBe(1)
    expect(new Set([...answers, later].map((a) => a.headers['x-request-id'])).size).toBe(1)
    expect(later.headers['idempotency-replayed']).toBe('true')
    expect((await settled(house, memberId)).five_hour.settled).toBe(1)
  })

  test('a caller who leaves in the middle and asks again hears the whole answer of the first call', async () => {
    const { key } = await house.subscriber('lite')
    const before = upstreamCalls()
    const cut = await ask(house, key, 'b', 'another question [[fault=slow:10]]', 300)
    const again = await ask(house, key, 'b', 'another question [[fault=slow:10]]')
    expect(upstreamCalls() - before).toBe(1)
    expect(again.body.startsWith(cut.body)).toBe(true)
    expect(again.body).toContain('message_stop')
  })

  test('a key that was used for another request is refused', async () => {
    const { key } = await house.subscriber('lite')
    await ask(house, key, 'c', 'first')
    expect(await ask(house, key, 'c', 'second')).toMatchObject({ status: 400 })
  })

  test('an upstream failure keeps nothing and charges nothing: the retry runs anew', async () => {
    const { key, memberId } = await house.subscriber('lite')
    expect((await ask(house, key, 'd', 'hello [[fault=500]] [[times=1]]')).status).toBe(502)
    expect((await ask(house, key, 'd', 'hello [[fault=500]] [[times=1]]')).status).toBe(200)
    expect((await settled(house, memberId)).five_hour.settled).toBe(1)
  })
})

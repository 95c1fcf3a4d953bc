import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import type { Micros } from '@codeplan/core'

import { recompute } from '../../apps/server/src/usage/index.ts'
import { ask, send, type Heard } from '../house/ask.ts'
import { runCommandIn } from '../house/command.ts'
import { openHouse, type House, type Subscriber } from '../house/house.ts'

const YUAN = 1e8

describe('an export has every call of a period, whoever paid for it', () => {
  let house: House
  let member: Subscriber
  let exported: string
  beforeAll(async () => {
    house = await openHouse({ catalog: (source) => source.replace('prompts: 80 }', 'prompts: 2 }') })
    member = await house.subscriber('lite')
    const { entitlements } = house.rooms
    const gift = { memberId: member.memberId, amount: (10 * YUAN) as Micros, note: '', idempotencyKey: 'gift' }
    expect((await entitlements.addBalance(gift, house.clock.now())).ok).toBe(true)
    await entitlements.setOverflow(member.memberId, { on: true, cap: null })
    const post = (path: string, body: unknown): Promise<Heard> =>
      send(`${house.url}/api/paas/v4/${path}`, {
        method: 'POST',
        headers: { authorization: member.key, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    const made = [
      await ask(house.url, member.key, { text: 'by the plan' }),
      await ask(house.url, member.key, { text: 'by the plan, too' }),
      await ask(house.url, member.key, { text: 'by the balance: the window is full' }),
      await post('chat/completions', { model: 'glm-5', messages: [{ role: 'user', content: 'at peak or not' }] }),
      await post('embeddings', { model: 'embedding-3', input: ['one', 'two'] }),
      await post('web_search', { search_query: 'quota', search_engine: 'search-prime' }),
    ]
    expect(made.map(({ status }) => status)).toEqual(made.map(() => 200))
    await entitlements.drain()
    exported = await read('jsonl')
  })
  afterAll(() => house.close())

  const read = async (format: 'jsonl' | 'csv'): Promise<string> =>
    (await send(`${house.url}/api/usage/v1/export?format=${format}`, { headers: { authorization: member.key } })).text

  test('F17: as a table: calls of the plan, of overflow, of the balance, and of services under their names', async () => {
    const [head = '', ...rows] = (await read('csv')).trim().split('\r\n')
    const columns = head.split(',')
    const cells = rows.map((row) => {
      const values = row.split(',')
      expect(values).toHaveLength(columns.length)
      return Object.fromEntries(columns.map((name, at) => [name, values[at] ?? '']))
    })
    // The clock stands still, so calls have no order among themselves.
    expect(cells.map(({ kind, paid_by: paidBy, model }) => [kind, paidBy, model]).toSorted()).toEqual([
      ['call', 'balance', 'embedding-3'],
      ['call', 'balance', 'glm-4.7'],
      ['call', 'balance', 'glm-5'],
      ['call', 'plan', 'glm-4.7'],
      ['call', 'plan', 'glm-4.7'],
      ['web_search', 'balance', ''],
    ])
    // What the rows of the balance cost is what the balance has paid, to the micro.
    const cost = cells
      .filter((row) => row.paid_by === 'balance')
      .reduce((sum, row) => sum + Math.round(Number(row.list_price) * YUAN), 0)
    expect(await house.rooms.entitlements.wallet(member.memberId, house.clock.now())).toMatchObject({
      balance: 10 * YUAN - cost,
    })
  })

  test('F17 F25: computed anew from the file alone, every figure is the same; calls of services are counted, not judged', async () => {
    expect(recompute(exported.split('\n'))).toEqual({
      calls: 5,
      paidCalls: 3,
      serviceCalls: 1,
      prompts: 2,
      partialPrompts: 0,
      windows: 2,
      faults: [],
    })
  })

  test('a figure that was changed is found, whoever paid: price, tokens, factor, charge, and a line that is missing', () => {
    const lines = exported.trim().split('\n')
    const changed = (
      paidBy: string,
      change: (call: Record<string, Record<string, number>>) => void,
    ): readonly string[] =>
      recompute(
        lines.map((text) => {
          const line = JSON.parse(text)
          if (line.kind !== 'call' || line.paid_by.purse !== paidBy) return text
          change(line)
          return JSON.stringify(line)
        }),
      ).faults
    const add = (part: string, name: string) => (call: Record<string, Record<string, number>>) => {
      const figures = call[part] ?? {}
      figures[name] = (figures[name] ?? 0) + 1_000_000
    }
    for (const [purse, count] of [
      ['plan', 2],
      ['balance', 3],
    ] as const) {
      expect(changed(purse, add('list_price', 'micros'))).toHaveLength(count)
      expect(changed(purse, add('tokens', 'input'))).toHaveLength(count)
      expect(changed(purse, add('multiplier', 'permille')).length).toBeGreaterThanOrEqual(count)
    }
    expect(changed('plan', (call) => Object.assign(call, { charge_micro: 0 }))).toHaveLength(2)
    expect(recompute(lines.slice(0, -1)).faults).toEqual(['the file is cut off: its last line is missing'])
    expect(recompute(lines.filter((text) => !text.includes('"kind":"catalog"'))).faults).toHaveLength(5)
  })

  test('`explain` tells of an embedding that the balance paid for it, what it read and what it cost', async () => {
    const id = exported.split('\n').find((text) => text.includes('"embedding-3"') && text.includes('"kind":"call"'))
    const told = await runCommandIn(house, 'explain', (JSON.parse(id ?? '{}') as { id: string }).id)
    expect(told.ok && told.text).toMatch(/tool\s+\S+ \(.*\), \/api\/paas\/v4\/embeddings/)
    expect(told.ok && told.text).toMatch(/paid by\s+the balance[\s\S]*2 in \(0 cached\), 0 out, by upstream/)
  })
})

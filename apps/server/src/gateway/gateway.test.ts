import { runTool } from '@codeplan/sandbox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { openHouse, type House } from '../../../../test/house/house.ts'

describe('gateway', () => {
  let house: House
  beforeAll(async () => {
    house = await openHouse()
  })
  afterAll(() => house.close())

  test('F82: a tool loop of ten calls is one prompt, on either wire', async () => {
    for (const [dialect, path] of [
      ['anthropic', '/api/anthropic'],
      ['openai', '/api/coding/paas/v4'],
    ] as const) {
      const { key, memberId } = await house.subscriber('lite')
      const prompt = 'Create a file named a.txt in the current directory with exactly this content: hi [[steps=9]]'
      const run = await runTool({
        base: house.url + path,
        key,
        dialect,
        model: 'glm-4.7',
        prompt,
        sessionId: `s-${dialect}`,
      })
      expect(run).toMatchObject({ status: 200, calls: 10 })
      expect([...run.files.values()]).toEqual(['hi'])
      await house.rooms.entitlements.drain()
      const [standing] = await house.rooms.entitlements.standings(memberId, house.clock.now())
      expect(standing?.windows.map((w) => [w.used, w.settled])).toEqual([
        [1_000_000, 1_000_000],
        [1_000_000, 1_000_000],
      ])
    }
  })
})

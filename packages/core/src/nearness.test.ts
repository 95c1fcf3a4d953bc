import { describe, expect, test } from 'vitest'

import { weightedNearness } from './nearness.ts'

const SESSIONS = Array.from({ length: 20_000 }, (_, n) => `session ${n}`)
type Things = Readonly<Record<string, number>>
const nearest = (things: Things, session: string): string =>
  Object.entries(things).toSorted(
    ([a, one], [b, other]) => weightedNearness(b, session, other) - weightedNearness(a, session, one),
  )[0]?.[0] ?? ''

describe('which route a conversation prefers', () => {
  test('conversations spread by the weights, within 5 %', () => {
    const things = { 'gpu-1/glm': 1, 'gpu-2/glm': 2, 'gpu-3/glm': 5 }
    const counts: Record<string, number> = {}
    for (const session of SESSIONS) {
      const thing = nearest(things, session)
      counts[thing] = (counts[thing] ?? 0) + 1
    }
    for (const [thing, weight] of Object.entries(things)) {
      const due = (SESSIONS.length * weight) / 8
      expect(Math.abs((counts[thing] ?? 0) - due) / due, thing).toBeLessThan(0.05)
    }
  })

  test('when one goes only its own conversations move, and they come back with it', () => {
    const all = { a: 1, b: 1, c: 2 }
    const fewer = { a: 1, c: 2 }
    for (const session of SESSIONS) {
      const before = nearest(all, session)
      if (before !== 'b') expect(nearest(fewer, session)).toBe(before)
    }
  })
})

import { describe, expect, test } from 'vitest'

import { fc } from '../../../test/house/property.ts'
import { callTurns, leftOf, lineAt, mayBuy, takePiece, type Asker, type Release, type Shelf } from './stock.ts'
import { MINUTE_MS } from './time.ts'
import { instant } from './units.ts'

const now = instant(Date.parse('2026-01-23T10:00:00+08:00'))
const plus = (ms: number) => instant(now + ms)
const release = (id: string, part: Partial<Release> = {}): Release => ({
  id,
  opensAt: now,
  closesAt: null,
  pieces: 2,
  taken: 0,
  ...part,
})
const shelf = (part: Partial<Shelf> = {}): Shelf => ({
  isPaused: false,
  releases: [release('a')],
  isQueued: false,
  nextOpensAt: plus(1000),
  ...part,
})
const stranger: Asker = { open: undefined, taken: 0 }

const releases = fc.uniqueArray(
  fc
    .record({
      id: fc.constantFrom('a', 'b', 'c', 'd'),
      opensAt: fc.integer({ min: -5, max: 5 }).map(plus),
      closesAt: fc.option(fc.integer({ min: -5, max: 5 }).map(plus)),
      pieces: fc.integer({ min: 0, max: 5 }),
      used: fc.integer({ min: 0, max: 5 }),
    })
    .map(({ used, ...one }) => ({ ...one, taken: Math.min(used, one.pieces) })),
  { selector: ({ id }) => id },
)

describe('stock', () => {
  test('F34: pieces are taken from open releases only, as many as there are and never one more', () => {
    fc.check(releases, (rows) => {
      let left: readonly Release[] = rows
      let count = 0
      for (let taken = takePiece(left, now); taken; taken = takePiece(left, now)) {
        left = taken.releases
        count++
      }
      expect(count).toBe(leftOf(rows, now))
      for (const [i, { taken, pieces, opensAt, closesAt }] of left.entries()) {
        expect(taken).toBeLessThanOrEqual(pieces)
        if (opensAt > now || (closesAt !== null && closesAt <= now)) expect(taken).toBe(rows[i]?.taken)
      }
    })
  })

  test('what is sold no longer goes first, so that as little as possible is dropped', () => {
    const rows = [release('carried'), release('late', { closesAt: plus(9) }), release('soon', { closesAt: plus(1) })]
    expect(takePiece(rows, now)?.releaseId).toBe('soon')
  })

  test('turns are called in the order of those who wait, one piece each', () => {
    fc.check(releases, fc.integer({ min: 0, max: 30 }), (rows, count) => {
      const waiting = Array.from({ length: count }, (_, n) => `mem_${n}`)
      const { called, releases: left } = callTurns(rows, waiting, now)
      expect(called.map(({ memberId }) => memberId)).toEqual(waiting.slice(0, leftOf(rows, now)))
      expect(leftOf(left, now)).toBe(leftOf(rows, now) - called.length)
    })
  })
})

describe('may somebody buy', () => {
  const ask = (on: Partial<Shelf>, who: Partial<Asker> = {}, at = now) => {
    const answer = mayBuy(shelf(on), { ...stranger, ...who }, 1, at)
    return answer.ok ? answer.value : answer.no.code
  }

  test('a free piece may be ordered; none before the release opens, nor one that is gone', () => {
    expect(ask({})).toBe('free')
    expect(ask({}, {}, instant(now - 1))).toBe('not_open_yet')
    expect(ask({ releases: [release('a', { taken: 2 })] })).toBe('sold_out')
    expect(ask({ releases: [release('a', { closesAt: now })] })).toBe('not_open_yet')
  })

  test('nobody jumps the line; who is called buys the piece that was set aside for him', () => {
    expect(ask({ isQueued: true })).toBe('not_your_turn')
    const open = { state: 'called', orderId: null } as const
    expect(ask({ isQueued: true, releases: [release('a', { taken: 2 })] }, { open, taken: 1 })).toBe('called')
  })

  test('one open reservation a person and plan, and no more pieces a person than are allowed', () => {
    expect(ask({}, { open: { state: 'ordered', orderId: 'ord_1' }, taken: 1 })).toBe('order_open')
    expect(ask({}, { taken: 1 })).toBe('enough_for_you')
  })

  test('a plan that is paused is sold to nobody, not even to who was called', () => {
    expect(ask({ isPaused: true }, { open: { state: 'called', orderId: null }, taken: 1 })).toBe('plan_paused')
  })
})

describe('the line', () => {
  const rows = [
    { id: 'today', opensAt: now },
    { id: 'tomorrow', opensAt: plus(100 * MINUTE_MS) },
  ]
  const line = (at: number) => lineAt(rows, 5 * MINUTE_MS, plus(at))

  test('the waiting room opens five minutes before a release; after it one stands at the end of its line', () => {
    expect(line(-5 * MINUTE_MS - 1)).toBeUndefined()
    expect(line(-5 * MINUTE_MS)).toMatchObject({ kind: 'before', release: { id: 'today' } })
    expect(line(0)).toMatchObject({ kind: 'after', release: { id: 'today' } })
    expect(line(95 * MINUTE_MS - 1)).toMatchObject({ kind: 'after', release: { id: 'today' } })
    expect(line(95 * MINUTE_MS)).toMatchObject({ kind: 'before', release: { id: 'tomorrow' } })
  })
})

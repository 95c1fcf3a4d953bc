import { createHash } from 'node:crypto'

import { describe, expect, test } from 'vitest'

import { fc } from '../../../test/house/property.ts'
import { commitmentOf, drawLot, ticketOf } from './lot.ts'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const members = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 60 })
const ticketsOf = (names: readonly string[]) =>
  names.map((member) => ({ member, ticket: ticketOf('pro:2026-01-23', member, sha256) }))

describe('the lot', () => {
  test('everybody is drawn once, and the order does not depend on who came first', () => {
    fc.check(members, fc.string(), (names, seed) => {
      const drawn = drawLot(ticketsOf(names), seed, sha256)
      expect(drawn.map(({ member }) => member).toSorted()).toEqual(names.toSorted())
      expect(drawLot(ticketsOf(names.toReversed()), seed, sha256)).toEqual(drawn)
    })
  })

  test('who leaves or stays away changes nothing between the others', () => {
    fc.check(members, fc.string(), fc.nat(), (names, seed, which) => {
      const gone = names[which % names.length]
      const without = (list: readonly { member: string }[]) =>
        list.map(({ member }) => member).filter((m) => m !== gone)
      const rest = drawLot(ticketsOf(names.filter((name) => name !== gone)), seed, sha256)
      expect(without(rest)).toEqual(without(drawLot(ticketsOf(names), seed, sha256)))
    })
  })

  test('no place in the order is more likely than another', () => {
    const names = Array.from({ length: 20 }, (_, n) => `member ${n}`)
    const firsts = new Map<string, number>()
    for (let n = 0; n < 4_000; n++) {
      const first = drawLot(ticketsOf(names), `seed ${n}`, sha256)[0]?.member ?? ''
      firsts.set(first, (firsts.get(first) ?? 0) + 1)
    }
    // 200 each are expected; five standard deviations are 69.
    for (const name of names) expect(Math.abs((firsts.get(name) ?? 0) - 200)).toBeLessThan(69)
  })

  test('anybody can recompute it with a few lines of shell, so the form of what is hashed is fixed', () => {
    expect(commitmentOf('5eed', sha256)).toBe(sha256('5eed'))
    expect(ticketOf('pro:2026-01-23', 'mem_1', sha256)).toBe(sha256('pro:2026-01-23:mem_1').slice(0, 32))
    const tickets = ['aa', 'bb', 'cc', 'dd'].map((ticket) => ({ ticket }))
    const byHand = ['aa', 'bb', 'cc', 'dd'].toSorted((a, b) => (sha256(`5eed:${a}`) < sha256(`5eed:${b}`) ? -1 : 1))
    expect(drawLot(tickets, '5eed', sha256).map(({ ticket }) => ticket)).toEqual(byHand)
  })
})

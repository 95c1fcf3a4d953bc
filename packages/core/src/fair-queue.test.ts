import { describe, expect, test } from 'vitest'

import { makeDice, newSeed } from '../../../test/house/dice.ts'
import { fc } from '../../../test/house/property.ts'
import { FairQueue, type Waiting } from './fair-queue.ts'

const WEIGHTS = { lite: 1, pro: 2, max: 4 } as const
type Tier = keyof typeof WEIGHTS
const TIERS = Object.keys(WEIGHTS) as Tier[]

const waiting = (tier: Tier, caller: string, deadlineAt = Infinity): Waiting<string> => ({
  tier,
  weight: WEIGHTS[tier],
  caller,
  deadlineAt,
  item: `${tier} ${caller}`,
})
const tierOf = (item: string | undefined): Tier => item?.split(' ')[0] as Tier

describe('fair queue', () => {
  test('with 10 places and 100 callers of three tiers that come back at once, shares match the weights within 5 %', () => {
    const dice = makeDice(newSeed())
    const queue = new FairQueue<string>(1000)
    for (let n = 0; n < 100; n++) queue.add(waiting(dice.pick(TIERS), `caller ${n}`))
    // Ten run; one of them ends at a time, takes its caller back into the queue, and frees a place.
    const running = Array.from({ length: 10 }, () => queue.next() as string)
    const served = { lite: 0, pro: 0, max: 0 }
    const CALLS = 7_000
    for (let n = 0; n < CALLS; n++) {
      const [ended = ''] = running.splice(dice.roll(running.length), 1)
      const tier = tierOf(ended)
      queue.add(waiting(tier, ended.slice(tier.length + 1)))
      const next = queue.next() as string
      running.push(next)
      served[tierOf(next)]++
    }
    const sum = TIERS.reduce((all, tier) => all + WEIGHTS[tier], 0)
    for (const tier of TIERS) {
      const due = (CALLS * WEIGHTS[tier]) / sum
      expect(Math.abs(served[tier] - due) / due, `seed ${dice.seed}: ${tier}`).toBeLessThan(0.05)
    }
  })

  test('nobody starves: each tier is served at least once while the others get their weights and one more each', () => {
    fc.check(fc.array(fc.constantFrom(...TIERS), { minLength: 1, maxLength: 200 }), (tiers) => {
      const queue = new FairQueue<string>(1000)
      tiers.forEach((tier, n) => queue.add(waiting(tier, `caller ${n}`)))
      const order = tiers.map(() => tierOf(queue.next()))
      for (const tier of new Set(tiers)) {
        const others = TIERS.filter((other) => other !== tier)
        const most = others.reduce((all, other) => all + Math.ceil(WEIGHTS[other] / WEIGHTS[tier]) + 1, 0)
        let since = 0
        let left = tiers.filter((one) => one === tier).length
        for (const served of order) {
          if (left === 0) break
          if (served === tier) left--
          since = served === tier ? 0 : since + 1
          expect(since).toBeLessThanOrEqual(most)
        }
      }
      expect(queue.size).toBe(0)
    })
  })

  test('callers of a tier take turns: nobody is served twice while another of the tier waits', () => {
    fc.check(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 60 }), (callers) => {
      const queue = new FairQueue<string>(1000)
      for (const caller of callers) queue.add(waiting('pro', String(caller)))
      const left = callers.map(String)
      let round = new Set<string>()
      for (let item = queue.next(); item !== undefined; item = queue.next()) {
        const caller = item.slice(4)
        if (round.has(caller)) {
          expect(left.filter((one) => !round.has(one))).toEqual([])
          round = new Set()
        }
        round.add(caller)
        left.splice(left.indexOf(caller), 1)
      }
      expect(left).toEqual([])
    })
  })

  test('calls of one caller keep their order', () => {
    const queue = new FairQueue<number>(10)
    for (let n = 1; n <= 5; n++) queue.add({ tier: 'pro', weight: 2, caller: 'a', deadlineAt: 9, item: n })
    expect([1, 2, 3, 4, 5].map(() => queue.next())).toEqual([1, 2, 3, 4, 5])
  })

  test('a tier that had nothing to ask for has saved up nothing', () => {
    const queue = new FairQueue<string>(1000)
    for (let n = 0; n < 300; n++) queue.add(waiting('pro', `p${n}`))
    for (let n = 0; n < 100; n++) queue.next()
    for (let n = 0; n < 100; n++) queue.add(waiting('lite', `l${n}`))
    const next30 = Array.from({ length: 30 }, () => tierOf(queue.next()))
    expect(next30.filter((tier) => tier === 'lite')).toHaveLength(10)
  })

  test('F72: the queue is bounded for each tier, so a crowd of one leaves room for the others', () => {
    const queue = new FairQueue<string>(3)
    const added = (tier: Tier): boolean[] => [1, 2, 3, 4].map((n) => queue.add(waiting(tier, `${n}`)))
    expect(added('lite')).toEqual([true, true, true, false])
    expect(added('max')).toEqual([true, true, true, false])
  })

  test('F72: who leaves frees its room and is never served; who has been served cannot leave', () => {
    const queue = new FairQueue<string>(1)
    const first = waiting('lite', 'first')
    expect(queue.add(first)).toBe(true)
    expect([queue.leave(first), queue.leave(first)]).toEqual([true, false])
    const second = waiting('lite', 'second')
    expect(queue.add(second)).toBe(true)
    expect(queue.next()).toBe('lite second')
    expect(queue.leave(second)).toBe(false)
  })

  test('those whose deadline has come are taken out, and only those', () => {
    const queue = new FairQueue<string>(10)
    for (const [caller, deadlineAt] of [
      ['a', 10],
      ['b', 20],
      ['c', 30],
    ] as const)
      queue.add(waiting('pro', caller, deadlineAt))
    expect(queue.expire(9)).toEqual([])
    expect(queue.expire(20)).toEqual(['pro a', 'pro b'])
    expect([queue.next(), queue.size]).toEqual(['pro c', 0])
  })

  test('who cannot use what is free is passed over, and keeps the place', () => {
    const queue = new FairQueue<string>(10)
    queue.add(waiting('max', 'picky'))
    queue.add(waiting('lite', 'easy'))
    expect(queue.next((item) => item.endsWith('easy'))).toBe('lite easy')
    expect(queue.next(() => false)).toBeUndefined()
    expect(queue.next()).toBe('max picky')
  })

  test('F71: whatever comes, waits, leaves, is late or is served: everybody is accounted for once', () => {
    const step = fc.record({
      what: fc.constantFrom('add', 'next', 'leave', 'expire'),
      tier: fc.constantFrom(...TIERS),
      caller: fc.integer({ min: 0, max: 4 }),
      at: fc.integer({ min: 0, max: 1000 }),
    })
    fc.check(fc.array(step, { maxLength: 200 }), (steps) => {
      const queue = new FairQueue<number>(5)
      const inside = new Map<number, Waiting<number>>()
      const out = (item: number | undefined): void => {
        if (item !== undefined) expect(inside.delete(item)).toBe(true)
      }
      let now = 0
      steps.forEach(({ what, tier, caller, at }, item) => {
        const one = { tier, weight: WEIGHTS[tier], caller: String(caller), deadlineAt: now + at, item }
        if (what === 'add' && queue.add(one)) inside.set(item, one)
        if (what === 'next') out(queue.next())
        if (what === 'leave') {
          const [chosen] = [...inside.values()].slice(at % Math.max(1, inside.size))
          if (chosen && queue.leave(chosen)) inside.delete(chosen.item)
        }
        if (what === 'expire') for (const late of queue.expire((now += at))) out(late)
        expect(queue.size).toBe(inside.size)
        expect(TIERS.reduce((all, one) => all + queue.sizeOf(one), 0)).toBe(inside.size)
      })
      for (let item = queue.next(); item !== undefined; item = queue.next()) out(item)
      expect(inside.size).toBe(0)
    })
  })
})

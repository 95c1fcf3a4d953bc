import { fc } from '../../../test/house/property.ts'
import { describe, expect, test } from 'vitest'

import {
  costOfCall,
  countsOf,
  emptyTally,
  openCall,
  promptCharge,
  settleCall,
  voidCall,
  type CallMeter,
  type PromptTally,
} from './metering.ts'

const prompt: CallMeter = { kind: 'prompt', callsPerPrompt: 20 }
const perCall: CallMeter = { kind: 'call', callsPerPrompt: 20 }
const meters = fc.record({
  kind: fc.constantFrom('prompt' as const, 'call' as const),
  callsPerPrompt: fc.integer({ min: 1, max: 50 }),
})
const factors = fc.constantFrom(0, 500, 1000, 2000, 3000)

/** A life of a prompt: calls begin (in the window that is open then) and end, counting or not, in any order. */
type Step = { readonly begin: number; readonly window: number } | { readonly end: number; readonly counts: boolean }
const steps = fc.array(
  fc.oneof(
    fc.record({ begin: factors, window: fc.integer({ min: 0, max: 3 }) }),
    fc.record({ end: fc.nat(), counts: fc.boolean() }),
  ),
  { maxLength: 60 },
)

function live(meter: CallMeter, story: readonly Step[], check: (tally: PromptTally) => void = () => {}) {
  let tally = emptyTally
  let window = 0
  const open: number[] = []
  const settled: number[] = []
  let charged = 0
  for (const step of story) {
    if ('begin' in step) {
      window = Math.max(window, step.window)
      tally = openCall(meter, tally, weigh(step.begin), { five_hour: window, week: 0 }).tally
      open.push(step.begin)
    } else if (open.length > 0) {
      const [factor] = open.splice(step.end % open.length, 1) as [number]
      if (step.counts) {
        const next = settleCall(meter, tally, factor)
        tally = next.tally
        charged += next.charged.reduce((sum, m) => sum + m.micro, 0)
        settled.push(factor)
      } else tally = voidCall(meter, tally, factor).tally
    }
    check(tally)
  }
  return { tally, open, settled, charged }
}

const weigh = (permille: number) => ({ permille, reserve: 0 })
const sumOf = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)
const reserved = (tally: PromptTally): number => sumOf(tally.parts.map((p) => p.reserved))
const settledOf = (tally: PromptTally): number => sumOf(tally.parts.map((p) => p.settled))

describe('the prompt meter', () => {
  test('S9, F82: twenty calls of one question cost one prompt, the twenty-first a twentieth more', () => {
    expect(promptCharge(prompt, [[1000, 1]])).toBe(1_000_000)
    expect(promptCharge(prompt, [[1000, 20]])).toBe(1_000_000)
    expect(promptCharge(prompt, [[1000, 21]])).toBe(1_050_000)
  })

  test('S3: a question to a 3× model costs 3 however many of the covered calls it makes, and 60 calls cost 9', () => {
    expect(promptCharge(prompt, [[3000, 1]])).toBe(3_000_000)
    expect(promptCharge(prompt, [[3000, 20]])).toBe(3_000_000)
    expect(promptCharge(prompt, [[3000, 60]])).toBe(9_000_000)
  })

  test('a multiplier of 0 is free (F23)', () => {
    expect(promptCharge(prompt, [[0, 7]])).toBe(0)
  })

  test('the call meter charges every call its share', () => {
    expect(promptCharge(perCall, [[1000, 1]])).toBe(50_000)
    expect(
      promptCharge(perCall, [
        [3000, 2],
        [1000, 1],
      ]),
    ).toBe(350_000)
  })

  test('charges are monotonic in calls and never above Σ plus one prompt at the highest multiplier', () => {
    fc.check(meters, fc.array(factors, { maxLength: 80 }), (meter, calls) => {
      let before = 0
      for (let i = 1; i <= calls.length; i++) {
        const some = calls.slice(0, i)
        const charge = promptCharge(meter, countsOf(some))
        expect(charge).toBeGreaterThanOrEqual(before)
        expect(charge).toBeLessThanOrEqual(
          Math.ceil((sumOf(some) * 1000) / meter.callsPerPrompt) + Math.max(...some) * 1000,
        )
        before = charge
      }
    })
  })

  test('what settled calls cost does not depend on the order in which calls begin and end', () => {
    fc.check(meters, steps, (meter, story) => {
      const { tally, settled, charged } = live(meter, story)
      expect(settledOf(tally)).toBe(promptCharge(meter, countsOf(settled)))
      expect(charged).toBe(settledOf(tally))
    })
  })

  test('at every step each window part holds at least what is settled in it, and together what all calls cost', () => {
    fc.check(meters, steps, (meter, story) => {
      const { tally, open, settled } = live(meter, story, (t) => {
        for (const part of t.parts) {
          expect(part.settled).toBeGreaterThanOrEqual(0)
          expect(part.reserved).toBeGreaterThanOrEqual(part.settled)
        }
      })
      expect(reserved(tally)).toBe(promptCharge(meter, countsOf([...open, ...settled])))
    })
  })

  test('F10: when every call fails for upstream reasons nothing is left of the charge', () => {
    fc.check(meters, steps, (meter, story) => {
      const failing = story.map((s) => ('begin' in s ? s : { ...s, counts: false }))
      const { tally, open } = live(meter, failing)
      const rest = open.reduce((t, factor) => voidCall(meter, t, factor).tally, tally)
      expect(reserved(rest)).toBe(0)
      expect(rest.parts).toEqual([])
    })
  })

  test('F83: splitting or joining questions is never cheaper than Σ ÷ C', () => {
    fc.check(fc.array(factors, { minLength: 1, maxLength: 60 }), (calls) => {
      const labelledAsOne = promptCharge(prompt, countsOf(calls))
      expect(labelledAsOne).toBeGreaterThanOrEqual(promptCharge(perCall, countsOf(calls)))
    })
  })

  test('a call costs what it adds, and what it reserves is what it was told', () => {
    fc.check(meters, steps, factors, (meter, story, factor) => {
      const { tally } = live(meter, story)
      const cost = costOfCall(meter, tally, weigh(factor))
      const next = openCall(meter, tally, weigh(factor), { five_hour: 9, week: 0 })
      expect(next.cost).toBe(cost)
      expect(reserved(next.tally) - reserved(tally)).toBe(cost)
    })
  })
})

import { describe, expect, test } from 'vitest'

import { fc } from '../../../test/house/property.ts'
import {
  afterOutcome,
  afterProbe,
  afterTrialBegan,
  chooseRoute,
  healthOf,
  newBreaker,
  wantsProbe,
  type Breaker,
  type BreakerRule,
  type RouteOutcome,
  type RouteView,
} from './routing.ts'
import { instant } from './units.ts'

const rule: BreakerRule = {
  failuresMax: 5,
  errorPermilleMax: 500,
  callsMin: 20,
  windowMs: 30_000,
  restMs: 5_000,
  restMsMax: 60_000,
}
const T0 = 1_800_000_000_000
const at = (ms: number) => instant(T0 + ms)

/** Calls that are asked and end at the same moment. */
const fold = (breaker: Breaker, outcomes: readonly RouteOutcome[], ms: number): Breaker =>
  outcomes.reduce((b, outcome) => afterOutcome(b, rule, { outcome, askedAt: at(ms) }, at(ms)), breaker)
const times = (count: number, outcome: RouteOutcome): RouteOutcome[] => Array.from({ length: count }, () => outcome)
const opened = fold(newBreaker, times(5, 'failed'), 0)
const health = (breaker: Breaker, ms: number) => healthOf(breaker, rule, at(ms))

describe('breaker', () => {
  test('failures in a row open it; one success between them does not let them add up', () => {
    expect(health(fold(newBreaker, times(4, 'failed'), 0), 0)).toBe('shaky')
    expect(health(opened, 0)).toBe('resting')
    const broken = [...times(4, 'failed'), 'began', ...times(4, 'failed')] as RouteOutcome[]
    expect(health(fold(newBreaker, broken, 0), 0)).toBe('shaky')
  })

  test('an error rate opens it without any row of failures, once there were enough calls', () => {
    const half = (calls: number): RouteOutcome[] =>
      Array.from({ length: calls }, (_, n) => (n % 2 === 0 ? 'failed' : 'began'))
    expect(health(fold(newBreaker, half(19), 0), 0)).not.toBe('resting')
    expect(health(fold(newBreaker, [...half(20), 'failed'], 0), 0)).toBe('resting')
  })

  test('a route whose answers break in the middle is opened too, though each of them began', () => {
    const cuts = Array.from({ length: 20 }, () => ['began', 'cut'] as const).flat()
    expect(health(fold(newBreaker, cuts, 0), 0)).toBe('resting')
  })

  test('errors that are older than two windows are forgotten', () => {
    let breaker = fold(newBreaker, [...times(9, 'failed').flatMap((f) => [f, 'began' as const]), 'began'], 0)
    expect(health(breaker, 0)).toBe('shaky')
    expect(health(breaker, 60_000)).toBe('good')
    breaker = fold(breaker, ['failed', 'began'], 61_000)
    expect(breaker).toMatchObject({ calls: 2, errors: 1, callsBefore: 0, errorsBefore: 0 })
  })

  test('after its rest a probe must find it alive, then one call tries, and its success closes it', () => {
    expect([wantsProbe(opened, at(4_999)), wantsProbe(opened, at(5_000))]).toEqual([false, true])
    expect(health(opened, 5_000)).toBe('resting')
    const probed = afterProbe(opened, rule, true, at(5_000))
    expect([health(probed, 5_001), wantsProbe(probed, at(5_001))]).toEqual(['trial', false])
    const trying = afterTrialBegan(probed, at(5_002))
    expect(health(trying, 5_003)).toBe('resting')
    const call = (outcome: RouteOutcome) => afterOutcome(trying, rule, { outcome, askedAt: at(5_002) }, at(5_050))
    expect(health(call('began'), 5_050)).toBe('good')
    expect(health(call('failed'), 5_050)).toBe('resting')
    expect(health(call('unknown'), 5_050)).toBe('trial')
  })

  test('each failed probe or trial doubles the rest up to the longest; a well route begins with the short one', () => {
    let breaker = opened
    const rests: number[] = []
    for (let n = 0; n < 6; n++) {
      const due = instant(breaker.restsUntil)
      rests.push(breaker.restsUntil - breaker.changedAt)
      breaker = afterProbe(breaker, rule, false, due)
    }
    expect(rests).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000])
    const ms = breaker.restsUntil - T0
    const trying = afterTrialBegan(afterProbe(breaker, rule, true, at(ms)), at(ms + 1))
    const closed = afterOutcome(trying, rule, { outcome: 'began', askedAt: at(ms + 1) }, at(ms + 2))
    const restAfter = (wellMs: number): number => {
      const again = fold(closed, times(5, 'failed'), ms + 2 + wellMs)
      return again.restsUntil - again.changedAt
    }
    expect([restAfter(1_000), restAfter(60_001)]).toEqual([60_000, 5_000])
  })

  test('calls that were asked before it opened neither close it nor make its rest longer', () => {
    for (const outcome of ['began', 'failed', 'cut'] as const)
      expect(afterOutcome(opened, rule, { outcome, askedAt: at(-10) }, at(7_000))).toBe(opened)
  })

  test('a call that is sent to a resting route for want of another closes it when it is answered, and else changes nothing', () => {
    const asked = afterTrialBegan(opened, at(1_000))
    const call = (outcome: RouteOutcome) => afterOutcome(asked, rule, { outcome, askedAt: at(1_000) }, at(1_100))
    expect(health(call('began'), 1_100)).toBe('good')
    expect(call('failed').restsUntil).toBe(opened.restsUntil)
  })

  test('a trial that hangs keeps others away for no longer than the longest rest', () => {
    const trying = afterTrialBegan(afterProbe(opened, rule, true, at(5_000)), at(5_000))
    expect([health(trying, 64_999), health(trying, 65_000)]).toEqual(['resting', 'trial'])
  })

  test('whatever happens, an open breaker rests between the shortest and the longest time, and a closed one has few failures', () => {
    const step = fc.record({
      passMs: fc.integer({ min: 0, max: 20_000 }),
      ageMs: fc.integer({ min: 0, max: 5_000 }),
      what: fc.constantFrom('began', 'failed', 'cut', 'unknown', 'alive', 'dead', 'trial'),
    })
    fc.check(fc.array(step, { maxLength: 200 }), (steps) => {
      let breaker = newBreaker
      let ms = 0
      for (const { passMs, ageMs, what } of steps) {
        ms += passMs
        if (what === 'alive' || what === 'dead') breaker = afterProbe(breaker, rule, what === 'alive', at(ms))
        else if (what === 'trial') breaker = afterTrialBegan(breaker, at(ms))
        else breaker = afterOutcome(breaker, rule, { outcome: what, askedAt: at(ms - ageMs) }, at(ms))
        if (breaker.restsUntil === 0) expect(breaker.failures).toBeLessThan(rule.failuresMax)
        else {
          const restMs = breaker.restsUntil - breaker.changedAt
          expect(restMs).toBeGreaterThanOrEqual(rule.restMs)
          expect(restMs).toBeLessThanOrEqual(rule.restMsMax)
        }
      }
    })
  })
})

const view = (more: Partial<RouteView> = {}): RouteView => ({
  health: 'good',
  restsUntil: 0,
  priority: 0,
  score: 0,
  hasPlace: true,
  failed: false,
  upstreamFailed: false,
  coversRetry: true,
  ...more,
})
const anyView = fc.record({
  health: fc.constantFrom('good', 'shaky', 'trial', 'resting'),
  restsUntil: fc.integer({ min: 0, max: 9 }),
  priority: fc.integer({ min: 0, max: 2 }),
  score: fc.integer({ min: 0, max: 9 }),
  hasPlace: fc.boolean(),
  failed: fc.boolean(),
  upstreamFailed: fc.boolean(),
  coversRetry: fc.boolean(),
})
const anyViews = fc.array(anyView, { minLength: 1, maxLength: 5 })

describe('which route a call asks', () => {
  test('by priority, and among equals the one that is nearest to the conversation', () => {
    const views = [view({ priority: 1, score: 9 }), view({ score: 1 }), view({ score: 2 })]
    expect(chooseRoute(views, false)).toEqual({ kind: 'ask', view: views[2] })
  })

  test('F73: nearness never wins over health: while a route is well, none that rests is asked', () => {
    fc.check(anyViews, fc.boolean(), (views, isRetry) => {
      const choice = chooseRoute(views, isRetry)
      if (choice.kind !== 'ask') return
      const well = views.filter((v) => v.health !== 'resting' && !v.failed && (!isRetry || v.health === 'good'))
      if (choice.view.health === 'resting') expect(well).toEqual([])
    })
  })

  test('F74: a route that failed a call is not asked by it again, nor its upstream while another one is well', () => {
    fc.check(anyViews, (views) => {
      const choice = chooseRoute(views, true)
      if (choice.kind !== 'ask') return
      expect(choice.view.failed).toBe(false)
      if (!choice.view.upstreamFailed) return
      const others = views.filter((v) => v.health === 'good' && v.hasPlace && !v.failed && !v.upstreamFailed)
      expect(others).toEqual([])
    })
  })

  test('while a route that is well has a place, a first call is sent, never refused', () => {
    fc.check(anyViews, (views) => {
      const free = views.some((v) => v.health !== 'resting' && v.hasPlace && !v.failed)
      if (free) expect(chooseRoute(views, false).kind).toBe('ask')
    })
  })

  test('a retry to a route that is well costs no budget, one to a failing route needs some', () => {
    const shaky = view({ health: 'shaky', coversRetry: false })
    expect(chooseRoute([view({ failed: true }), view({ coversRetry: false })], true).kind).toBe('ask')
    expect(chooseRoute([view({ failed: true }), shaky], true).kind).toBe('none')
    expect(chooseRoute([view({ failed: true }), { ...shaky, coversRetry: true }], true).kind).toBe('ask')
    expect(chooseRoute([shaky], false).kind).toBe('ask')
  })

  test('where all places of the routes that are well are taken, the call waits; it does not go to one that rests', () => {
    expect(chooseRoute([view({ hasPlace: false }), view({ health: 'resting' })], false).kind).toBe('wait')
  })

  test('where none is well, the one whose rest ends first is asked all the same', () => {
    const views = [view({ health: 'resting', restsUntil: 9 }), view({ health: 'resting', restsUntil: 3 })]
    expect(chooseRoute(views, false)).toEqual({ kind: 'ask', view: views[1] })
  })
})

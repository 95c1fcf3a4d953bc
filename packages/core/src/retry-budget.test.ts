import { expect, test } from 'vitest'

import { fc } from '../../../test/house/property.ts'
import { afterCall, afterRetry, coversRetry, fullBudget } from './retry-budget.ts'

const rule = fc.record({
  sharePermille: fc.integer({ min: 0, max: 1000 }),
  reserve: fc.integer({ min: 0, max: 50 }),
})

test('an outage does not double the load: retries never exceed the reserve and the share of the calls', () => {
  fc.check(rule, fc.array(fc.boolean(), { maxLength: 500 }), (rule, wishes) => {
    let budget = fullBudget(rule)
    let calls = 0
    let retries = 0
    for (const isCall of wishes) {
      if (isCall) {
        budget = afterCall(budget, rule)
        calls++
      } else if (coversRetry(budget)) {
        budget = afterRetry(budget)
        retries++
      }
      expect(retries * 1000).toBeLessThanOrEqual(rule.reserve * 1000 + rule.sharePermille * calls)
      expect(budget).toBeGreaterThanOrEqual(0)
    }
  })
})

test('a spent budget fills again by calls, never above its reserve', () => {
  const rule = { sharePermille: 200, reserve: 2 }
  let budget = afterRetry(afterRetry(fullBudget(rule)))
  expect(coversRetry(budget)).toBe(false)
  for (let n = 0; n < 5; n++) budget = afterCall(budget, rule)
  expect(coversRetry(budget)).toBe(true)
  for (let n = 0; n < 100; n++) budget = afterCall(budget, rule)
  expect(budget).toBe(fullBudget(rule))
  expect(() => afterRetry(999)).toThrow()
})

import { expect, test } from 'vitest'

import { simulate } from './simulation/simulate.ts'

test('F46, F26, F47: over 60,000 random events windows equal the fold of the ledger, nothing is admitted above the limit, every hold ends once', () => {
  for (const seed of [1, 2, Date.now() % 1_000_000]) {
    const result = simulate(seed, 20_000)
    expect(result.admitted, `seed ${seed}`).toBeGreaterThan(1_000)
    expect(result.refused, `seed ${seed}`).toBeGreaterThan(100)
    expect(result.lost, `seed ${seed}`).toBeGreaterThan(10)
  }
})

import { expect, test } from 'vitest'

import { killLoop } from '../processes/kill-loop.ts'
import { newSeed } from '../house/dice.ts'
import { testDatabaseUrl } from '../house/house.ts'

const seed = newSeed()

test(`F11 F12: kill -9 at 20 moments, PostgreSQL: every admitted call is settled exactly once (TEST_SEED=${seed})`, async () => {
  process.stderr.write(`TEST_SEED=${seed}\n`)
  expect(testDatabaseUrl).toBeDefined()
  await expect(killLoop(seed, testDatabaseUrl)).resolves.toBeUndefined()
}, 240_000)

import { expect, test } from 'vitest'

import { newSeed } from '../house/dice.ts'
import { killLoop } from './kill-loop.ts'

const seed = newSeed()

test(`F11 F12: kill -9 at 20 moments, embedded database: every admitted call is settled exactly once (TEST_SEED=${seed})`, async () => {
  process.stderr.write(`TEST_SEED=${seed}\n`)
  await expect(killLoop(seed, undefined)).resolves.toBeUndefined()
})

import { defineConfig } from 'vitest/config'

import { keepWasmCode } from './v8-flags.ts'

keepWasmCode()

/** `npm test`: everything that needs only Node and npm. Files share a worker, so tests keep no state in modules. */
export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['packages/**/*.test.ts', 'apps/**/*.test.ts', 'test/*.test.ts', 'test/stories/**/*.test.ts'],
    // Slow ones are run by `npm run test:processes`, so that this stays under five minutes on two cores.
    exclude: ['**/node_modules/**', '**/*.pg.test.ts', '**/*.slow.test.ts'],
    pool: 'threads',
    isolate: false,
    // Much of the time is waiting for streams and processes.
    maxWorkers: 2,
    globalSetup: ['test/house/setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})

import { defineConfig } from 'vitest/config'

/** `npm run test:postgres`: the suites of the server again, and the races, on the server that TEST_DATABASE_URL names. */
export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['apps/server/**/*.test.ts', 'test/stories/**/*.test.ts', 'test/processes/{commands,drain}.test.ts'],
    exclude: ['**/node_modules/**'],
    pool: 'threads',
    isolate: false,
    // Much of the time is waiting for streams and processes.
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
})

import { defineConfig } from 'vitest/config'

import { keepWasmCode } from './v8-flags.ts'

keepWasmCode()

/** `npm run test:browser`: people at the console, in the Chromium of this machine, on the real server and the test bank. */
export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/browser/*.test.ts'],
    pool: 'threads',
    isolate: false,
    maxWorkers: 1,
    globalSetup: ['test/house/setup.ts'],
    testTimeout: 90_000,
    hookTimeout: 60_000,
  },
})

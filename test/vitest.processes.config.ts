import { defineConfig } from 'vitest/config'

import { keepWasmCode } from './v8-flags.ts'

keepWasmCode()

/**
 * `npm run test:processes`: real servers and commands in processes of their own, on the embedded database: commands, stops,
 * kills under load; and the slow stories. Needs only Node and npm.
 */
export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/processes/**/*.test.ts', 'test/stories/**/*.slow.test.ts'],
    pool: 'threads',
    isolate: false,
    globalSetup: ['test/house/setup.ts'],
    testTimeout: 600_000,
    hookTimeout: 60_000,
  },
})

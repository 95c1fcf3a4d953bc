import { defineConfig } from 'vitest/config'

/** `npm run test:crash`: a real server is killed under load, on the embedded database. Needs only Node and npm. */
export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/crash/**/*.crash.test.ts'],
    pool: 'threads',
    isolate: false,
    testTimeout: 600_000,
    hookTimeout: 60_000,
  },
})

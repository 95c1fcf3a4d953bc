import { defineConfig } from 'vitest/config'

/** `npm run test:processes`: real servers and commands in processes of their own, on the embedded database: commands, stops, kills under load. Needs only Node and npm; slow by nature. */
export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/processes/**/*.test.ts'],
    pool: 'threads',
    isolate: false,
    testTimeout: 600_000,
    hookTimeout: 60_000,
  },
})

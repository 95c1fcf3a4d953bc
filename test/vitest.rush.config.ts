import { defineConfig } from 'vitest/config'

/** `npm run test:rush`: the shop opens with 20,000 buyers before its door, on the server that TEST_DATABASE_URL names. */
export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/rush/*.test.ts'],
    pool: 'threads',
    isolate: false,
  },
})

import { setTimeout } from 'node:timers/promises'

const EVERY_MS = 20

/** Looks again and again until something is so, or the deadline has passed: tests wait for facts, not for time. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  deadlineMs = 10_000,
): Promise<T> {
  const end = performance.now() + deadlineMs
  for (;;) {
    const found = await look()
    if (found) return found
    if (performance.now() > end) throw new Error(`${what}: not so after ${deadlineMs} ms`)
    await setTimeout(EVERY_MS)
  }
}

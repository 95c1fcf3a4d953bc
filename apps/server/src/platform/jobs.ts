import type { Log } from './log.ts'

/** Work by the clock. Each node runs it; the work itself must bear being done by several at once. */
export interface Jobs {
  every(ms: number, name: string, work: () => Promise<unknown>): void
  /** No new runs; resolves when those under way have ended. */
  stop(): Promise<void>
}

export function makeJobs(log: Log): Jobs {
  const timers: NodeJS.Timeout[] = []
  const underWay = new Set<Promise<void>>()
  return {
    every: (ms, name, work) => {
      let busy = false
      const timer = setInterval(() => {
        // A run that takes longer than its interval is not doubled.
        if (busy) return
        busy = true
        const run = work()
          .then(() => undefined)
          .catch((error: unknown) =>
            log.warn({ err: error, job: name }, 'a job failed; it runs again at its next time'),
          )
          .finally(() => {
            busy = false
            underWay.delete(run)
          })
        underWay.add(run)
      }, ms)
      timer.unref()
      timers.push(timer)
    },
    stop: async () => {
      for (const timer of timers) clearInterval(timer)
      await Promise.all(underWay)
    },
  }
}

import { Worker } from 'node:worker_threads'

import type { Page, PageWish, Source } from './page.ts'

/** Pages at a time on this node; further ones wait. */
const THREADS = 2
/** A page of ten megabytes takes a tenth of it. */
const HEAP_MB_MAX = 320

export interface Extractor {
  /** Undefined: it cannot be read, or took longer than it may. */
  extract(source: Source, wish: PageWish, msMax: number): Promise<Page | undefined>
  close(): Promise<void>
}

/** Threads that are kept for the next page, and replaced when one is stuck. */
export function makeExtractor(): Extractor {
  const idle: Worker[] = []
  const waiting: (() => void)[] = []
  const all = new Set<Worker>()
  let busy = 0

  const start = (): Worker => {
    const worker = new Worker(new URL('./extract-thread.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX },
      // What a page makes a library say is nothing for our log.
      stderr: true,
      stdout: true,
    })
    all.add(worker)
    worker.once('exit', () => all.delete(worker))
    return worker
  }

  const run = (worker: Worker, source: Source, wish: PageWish, msMax: number): Promise<Page | undefined> =>
    new Promise((resolve) => {
      const end = (page: Page | undefined, isWell: boolean): void => {
        clearTimeout(timer)
        worker.removeAllListeners('message').removeAllListeners('error').removeAllListeners('exit')
        if (isWell) {
          worker.unref()
          worker.once('exit', () => all.delete(worker))
          idle.push(worker)
        } else {
          worker.on('error', () => undefined)
          all.delete(worker)
          void worker.terminate()
        }
        resolve(page)
      }
      const timer = setTimeout(() => end(undefined, false), msMax)
      worker.once('message', ({ page }: { page: Page | undefined }) => end(page, true))
      worker.once('error', () => end(undefined, false))
      worker.once('exit', () => end(undefined, false))
      worker.ref()
      worker.postMessage({ source, wish })
    })

  return {
    extract: async (source, wish, msMax) => {
      if (busy < THREADS) busy++
      else await new Promise<void>((free) => waiting.push(free))
      try {
        return await run(idle.pop() ?? start(), source, wish, msMax)
      } finally {
        // Handed on as it is to whoever waits.
        const next = waiting.shift()
        if (next) next()
        else busy--
      }
    },
    close: async () => {
      await Promise.all([...all].map((worker) => worker.terminate()))
    },
  }
}

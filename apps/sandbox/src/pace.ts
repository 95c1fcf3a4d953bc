import type { ServerResponse } from 'node:http'
import { setImmediate, setTimeout } from 'node:timers/promises'
import type { OpenCall } from './call-log.ts'
import type { Faults } from './directives.ts'

/** Sends a stream at its pace, waits for a slow reader, and stops when the reader is gone. */
export async function send(
  res: ServerResponse,
  events: Iterable<string>,
  faults: Faults,
  gone: AbortSignal,
  call: OpenCall,
): Promise<void> {
  const gapMs = faults.slowMs ?? (faults.perSecond ? 1000 / faults.perSecond : 0)
  const startedAt = performance.now()
  let sent = 0
  for (const event of events) {
    if (sent === faults.cutAfter) {
      await settled(res, gone)
      call.cut = true
      res.destroy()
      return
    }
    if (sent > 0 && gapMs > 0) await pause(startedAt + sent * gapMs - performance.now(), gone)
    if (gone.aborted) return
    if (faults.splitBytes) await writeSplit(res, event, faults.splitBytes, gone)
    else if (!res.write(event)) await drained(res, gone)
    sent++
    call.events++
  }
  if (gone.aborted) return
  call.finished = true
  res.end()
}

export async function pause(ms: number, gone: AbortSignal): Promise<void> {
  if (ms <= 0 || gone.aborted) return
  await setTimeout(ms, undefined, { signal: gone }).catch(ignoreGone)
}

export function untilGone(gone: AbortSignal): Promise<void> {
  if (gone.aborted) return Promise.resolve()
  return new Promise((resolve) => gone.addEventListener('abort', () => resolve(), { once: true }))
}

/** Small writes reach the reader as small pieces only when each has left before the next one is made. */
async function writeSplit(res: ServerResponse, event: string, size: number, gone: AbortSignal): Promise<void> {
  const bytes = Buffer.from(event)
  for (let at = 0; at < bytes.length && !gone.aborted; at += size) {
    res.write(bytes.subarray(at, at + size))
    await setImmediate()
  }
}

function drained(res: ServerResponse, gone: AbortSignal): Promise<void> {
  return Promise.race([new Promise<void>((resolve) => res.once('drain', () => resolve())), untilGone(gone)])
}

/** A socket that is destroyed at once drops what it has not written yet, and the cut would come too early. */
async function settled(res: ServerResponse, gone: AbortSignal): Promise<void> {
  while (res.writableLength > 0 && !gone.aborted) await setImmediate()
}

function ignoreGone(error: unknown): void {
  if (!(error instanceof Error && error.name === 'AbortError')) throw error
}

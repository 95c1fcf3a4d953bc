import type { ServerResponse } from 'node:http'

import type { MemberId } from '@codeplan/core'

import type { Clock, Db } from '../platform/index.ts'
import { stampsOf } from './store.ts'

/** Proxies end a connection that is silent for a minute. */
const HEARTBEAT_MS = 15_000
/** The stream ends then; a browser opens it again by itself, and is asked anew who it is. */
const LIVE_MS_MAX = 10 * 60_000
/** How many pages of a member may watch; the oldest ends for the next. */
const STREAMS_OF_MEMBER_MAX = 6
/** How soon a browser comes back, in milliseconds. */
const RETRY_MS = 1_000

interface Stream {
  readonly res: ServerResponse
  readonly openedAt: number
  saidAt: number
}

/** Tells the pages that watch when the standing of their member has changed. */
export interface Live {
  watch(memberId: MemberId, res: ServerResponse): void
  /** Looks what has changed: one statement for all who watch, none when nobody does. */
  tick(): Promise<void>
  close(): void
}

export function makeLive({ db, clock }: { readonly db: Db; readonly clock: Clock }): Live {
  const streams = new Map<MemberId, Set<Stream>>()
  const known = new Map<MemberId, string>()

  function leave(memberId: MemberId, stream: Stream): void {
    const all = streams.get(memberId)
    if (!all?.delete(stream)) return
    stream.res.end()
    if (all.size > 0) return
    streams.delete(memberId)
    known.delete(memberId)
  }

  function tend(memberId: MemberId, stream: Stream, hasChanged: boolean): void {
    const now = performance.now()
    if (now - stream.openedAt > LIVE_MS_MAX) return leave(memberId, stream)
    if (hasChanged) stream.res.write(`data: ${JSON.stringify({ at: new Date(clock.now()).toISOString() })}\n\n`)
    else if (now - stream.saidAt > HEARTBEAT_MS) stream.res.write(': still here\n\n')
    else return
    stream.saidAt = now
  }

  return {
    watch: (memberId, res) => {
      const now = performance.now()
      const stream: Stream = { res, openedAt: now, saidAt: now }
      const all = streams.get(memberId) ?? new Set()
      streams.set(memberId, all.add(stream))
      res.on('close', () => leave(memberId, stream))
      res.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      })
      res.write(`retry: ${RETRY_MS}\n\n`)
      const [oldest] = all
      if (all.size > STREAMS_OF_MEMBER_MAX && oldest) leave(memberId, oldest)
    },
    tick: async () => {
      if (streams.size === 0) return
      const stamps = await stampsOf(db.queries, [...streams.keys()])
      for (const [memberId, all] of streams) {
        const stamp = stamps.get(memberId) ?? ''
        const before = known.get(memberId)
        known.set(memberId, stamp)
        for (const stream of all) tend(memberId, stream, before !== undefined && before !== stamp)
      }
    },
    close: () => {
      for (const [memberId, all] of streams) for (const stream of all) leave(memberId, stream)
    },
  }
}

import { hash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

import { HOUR_MS, type CallId, type Instant } from '@codeplan/core'

import type { Clock, Queries, Refusal } from '../platform/index.ts'
import {
  claimKept,
  finishKept,
  forgetKept,
  readKept,
  releaseAbandoned,
  releaseKept,
  type KeptAnswer,
  type KeptName,
} from './kept-store.ts'
import { forgetResponses } from './responses-store.ts'

/** Answers are kept this long for a caller who names the request again. */
export const KEPT_MS_MAX = 24 * HOUR_MS
/** An answer beyond this is delivered, but not kept: asking again for it is refused, never charged again. */
const KEPT_BYTES_MAX = 8 * 1_048_576
const KEY_CHARS_MAX = 255
const POLL_MS = 150
/** How long a second request with the key waits for the first to end. */
const WAIT_MS_MAX = 120_000

/** A call that has no hold this long after its key was claimed is over: no admission takes so long. */
const ABANDONED_MS = 30_000

const PASSED_HEADERS = /^(content-type|x-request-id|x-codeplan-|anthropic-ratelimit-|content-language)/

/**
 * The same `Idempotency-Key` gives one reservation, one settlement, one answer (F09). The first request with a key runs to its
 * end, even when its caller leaves; one that comes while it runs waits for it; later ones get the kept answer again. Where
 * no answer came of it, nothing was charged: the key is free again and a retry runs anew.
 */
export type Kept =
  /** Nobody else has the key: run the call, and tell the recorder what is answered. */
  | { readonly kind: 'first'; readonly recorder: Recorder }
  /** It has been answered from what was kept. */
  | { readonly kind: 'answered' }
  | { readonly kind: 'refused'; readonly refusal: Refusal }

/** Hears an answer as it is written. */
export interface Recorder {
  hear(bytes: Buffer): void
  /** The answer is whole. */
  keep(res: ServerResponse): Promise<void>
  /** There is no answer. */
  release(): Promise<void>
}

export async function keepAnswer(
  deps: { readonly queries: Queries; readonly clock: Clock },
  req: IncomingMessage,
  res: ServerResponse,
  call: { readonly memberId: string; readonly id: CallId; readonly path: string; readonly body: Buffer },
): Promise<Kept | undefined> {
  const key = req.headers['idempotency-key']
  if (typeof key !== 'string' || key === '') return undefined
  if (key.length > KEY_CHARS_MAX) {
    return {
      kind: 'refused',
      refusal: { code: 'bad_field', field: 'Idempotency-Key', why: `it is longer than ${KEY_CHARS_MAX} characters` },
    }
  }
  const { queries, clock } = deps
  const name: KeptName = { memberId: call.memberId, key }
  const fingerprint = hash('sha256', Buffer.concat([Buffer.from(`${call.path}\n`), call.body]), 'base64url')
  for (let waited = 0; ; waited += POLL_MS) {
    const now = clock.now()
    if (await claimKept(queries, name, { fingerprint, callId: call.id, now })) {
      return { kind: 'first', recorder: makeRecorder(queries, clock, name, call.id) }
    }
    const kept = await readKept(queries, name)
    if (!kept) continue
    if (kept.fingerprint !== fingerprint) {
      return {
        kind: 'refused',
        refusal: { code: 'bad_field', field: 'Idempotency-Key', why: 'it was used for another request' },
      }
    }
    if (kept.finished_at !== null) return replay(res, kept)
    if (res.destroyed) return { kind: 'answered' }
    // Whoever held the key has died with its node: recovery has settled its call, and its answer is lost.
    if (now - kept.created_at > ABANDONED_MS) await releaseAbandoned(queries, name, kept.call_id)
    if (waited >= WAIT_MS_MAX) return { kind: 'refused', refusal: { code: 'upstream_busy', retryAfterSec: 5 } }
    await new Promise((again) => setTimeout(again, POLL_MS))
  }
}

function replay(res: ServerResponse, kept: KeptAnswer): Kept {
  if (kept.body === null || kept.status === null) {
    const why = 'its answer was too large to be kept; use another key to ask again'
    return { kind: 'refused', refusal: { code: 'bad_field', field: 'Idempotency-Key', why } }
  }
  res.statusCode = kept.status
  for (const [header, value] of Object.entries(kept.headers ?? {})) res.setHeader(header, value)
  res.setHeader('idempotency-replayed', 'true')
  res.end(Buffer.from(kept.body))
  return { kind: 'answered' }
}

function makeRecorder(queries: Queries, clock: Clock, name: KeptName, callId: CallId): Recorder {
  const parts: Buffer[] = []
  let size = 0
  // A key that stays claimed keeps its caller waiting and then refused: safe, and the next cleaning frees it.
  const quietly = (work: Promise<void>): Promise<void> => work.catch(() => {})
  return {
    hear: (bytes) => {
      size += bytes.length
      if (size <= KEPT_BYTES_MAX) parts.push(bytes)
    },
    keep: (res) => {
      const headers: Record<string, string> = {}
      for (const [header, value] of Object.entries(res.getHeaders()))
        if (PASSED_HEADERS.test(header)) headers[header] = String(value)
      const body = size <= KEPT_BYTES_MAX ? Buffer.concat(parts) : null
      return quietly(finishKept(queries, name, callId, { status: 200, headers, body, now: clock.now() }))
    },
    release: () => quietly(releaseKept(queries, name, callId)),
  }
}

/** Lets go of what is old: answers kept for a key, and responses that their callers asked to keep. */
export async function forgetAnswers(queries: Queries, now: Instant): Promise<void> {
  await forgetKept(queries, now - KEPT_MS_MAX)
  await forgetResponses(queries, now)
}

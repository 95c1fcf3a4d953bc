import type { RouteOutcome } from '@codeplan/core'

import type { AttemptEnd } from './attempt.ts'

/** A key that was refused rests this long; one that was used too often as long as it was told, else a moment. */
const REFUSED_KEY_REST_MS = 60_000
const BUSY_KEY_REST_MS = 2_000
const BUSY_KEY_REST_MS_MAX = 60_000

/** Another upstream may be asked while the client has seen nothing, for faults that lie with this one. */
export function mayTryNext(end: AttemptEnd): boolean {
  if (end.kind === 'failed') return !end.begun
  return end.kind === 'refused' && !isForCaller(end.status)
}

/** The request is at fault, so any upstream would say the same. */
export const isForCaller = (status: number): boolean =>
  status < 500 && status !== 401 && status !== 403 && status !== 429

/** What the end of an attempt says of its route. That an answer began was told when it did. */
export function outcomeOf(end: AttemptEnd): RouteOutcome {
  switch (end.kind) {
    case 'answered':
    case 'client_left':
      return 'unknown'
    case 'ended_by_us':
      return end.why === 'total_time' && !end.begun ? 'failed' : 'unknown'
    case 'failed':
      return end.begun ? 'cut' : 'failed'
    case 'refused':
      if (keyRestMs(end) > 0) return 'unknown'
      return isForCaller(end.status) ? 'began' : 'failed'
  }
}

/** For how long the key rests that an attempt was made with; 0: it does not. */
export function keyRestMs(end: AttemptEnd): number {
  if (end.kind !== 'refused') return 0
  if (end.status === 401) return REFUSED_KEY_REST_MS
  if (end.status !== 429) return 0
  return end.retryAfterSec > 0 ? Math.min(end.retryAfterSec * 1000, BUSY_KEY_REST_MS_MAX) : BUSY_KEY_REST_MS
}

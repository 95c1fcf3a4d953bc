import { DAY_MS, instant, type CallId } from '@codeplan/core'

import type { Principal } from '../identity/index.ts'
import type { Clock, Queries } from '../platform/index.ts'
import { forgetRefusals, insertRefusals, refusalsOf, type RefusedRow, type Told } from './refusals-store.ts'

/** Whoever wonders asks within days. */
const KEPT_DAYS = 7
/** Kinds of refusals between two writes. Beyond it they are answered, but not kept. */
const WAITING_MAX = 2_000

/** "Why was my tool refused?" Gathered in memory, written by a job of the clock: a crash loses what came since the last write. */
export interface RefusalLog {
  note(id: CallId, who: Principal, told: Told): void
  /** The latest of a member, those of this node up to now. */
  of(memberId: string, limit: number): Promise<readonly RefusedRow[]>
  write(): Promise<void>
  forget(): Promise<void>
}

export function makeRefusalLog(deps: { readonly queries: Queries; readonly clock: Clock }): RefusalLog {
  let waiting = new Map<string, RefusedRow>()
  const write = async (): Promise<void> => {
    if (waiting.size === 0) return
    const rows = [...waiting.values()]
    waiting = new Map()
    await insertRefusals(deps.queries, rows)
  }
  return {
    note: (id, { memberId, keyId }, told) => {
      const kind = `${keyId} ${told.refusal.code} ${told.tool} ${told.model} ${told.path}`
      const times = (waiting.get(kind)?.times ?? 0) + 1
      if (times === 1 && waiting.size >= WAITING_MAX) return
      waiting.set(kind, { id, member_id: memberId, key_id: keyId, at: deps.clock.now(), times, told })
    },
    of: async (memberId, limit) => {
      await write()
      return refusalsOf(deps.queries, memberId, limit)
    },
    write,
    forget: () => forgetRefusals(deps.queries, instant(deps.clock.now() - KEPT_DAYS * DAY_MS)),
  }
}

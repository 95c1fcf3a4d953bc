import { HOUR_MS, MINUTE_MS } from '@codeplan/core'

import type { Clock, Db } from '../platform/index.ts'
import { abandonedHolds, forgetNodes, sayAlive, type HoldRow } from './store.ts'
import type { Settlement, Tokens } from './types.ts'

/** A node says that it is alive this often … */
export const ALIVE_EVERY_MS = 2_000
/** … and its calls are taken to be lost once it has not done so for this long. */
export const SILENT_MS_MAX = 20_000
const HOLDS_AT_ONCE = 500
const NODE_MEMORY_MS = 24 * HOUR_MS

export const noTokens: Tokens = {
  inputTokens: 0,
  cacheReadTokens: 0,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
}

/**
 * Settles the calls that nobody else will: those of nodes that have died, and those past their deadline. They count at
 * what they reserved, since the upstream has worked for them (F11). Safe to run on every node at once.
 */
export async function recover(deps: {
  readonly db: Db
  readonly clock: Clock
  readonly node: string
  readonly settle: (settlement: Settlement) => Promise<boolean>
}): Promise<number> {
  const now = deps.clock.now()
  await sayAlive(deps.db.queries, deps.node, now)
  let recovered = 0
  for (;;) {
    const holds = await abandonedHolds(deps.db.queries, {
      now,
      silentBefore: now - SILENT_MS_MAX,
      ownNode: deps.node,
      count: HOLDS_AT_ONCE,
    })
    if (holds.length === 0) break
    const counted = await Promise.all(holds.map((hold) => deps.settle(settlementOf(hold, now))))
    recovered += counted.filter(Boolean).length
    if (holds.length < HOLDS_AT_ONCE) break
  }
  if (now % MINUTE_MS < ALIVE_EVERY_MS) await forgetNodes(deps.db.queries, now - NODE_MEMORY_MS)
  return recovered
}

function settlementOf(hold: HoldRow, now: number): Settlement {
  return {
    admission: hold.admission,
    ending: 'recovered',
    billable: true,
    tokens: noTokens,
    tokensFrom: 'none',
    listPrice: 0,
    timing: { firstByteMs: undefined, totalMs: now - hold.admitted_at },
    tried: [],
  }
}

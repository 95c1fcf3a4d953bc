import { isDatabaseAway, makeBatcher, type Metrics } from '../platform/index.ts'
import { waitForDisk } from './batch-store.ts'
import { lockedRound, rememberedRound, type Result, type RoundDeps } from './round.ts'
import type { Item } from './types.ts'

/** A round larger than this holds its rows for too long. */
const ROUND_MAX = 500
/**
 * Under load calls that begin wait a moment for company: the fuller the round before, the longer, since half as many rounds do
 * for the same calls. Few callers do not wait: in a round of two are two that end and two that begin again.
 */
const BEGIN_GATHER_MS_MAX = 5
const BEGIN_GATHER_ITEMS_PER_MS = 8
/** Nobody waits for a settlement: it goes with the next call that begins, or after this time. */
const END_GATHER_MS = 10
/** A write to the disk is shared by all that was committed in this time. */
const DISK_GATHER_MS = 10

export interface Rounds {
  /** Works an item off together with those that come at the same time. Rejects when the database is away. */
  add(item: Item): Promise<Result>
  /** Resolves when everything that has been added and answered before is on disk. */
  onDisk(): Promise<void>
}

/** Two queues: calls of members whose books this node remembers, and those that must be read under locks first. */
export function makeRounds(deps: RoundDeps & { readonly metrics: Metrics }): Rounds {
  const timed = async <T>(kind: string, work: () => Promise<T>): Promise<T> => {
    const end = deps.metrics.batch.startTimer({ kind })
    try {
      return await work()
    } finally {
      end()
    }
  }
  const gather = (item: Item, lastSize: number): number => {
    if (item.kind === 'end') return END_GATHER_MS
    return Math.min(BEGIN_GATHER_MS_MAX, Math.floor(lastSize / BEGIN_GATHER_ITEMS_PER_MS))
  }
  const remembered = makeBatcher<Item, Result | 'forgotten' | 'unproven'>({
    work: (items) => timed('remembered', () => rememberedRound(deps, items)),
    gatherMs: gather,
    sizeMax: ROUND_MAX,
  })
  const locked = makeBatcher<{ readonly item: Item; readonly unproven: boolean }, Result | 'remembered'>({
    work: (asked) => {
      const items = asked.map(({ item }) => item)
      return timed('locked', () => lockedRound(deps, items))
    },
    // What the round before has learnt makes locks needless.
    already: ({ item, unproven }) => (!unproven && deps.memory.recall(item) ? 'remembered' : undefined),
    gatherMs: ({ item }, lastSize) => gather(item, lastSize),
    sizeMax: ROUND_MAX,
    // One faulty settlement must not keep the others from being written.
    mayDivide: (error) => !isDatabaseAway(error),
  })
  const disk = makeBatcher<void, void>({
    work: async (waiting) => {
      await timed('disk', () => deps.db.scripts(waitForDisk))
      return waiting
    },
    gatherMs: () => DISK_GATHER_MS,
    sizeMax: Number.MAX_SAFE_INTEGER,
  })
  const add = async (item: Item): Promise<Result> => {
    for (let unproven = false; ;) {
      if (!unproven && deps.memory.recall(item)) {
        const result = await remembered.add(item)
        if (result === 'unproven') unproven = true
        else if (result !== 'forgotten') return result
      } else {
        const result = await locked.add({ item, unproven })
        if (result !== 'remembered') return result
      }
    }
  }
  return { add, onDisk: () => disk.add() }
}

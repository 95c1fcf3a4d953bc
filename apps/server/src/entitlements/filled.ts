import type { MemberId, WindowReading } from '@codeplan/core'

import type { Admission } from './types.ts'

/** How full a window of a subscription was after its newest call. */
export interface Filled {
  readonly memberId: MemberId
  readonly subscriptionId: string
  readonly planVersionId: string
  readonly reading: WindowReading
}

/**
 * Which windows calls of this node have filled since somebody last asked, for whoever tells people of it. In memory only: a
 * window that goes on to fill is noted again by its next call.
 */
export function makeFilled() {
  let filled = new Map<string, Filled>()
  return {
    note: ({ memberId, subscriptionId, planVersionId, windows }: Admission): void => {
      for (const reading of windows) {
        if (reading.after === reading.before) continue
        const key = `${subscriptionId} ${reading.id}`
        const known = filled.get(key)
        // Calls end in another order than they began.
        if (known && known.reading.startsAt === reading.startsAt && known.reading.after >= reading.after) continue
        filled.set(key, { memberId, subscriptionId, planVersionId, reading })
      }
    },
    take: (): readonly Filled[] => {
      const taken = [...filled.values()]
      filled = new Map()
      return taken
    },
  }
}

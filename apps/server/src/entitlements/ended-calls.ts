import type { Settlement } from './types.ts'

/**
 * Calls of this node that have ended and whose settlement is not yet written. They still stand in their subscription's count of
 * calls in flight; without this a client at its limit that goes on at once would be refused for a call that is over.
 */
export interface EndedCalls {
  of(subscriptionId: string): number
  add(settlement: Settlement): void
  /** From the moment on which a settlement holds the row, whoever reads the row next sees the place free by itself. */
  takeOut(settlements: readonly Settlement[]): void
}

export function makeEndedCalls(): EndedCalls {
  const ended = new Map<string, Set<string>>()
  return {
    of: (subscriptionId) => ended.get(subscriptionId)?.size ?? 0,
    add: ({ admission: { id, subscriptionId } }) => {
      const calls = ended.get(subscriptionId)
      if (calls) calls.add(id)
      else ended.set(subscriptionId, new Set([id]))
    },
    takeOut: (settlements) => {
      for (const { admission } of settlements) {
        const calls = ended.get(admission.subscriptionId)
        calls?.delete(admission.id)
        if (calls?.size === 0) ended.delete(admission.subscriptionId)
      }
    },
  }
}

/** Calls of this node that have ended and are about to be written: until then they stand in their member's count of calls in flight. */
export interface EndingCalls {
  of(memberId: string): readonly Promise<unknown>[]
  /** Waits for the writing, and lists it meanwhile. */
  until<T>(memberId: string, written: Promise<T>): Promise<T>
}

export function makeEndingCalls(): EndingCalls {
  const ending = new Map<string, Set<Promise<unknown>>>()
  return {
    of: (memberId) => [...(ending.get(memberId) ?? [])],
    until: async (memberId, written) => {
      const own = ending.get(memberId) ?? new Set()
      ending.set(memberId, own.add(written))
      try {
        return await written
      } finally {
        own.delete(written)
        if (own.size === 0 && ending.get(memberId) === own) ending.delete(memberId)
      }
    },
  }
}

import { HOUR_MS, MINUTE_MS, type Instant } from '@codeplan/core'

/** So many tries are free; after that each waits twice as long as the one before, up to a limit; quiet time forgets. */
export interface TriesRule {
  readonly free: number
  readonly firstWaitMs: number
  readonly waitMsMax: number
  readonly forgottenMs: number
}

/** A password of one person. Never locked for longer than five minutes; a letter, or a device that knows the person, goes on at once. */
export const OF_ACCOUNT: TriesRule = { free: 5, firstWaitMs: 1_000, waitMsMax: 5 * MINUTE_MS, forgottenMs: HOUR_MS }
/** From one network: a whole office may stand behind it. */
export const OF_ADDRESS: TriesRule = { free: 30, firstWaitMs: 1_000, waitMsMax: MINUTE_MS, forgottenMs: 10 * MINUTE_MS }
/** Letters to one person, and letters that one network asks for. */
export const LETTERS_TO: TriesRule = { free: 3, firstWaitMs: MINUTE_MS, waitMsMax: HOUR_MS, forgottenMs: 2 * HOUR_MS }
export const LETTERS_FROM: TriesRule = { free: 20, firstWaitMs: 10_000, waitMsMax: MINUTE_MS, forgottenMs: HOUR_MS }

/** Beyond it the memory starts anew. Each node counts for itself. */
const REMEMBERED_MAX = 100_000

export type Place = readonly [name: string, rule: TriesRule]

export interface Tries {
  /** Takes a try at all of these places, or says how long it must wait; a try counts before its end is known, so that none can be made beside it. */
  take(places: readonly Place[], now: Instant): number
  /** It was a good one: the first place starts anew, at the others it was none. */
  good(places: readonly Place[]): void
}

/** How long after its last try a place with so many waits. */
export const waitAfter = (rule: TriesRule, tries: number): number =>
  tries < rule.free ? 0 : Math.min(rule.waitMsMax, rule.firstWaitMs * 2 ** Math.min(40, tries - rule.free))

export function makeTries(): Tries {
  const counts = new Map<string, { tries: number; last: Instant }>()
  const countOf = ([name, rule]: Place, now: Instant) => {
    const count = counts.get(name)
    return count && now - count.last < rule.forgottenMs ? count : undefined
  }
  return {
    take: (places, now) => {
      const waits = places.map((place) => {
        const count = countOf(place, now)
        return count ? count.last + waitAfter(place[1], count.tries) - now : 0
      })
      const wait = Math.max(0, ...waits)
      if (wait > 0) return wait
      if (counts.size >= REMEMBERED_MAX) counts.clear()
      for (const place of places) {
        counts.set(place[0], { tries: (countOf(place, now)?.tries ?? 0) + 1, last: now })
      }
      return 0
    },
    good: ([first, ...others]) => {
      if (first) counts.delete(first[0])
      for (const [name] of others) {
        const count = counts.get(name)
        if (count) count.tries--
      }
    },
  }
}

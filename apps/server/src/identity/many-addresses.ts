import { HOUR_MS, type Instant, type KeyId } from '@codeplan/core'

/** A person has a few addresses in an hour; more look like a key that was passed on. */
export const ADDRESSES_PER_HOUR = 10
/** Keys whose addresses are remembered. Beyond it the memory starts anew. */
const KEYS_MAX = 100_000

interface Seen {
  readonly since: number
  readonly addresses: Set<string>
  /** Most calls come from where the last one came from. */
  last: string
}

/** Notices keys that are used from many addresses within an hour, on this node. It refuses nobody: it marks. */
export function makeManyAddresses(onMark: () => void) {
  const seen = new Map<KeyId, Seen>()
  const marked = new Map<KeyId, Instant>()
  return {
    note: (key: KeyId, address: string, now: Instant): void => {
      const known = seen.get(key)
      if (known && now - known.since < HOUR_MS) {
        if (known.last === address) return
        known.last = address
        if (known.addresses.size > ADDRESSES_PER_HOUR) return
        known.addresses.add(address)
        if (known.addresses.size <= ADDRESSES_PER_HOUR) return
        marked.set(key, now)
        onMark()
        return
      }
      if (seen.size >= KEYS_MAX) seen.clear()
      seen.set(key, { since: now, addresses: new Set([address]), last: address })
    },
    /** The marks since the last time, to be written. */
    taken: (): ReadonlyMap<KeyId, Instant> => {
      const taken = new Map(marked)
      marked.clear()
      return taken
    },
  }
}

/** Who waits: of which tier, whose call, and until when. */
export interface Waiting<Item> {
  readonly tier: string
  /** The tier's share of what becomes free, against the weights of the others that wait. */
  readonly weight: number
  readonly caller: string
  readonly deadlineAt: number
  readonly item: Item
}

interface Tier<Item> {
  weight: number
  /** Virtual time at which its next call is due: each call moves it by 1 ÷ weight. */
  dueAt: number
  size: number
  /** Calls of each caller, in their order; the caller that is served goes to the end. */
  readonly callers: Map<string, Waiting<Item>[]>
}

/** Virtual time of one call at weight 1; large, so that dividing it by a weight loses nothing that matters. */
const STEP = 1_000_000

/**
 * A bounded queue in which tiers share by weight, callers of a tier take turns, and calls of a caller keep their order.
 * Start-time fair queueing: of the tiers that wait the one that is due first is served, so none starves, and a tier that had
 * nothing to ask for has saved up nothing. Knows neither clock nor places: it says who is next.
 */
export class FairQueue<Item> {
  #size = 0
  /** Virtual time: when the call that was served last was due. */
  #now = 0
  readonly #tiers = new Map<string, Tier<Item>>()
  /** Of each tier: a crowd of one never takes the room of the others. */
  waitingMax: number

  constructor(waitingMax: number) {
    this.waitingMax = waitingMax
  }

  get size(): number {
    return this.#size
  }

  sizeOf(tier: string): number {
    return this.#tiers.get(tier)?.size ?? 0
  }

  /** False when there is no room for another of this tier. */
  add(waiting: Waiting<Item>): boolean {
    let tier = this.#tiers.get(waiting.tier)
    if (!tier) {
      tier = { weight: waiting.weight, dueAt: 0, size: 0, callers: new Map() }
      this.#tiers.set(waiting.tier, tier)
    }
    if (tier.size >= this.waitingMax) return false
    tier.weight = waiting.weight
    if (tier.size === 0) tier.dueAt = Math.max(tier.dueAt, this.#now)
    const calls = tier.callers.get(waiting.caller)
    if (calls) calls.push(waiting)
    else tier.callers.set(waiting.caller, [waiting])
    tier.size++
    this.#size++
    return true
  }

  /** Takes out whoever is next; with `fits`, whoever is next of those that can use what is free. */
  next(fits: (item: Item) => boolean = () => true): Item | undefined {
    const tiers = [...this.#tiers.values()].filter((tier) => tier.size > 0)
    for (const tier of tiers.toSorted((a, b) => a.dueAt - b.dueAt || b.weight - a.weight)) {
      for (const [caller, calls] of tier.callers) {
        const found = calls.find(({ item }) => fits(item))
        if (!found) continue
        this.#now = tier.dueAt
        tier.dueAt += Math.round(STEP / tier.weight)
        tier.callers.delete(caller)
        tier.callers.set(caller, calls)
        this.leave(found)
        return found.item
      }
    }
    return undefined
  }

  /** Whoever does not want to wait any more. False when it does not wait (any more). */
  leave(waiting: Waiting<Item>): boolean {
    const tier = this.#tiers.get(waiting.tier)
    const calls = tier?.callers.get(waiting.caller)
    const at = calls?.indexOf(waiting) ?? -1
    if (!tier || !calls || at < 0) return false
    calls.splice(at, 1)
    if (calls.length === 0) tier.callers.delete(waiting.caller)
    tier.size--
    this.#size--
    // Nobody waits: nobody has been favoured, and names of tiers that are gone are forgotten.
    if (this.#size === 0) {
      this.#tiers.clear()
      this.#now = 0
    }
    return true
  }

  /** Takes out those whose deadline has come. */
  expire(now: number): readonly Item[] {
    const late: Waiting<Item>[] = []
    for (const tier of this.#tiers.values())
      for (const calls of tier.callers.values()) late.push(...calls.filter((waiting) => now >= waiting.deadlineAt))
    for (const waiting of late) this.leave(waiting)
    return late.map(({ item }) => item)
  }
}

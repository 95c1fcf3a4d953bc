/** Random numbers from a seed (mulberry32): the same seed gives the same life. */
export interface Dice {
  /** 0 ≤ n < sides. */
  roll(sides: number): number
  chance(share: number): boolean
  pick<T>(from: readonly T[]): T
}

export function makeDice(seed: number): Dice {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    roll: (sides) => Math.floor(next() * sides),
    chance: (share) => next() < share,
    pick: (from) => from[Math.floor(next() * from.length)] as never,
  }
}

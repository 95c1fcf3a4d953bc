import { randomInt } from 'node:crypto'

/** Dice that fall the same for the same seed: a failure can be played again with TEST_SEED. */
export interface Dice {
  readonly seed: number
  /** A whole number from `low` up to and without `high`. */
  between(low: number, high: number): number
  /** 0 ≤ n < sides. */
  roll(sides: number): number
  chance(share: number): boolean
  pick<T>(from: readonly T[]): T
}

export const newSeed = (): number => Number(process.env.TEST_SEED ?? randomInt(2 ** 31))

/** mulberry32: small, and good enough to choose moments with. */
export function makeDice(seed: number): Dice {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const roll = (sides: number): number => Math.floor(next() * sides)
  return {
    seed,
    roll,
    between: (low, high) => low + roll(high - low),
    chance: (share) => next() < share,
    pick: (from) => from[roll(from.length)] as never,
  }
}

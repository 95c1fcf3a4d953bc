import { describe, expect, test } from 'vitest'

import { listPrice, type PriceTier } from './rating.ts'

const YUAN_PER_MILLION = 100_000_000
const tiers: readonly PriceTier[] = [
  {
    inputTokensBelow: 32_000,
    outputTokensBelow: 200,
    input: 2 * YUAN_PER_MILLION,
    cachedInput: 0.4 * YUAN_PER_MILLION,
    output: 8 * YUAN_PER_MILLION,
  },
  {
    inputTokensBelow: 32_000,
    input: 3 * YUAN_PER_MILLION,
    cachedInput: 0.6 * YUAN_PER_MILLION,
    output: 14 * YUAN_PER_MILLION,
  },
  { input: 4 * YUAN_PER_MILLION, cachedInput: 0.8 * YUAN_PER_MILLION, output: 16 * YUAN_PER_MILLION },
]
const tokens = (input: number, cached: number, output: number) => ({
  inputTokens: input,
  cacheReadTokens: cached,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
  outputTokens: output,
})
const FEN = 1_000_000

describe('list prices', () => {
  test('a million input tokens of the last tier cost 4 yuan, cached ones 0.8', () => {
    expect(listPrice(tiers, tokens(1_000_000, 0, 0))).toBe(400 * FEN)
    expect(listPrice(tiers, tokens(0, 1_000_000, 0))).toBe(80 * FEN)
  })

  test('the tier follows the whole context, cached or not, and the length of the answer', () => {
    expect(listPrice(tiers, tokens(1_000, 30_999, 199))).toBe(1_000 * 200 + 30_999 * 40 + 199 * 800)
    expect(listPrice(tiers, tokens(1_000, 30_999, 200))).toBe(1_000 * 300 + 30_999 * 60 + 200 * 1400)
    expect(listPrice(tiers, tokens(1_000, 31_000, 1))).toBe(1_000 * 400 + 31_000 * 80 + 1_600)
  })

  test('F70: a fraction of a micro is rounded up once over the whole call', () => {
    const odd: PriceTier[] = [{ input: 1, cachedInput: 1, output: 1 }]
    expect(listPrice(odd, tokens(1, 0, 0))).toBe(1)
    expect(listPrice(odd, tokens(500_000, 250_000, 250_001))).toBe(2)
  })
})

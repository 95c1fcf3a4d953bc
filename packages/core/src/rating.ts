import { micros, type Micros } from './units.ts'

/** Tokens by kind, exclusive of each other. */
export interface TokenCounts {
  readonly inputTokens: number
  readonly cacheReadTokens: number
  readonly cacheWrite5mTokens: number
  readonly cacheWrite1hTokens: number
  readonly outputTokens: number
}

/** A list price that holds for calls below both bounds. Prices are micros of a minor unit per million tokens. */
export interface PriceTier {
  readonly inputTokensBelow?: number | undefined
  readonly outputTokensBelow?: number | undefined
  readonly input: number
  readonly cachedInput: number
  readonly output: number
}

const PER = 1_000_000n

/** The first tier whose bounds hold; the last one has none. Context length counts all input, cached or not. */
export function tierOf(tiers: readonly PriceTier[], tokens: TokenCounts): PriceTier | undefined {
  const context = inputOf(tokens)
  return (
    tiers.find(
      (tier) =>
        (tier.inputTokensBelow === undefined || context < tier.inputTokensBelow) &&
        (tier.outputTokensBelow === undefined || tokens.outputTokens < tier.outputTokensBelow),
    ) ?? tiers.at(-1)
  )
}

/**
 * What a call costs at list price. Writing to the cache costs as much as input, reading from it the cached price.
 * Rounds up once, over the whole call: a fraction of a micro is charged, never given away.
 */
export function listPrice(tiers: readonly PriceTier[], tokens: TokenCounts): Micros {
  const tier = tierOf(tiers, tokens)
  if (!tier) return micros(0)
  const full = BigInt(tokens.inputTokens + tokens.cacheWrite5mTokens + tokens.cacheWrite1hTokens)
  const total =
    full * BigInt(tier.input) +
    BigInt(tokens.cacheReadTokens) * BigInt(tier.cachedInput) +
    BigInt(tokens.outputTokens) * BigInt(tier.output)
  return micros(Number((total + PER - 1n) / PER))
}

export function inputOf(tokens: TokenCounts): number {
  return tokens.inputTokens + tokens.cacheReadTokens + tokens.cacheWrite5mTokens + tokens.cacheWrite1hTokens
}

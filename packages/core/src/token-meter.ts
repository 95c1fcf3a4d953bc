import type { TokenMeter } from './metering.ts'
import type { TokenCounts } from './rating.ts'

/** What is set aside for an answer that may be long: most are shorter, and what is set aside comes back at the end. */
export const RESERVED_OUTPUT_TOKENS_MAX = 8_192

export interface TokenCharge {
  /** Micro-credits that are charged. */
  readonly charge: number
  /** What is above the ceiling of one call: not charged, but held for a person to look at (F24). */
  readonly held: number
}

/** Σ tokens × rate × m, rounded up once. A model without a rate in the plan is free under it: the schema asks for one. */
export function tokenCharge(meter: TokenMeter, model: string, tokens: TokenCounts, permille: number): TokenCharge {
  const rate = meter.rates[model]
  if (!rate) return { charge: 0, held: 0 }
  const input = tokens.inputTokens + tokens.cacheWrite5mTokens + tokens.cacheWrite1hTokens
  const sum = input * rate.input + tokens.cacheReadTokens * rate.cachedInput + tokens.outputTokens * rate.output
  const due = Math.ceil((sum * permille) / 1000)
  const charge = Math.min(due, meter.chargeMax)
  return { charge, held: due - charge }
}

/** What is set aside for a call before it is made: its input as counted by bytes, and an answer of bounded length. */
export function tokenReserve(
  meter: TokenMeter,
  model: string,
  expected: { readonly inputTokens: number; readonly outputTokensMax: number },
  permille: number,
): number {
  const outputTokens = Math.min(expected.outputTokensMax, RESERVED_OUTPUT_TOKENS_MAX)
  const tokens = {
    inputTokens: expected.inputTokens,
    cacheReadTokens: 0,
    cacheWrite5mTokens: 0,
    cacheWrite1hTokens: 0,
    outputTokens,
  }
  return tokenCharge(meter, model, tokens, permille).charge
}

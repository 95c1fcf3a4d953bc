/** Numbers that carry their unit in the type. All are integers; see `whole`. */
declare const unit: unique symbol
type Unit<Name extends string> = number & { readonly [unit]: Name }

/** Milliseconds since 1970-01-01T00:00Z. */
export type Instant = Unit<'instant'>
/** One prompt is 1,000,000 micro-prompts. */
export type MicroPrompts = Unit<'micro-prompts'>
/** Thousandths: a multiplier of 3 is 3000. */
export type Permille = Unit<'permille'>
/** Millionths of a currency's minor unit (of a fen, of a cent): fine enough for the price of one token. */
export type Micros = Unit<'micros of a minor unit'>

export const MICRO_PER_PROMPT = 1_000_000

/** A unit's value must be a safe integer: anything else is a fault of ours, never rounded silently. */
function whole(value: number, name: string): number {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${name} must be a whole number, got ${value}`)
  return value
}

export const instant = (ms: number): Instant => whole(ms, 'instant') as Instant
export const microPrompts = (n: number): MicroPrompts => whole(n, 'micro-prompts') as MicroPrompts
export const prompts = (n: number): MicroPrompts => microPrompts(n * MICRO_PER_PROMPT)
export const permille = (n: number): Permille => whole(n, 'permille') as Permille
export const micros = (n: number): Micros => whole(n, 'micros') as Micros

export const plusMs = (at: Instant, ms: number): Instant => instant(at + ms)

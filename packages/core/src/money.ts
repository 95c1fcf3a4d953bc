import { no, yes, type Outcome } from './outcome.ts'
import { micros, type Micros } from './units.ts'

declare const unit: unique symbol
/** A currency's minor unit (fen, cents; whole yen). Every amount that is billed is a whole number of them. */
export type Minor = number & { readonly [unit]: 'minor units' }

const NO_DECIMALS = 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF'.split(' ')
const THREE_DECIMALS = 'BHD IQD JOD KWD LYD OMR TND'.split(' ')
const MICROS_PER_MINOR = 1_000_000

/** How many decimals a currency's minor unit has (ISO 4217). */
export const decimalsOf = (currency: string): number =>
  NO_DECIMALS.includes(currency) ? 0 : THREE_DECIMALS.includes(currency) ? 3 : 2

export function minor(amount: number): Minor {
  if (!Number.isSafeInteger(amount)) throw new RangeError(`an amount must be a whole number, got ${amount}`)
  return amount as Minor
}

export const NOTHING = minor(0)

/** Reads decimal text (`49.00`) exactly; what is finer than the currency's minor unit is refused, never rounded. */
export function readMoney(text: string, currency: string): Outcome<Minor, 'not_an_amount' | 'too_fine'> {
  const parts = /^(\d{1,12})(?:\.(\d+))?$/.exec(text)
  if (!parts) return no('not_an_amount')
  const decimals = decimalsOf(currency)
  const fraction = (parts[2] ?? '').replace(/0+$/, '')
  if (fraction.length > decimals) return no('too_fine')
  return yes(minor(Number(parts[1] + fraction.padEnd(decimals, '0'))))
}

/** `4900` of CNY is `49.00`. */
export function moneyText(amount: Minor, currency: string): string {
  const decimals = decimalsOf(currency)
  const digits = String(Math.abs(amount)).padStart(decimals + 1, '0')
  const whole = digits.slice(0, digits.length - decimals)
  const sign = amount < 0 ? '-' : ''
  return decimals === 0 ? sign + whole : `${sign}${whole}.${digits.slice(-decimals)}`
}

/** The ledger and the wallets count in millionths of a minor unit. */
export const microsOfMinor = (amount: Minor): Micros => micros(amount * MICROS_PER_MINOR)

/** `amount × part ÷ whole`, rounded down: in favour of the house for what is given back. Exact beyond 2^53. */
export function shareDown(amount: Minor, part: number, whole: number): Minor {
  if (!(whole > 0)) throw new RangeError('a share of nothing')
  const clamped = Math.min(Math.max(part, 0), whole)
  return minor(Number((BigInt(amount) * BigInt(clamped)) / BigInt(whole)))
}

/** Divides an amount by weights without losing or inventing a unit: the largest remainders get what is left over. */
export function allocate(amount: Minor, weights: readonly number[]): readonly Minor[] {
  const sum = weights.reduce((a, b) => a + b, 0)
  if (!(sum > 0)) throw new RangeError('weights must add up to more than nothing')
  const shares = weights.map((weight) => shareDown(amount, weight, sum))
  const remainders = weights.map((weight, i) => ({ i, rest: (BigInt(amount) * BigInt(weight)) % BigInt(sum) }))
  remainders.sort((a, b) => (a.rest === b.rest ? a.i - b.i : a.rest > b.rest ? -1 : 1))
  const left = amount - shares.reduce((a, b) => a + b, 0)
  for (const { i } of remainders.slice(0, left)) shares[i] = minor((shares[i] as number) + 1)
  return shares
}

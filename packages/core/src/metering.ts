import { microPrompts, type MicroPrompts } from './units.ts'

/**
 * How a plan version turns calls into micro-prompts.
 * `prompt`: a prompt costs max(max mᵢ, Σ mᵢ ÷ C); a call costs what it adds to that.
 * `call`: every call costs m ÷ C.
 */
export interface Meter {
  readonly kind: 'prompt' | 'call'
  /** C: how many calls one prompt covers. */
  readonly callsPerPrompt: number
}

/** How many calls a prompt has at each multiplier, keyed by permille. */
export type Counts = Readonly<Record<string, number>>

/** The windows that a charge was put into: for each window of the plan, the instant at which it had begun. */
export type WindowStarts = Readonly<Record<string, number>>

/** Where a prompt's charge stands. Nearly always one part; a prompt that outlives a window has more. */
export interface TallyPart {
  readonly starts: WindowStarts
  readonly reserved: number
  readonly settled: number
}

/**
 * A prompt's account. Its charge is a function of the multiset of its calls, so it does not depend on the order in
 * which they arrive or end. `reserved` is the charge of all calls that are open or settled, `settled` that of the
 * settled ones; both are spread over `parts`, and settled ≤ reserved holds in each.
 */
export interface PromptTally {
  readonly open: Counts
  readonly settled: Counts
  readonly parts: readonly TallyPart[]
}

export const emptyTally: PromptTally = { open: {}, settled: {}, parts: [] }

/** A change of what a window holds. `starts` names the window it belongs to, which may be over by now. */
export interface Movement {
  readonly starts: WindowStarts
  readonly micro: number
}

/** The charge of a prompt with these calls. Σ is rounded up: a fraction of a micro is charged, never given away. */
export function promptCharge(meter: Meter, counts: Counts): MicroPrompts {
  let sum = 0
  let max = 0
  for (const [key, count] of Object.entries(counts)) {
    const permille = Number(key)
    sum += permille * count
    if (count > 0 && permille > max) max = permille
  }
  const spread = Math.ceil((sum * 1000) / meter.callsPerPrompt)
  return microPrompts(meter.kind === 'call' ? spread : Math.max(max * 1000, spread))
}

/** What one more call at this multiplier would cost now. */
export function costOfCall(meter: Meter, tally: PromptTally, permille: number): MicroPrompts {
  const all = sumOf(tally.open, tally.settled)
  return microPrompts(promptCharge(meter, plus(all, permille, 1)) - promptCharge(meter, all))
}

/** A call begins: its cost is reserved in the windows that are open now. */
export function openCall(
  meter: Meter,
  tally: PromptTally,
  permille: number,
  starts: WindowStarts,
): { readonly tally: PromptTally; readonly cost: MicroPrompts } {
  const cost = costOfCall(meter, tally, permille)
  return { cost, tally: { ...tally, open: plus(tally.open, permille, 1), parts: reserve(tally.parts, starts, cost) } }
}

/** A call ends and counts: what the settled calls now cost is moved from reserved to settled, oldest part first. */
export function settleCall(
  meter: Meter,
  tally: PromptTally,
  permille: number,
): { readonly tally: PromptTally; readonly charged: readonly Movement[] } {
  const settled = plus(tally.settled, permille, 1)
  let due = promptCharge(meter, settled) - promptCharge(meter, tally.settled)
  const charged: Movement[] = []
  const parts = tally.parts.map((part) => {
    const micro = Math.min(due, part.reserved - part.settled)
    if (micro <= 0) return part
    due -= micro
    charged.push({ starts: part.starts, micro })
    return { ...part, settled: part.settled + micro }
  })
  if (due !== 0) throw new Error(`a prompt was about to settle ${due} micro-prompts more than it had reserved`)
  return { tally: { open: plus(tally.open, permille, -1), settled, parts }, charged }
}

/** A call ends and does not count: what the prompt no longer costs is given back, newest part first. */
export function voidCall(
  meter: Meter,
  tally: PromptTally,
  permille: number,
): { readonly tally: PromptTally; readonly released: readonly Movement[] } {
  const open = plus(tally.open, permille, -1)
  const before = promptCharge(meter, sumOf(tally.open, tally.settled))
  let back = before - promptCharge(meter, sumOf(open, tally.settled))
  const released: Movement[] = []
  const parts = tally.parts
    .toReversed()
    .map((part) => {
      const micro = Math.min(back, part.reserved - part.settled)
      if (micro <= 0) return part
      back -= micro
      released.push({ starts: part.starts, micro })
      return { ...part, reserved: part.reserved - micro }
    })
    .toReversed()
    .filter((part) => part.reserved > 0)
  if (back !== 0) throw new Error(`a prompt was about to give back ${back} micro-prompts that it had not reserved`)
  return { tally: { open, settled: tally.settled, parts }, released }
}

function reserve(parts: readonly TallyPart[], starts: WindowStarts, micro: number): readonly TallyPart[] {
  if (micro === 0) return parts
  const last = parts.at(-1)
  if (last && sameStarts(last.starts, starts))
    return [...parts.slice(0, -1), { ...last, reserved: last.reserved + micro }]
  return [...parts, { starts, reserved: micro, settled: 0 }]
}

function sameStarts(a: WindowStarts, b: WindowStarts): boolean {
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key])
}

function sumOf(a: Counts, b: Counts): Counts {
  let sum = a
  for (const [key, count] of Object.entries(b)) sum = plus(sum, Number(key), count)
  return sum
}

function plus(counts: Counts, permille: number, by: number): Counts {
  const next = (counts[permille] ?? 0) + by
  if (next < 0) throw new Error(`a call at ${permille} permille ended that had not begun`)
  const { [permille]: _, ...rest } = counts
  return next === 0 ? rest : { ...rest, [permille]: next }
}

import { microPrompts, type MicroPrompts } from './units.ts'

/**
 * How a plan version turns calls into micro-prompts.
 * `prompt`: a prompt costs max(max mᵢ, Σ mᵢ ÷ C); a call costs what it adds to that.
 * `call`: every call costs m ÷ C.
 */
export interface CallMeter {
  readonly kind: 'prompt' | 'call'
  /** C: how many calls one prompt covers. */
  readonly callsPerPrompt: number
}

/** `token`: every call costs its tokens at its model's rates, times m. Micro-prompts are then micro-credits. */
export interface TokenMeter {
  readonly kind: 'token'
  readonly rates: Readonly<Record<string, TokenRate>>
  /** No call is charged more than this: what is above is held back for a person to look at (F24). */
  readonly chargeMax: number
}

export type Meter = CallMeter | TokenMeter

/** Micro-credits a token. */
export interface TokenRate {
  readonly input: number
  readonly cachedInput: number
  readonly output: number
}

/** What a call weighs while it runs: its frozen multiplier and, for the token meter, what was set aside for it. */
export interface CallWeight {
  readonly permille: number
  readonly reserve: number
}

/**
 * How many calls a prompt has at each multiplier: pairs of permille and count. (A record keyed by permille would be an array
 * of a thousand holes to V8: measured, it cost more than the rest of an admission.)
 */
export type Counts = readonly (readonly [permille: number, count: number])[]

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

export const emptyTally: PromptTally = { open: [], settled: [], parts: [] }

/** A change of what a window holds. `starts` names the window it belongs to, which may be over by now. */
export interface Movement {
  readonly starts: WindowStarts
  readonly micro: number
}

/** The charge of a prompt with these calls. Σ is rounded up: a fraction of a micro is charged, never given away. */
export function promptCharge(meter: CallMeter, ...parts: readonly Counts[]): MicroPrompts {
  let sum = 0
  let max = 0
  for (const counts of parts) {
    for (const [permille, count] of counts) {
      sum += permille * count
      if (count > 0 && permille > max) max = permille
    }
  }
  const spread = Math.ceil((sum * 1000) / meter.callsPerPrompt)
  return microPrompts(meter.kind === 'call' ? spread : Math.max(max * 1000, spread))
}

/** What one more call would cost now. The token meter cannot know yet: it takes what is set aside. */
export function costOfCall(meter: Meter, tally: PromptTally, { permille, reserve }: CallWeight): MicroPrompts {
  if (meter.kind === 'token') return microPrompts(reserve)
  const { open, settled } = tally
  return microPrompts(promptCharge(meter, plus(open, permille, 1), settled) - promptCharge(meter, open, settled))
}

/** A call begins: its cost is reserved in the windows that are open now. */
export function openCall(
  meter: Meter,
  tally: PromptTally,
  weight: CallWeight,
  starts: WindowStarts,
): { readonly tally: PromptTally; readonly cost: MicroPrompts } {
  const cost = costOfCall(meter, tally, weight)
  const open = meter.kind === 'token' ? tally.open : plus(tally.open, weight.permille, 1)
  return { cost, tally: { ...tally, open, parts: reserve(tally.parts, starts, cost) } }
}

/** What the end of a call changes: the tally, and by what the windows' two figures move. */
export interface CallEnd {
  readonly tally: PromptTally
  /** Settled: what the call is charged. */
  readonly charged: readonly Movement[]
  /** Used, beyond what was reserved (negative: given back). */
  readonly adjusted: readonly Movement[]
}

/** A call ends and counts: what the settled calls now cost is moved from reserved to settled, oldest part first. */
export function settleCall(meter: CallMeter, tally: PromptTally, permille: number): CallEnd {
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
  return { tally: { open: plus(tally.open, permille, -1), settled, parts }, charged, adjusted: [] }
}

/** A call ends and does not count: what the prompt no longer costs is given back, newest part first. */
export function voidCall(meter: CallMeter, tally: PromptTally, permille: number): CallEnd {
  const open = plus(tally.open, permille, -1)
  let back = promptCharge(meter, tally.open, tally.settled) - promptCharge(meter, open, tally.settled)
  const adjusted: Movement[] = []
  const parts = tally.parts
    .toReversed()
    .map((part) => {
      const micro = Math.min(back, part.reserved - part.settled)
      if (micro <= 0) return part
      back -= micro
      adjusted.push({ starts: part.starts, micro: -micro })
      return { ...part, reserved: part.reserved - micro }
    })
    .toReversed()
    .filter((part) => part.reserved > 0)
  if (back !== 0) throw new Error(`a prompt was about to give back ${back} micro-prompts that it had not reserved`)
  return { tally: { open, settled: tally.settled, parts }, charged: [], adjusted }
}

/** The end of a call under the token meter: what was set aside becomes what it really used, in the same windows (F45). */
export function replaceReserve(tally: PromptTally, reserved: number, actual: number, starts: WindowStarts): CallEnd {
  const change = actual - reserved
  const at = tally.parts.findIndex((part) => sameStarts(part.starts, starts))
  const part = tally.parts[at] ?? { starts, reserved: 0, settled: 0 }
  const next = { starts, reserved: part.reserved + change, settled: part.settled + actual }
  if (next.reserved < next.settled)
    throw new Error(`a part was about to settle ${next.settled} of ${next.reserved} reserved`)
  const others = tally.parts.filter((_, i) => i !== at)
  return {
    tally: { ...tally, parts: next.reserved > 0 ? [...others, next] : others },
    charged: actual > 0 ? [{ starts, micro: actual }] : [],
    adjusted: change === 0 ? [] : [{ starts, micro: change }],
  }
}

/** One part a window: a call that is entered again after a crash may belong to one that is not the last. */
function reserve(parts: readonly TallyPart[], starts: WindowStarts, micro: number): readonly TallyPart[] {
  if (micro === 0) return parts
  if (!parts.some((part) => sameStarts(part.starts, starts))) return [...parts, { starts, reserved: micro, settled: 0 }]
  return parts.map((part) => (sameStarts(part.starts, starts) ? { ...part, reserved: part.reserved + micro } : part))
}

function sameStarts(a: WindowStarts, b: WindowStarts): boolean {
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key])
}

function plus(counts: Counts, permille: number, by: number): Counts {
  const before = counts.find(([at]) => at === permille)?.[1] ?? 0
  const count = before + by
  if (count < 0) throw new Error(`a call at ${permille} permille ended that had not begun`)
  const others = before === 0 ? counts : counts.filter(([at]) => at !== permille)
  return count === 0 ? others : [...others, [permille, count]]
}

/** Counts of a list of multipliers. */
export function countsOf(permilles: Iterable<number>): Counts {
  let counts: Counts = []
  for (const permille of permilles) counts = plus(counts, permille, 1)
  return counts
}

import { holdsAt, type Span } from './span.ts'
import { DAY_MS } from './time.ts'
import { instant, permille, type Instant, type Permille } from './units.ts'

/** One line of the catalog's multiplier table. All stated conditions must hold; the first rule that holds wins. */
export interface MultiplierRule extends Span {
  readonly id: string
  readonly permille: number
  /** Public model ids; absent = every model. */
  readonly models?: readonly string[] | undefined
  /** Ids of recognised tools; absent = every tool. */
  readonly tools?: readonly string[] | undefined
}

export interface Multiplier {
  readonly permille: Permille
  /** The rule that matched, or `none`: a call that no rule names counts once. */
  readonly rule: string
}

export const NO_RULE = 'none'

/** The multiplier of a call at its admission. It is frozen there: what comes later never changes it (F21). */
export function multiplierAt(
  rules: readonly MultiplierRule[],
  call: { readonly model: string; readonly tool: string },
  at: Instant,
): Multiplier {
  for (const rule of rules) {
    if (rule.models && !rule.models.includes(call.model)) continue
    if (rule.tools && !rule.tools.includes(call.tool)) continue
    if (holdsAt(rule, at)) return { permille: permille(rule.permille), rule: rule.id }
  }
  return { permille: permille(1000), rule: NO_RULE }
}

export interface MultiplierSpan {
  readonly from: Instant
  readonly to: Instant
  readonly multiplier: Multiplier
}

/** What a call counts through a span, for example a day: parts without gap, each with one multiplier. */
export function multipliersThrough(
  rules: readonly MultiplierRule[],
  call: { readonly model: string; readonly tool: string },
  span: { readonly from: Instant; readonly to: Instant },
): readonly MultiplierSpan[] {
  const parts: MultiplierSpan[] = []
  for (let from = span.from; from < span.to;) {
    const next = nextChange(rules, call, from)
    const to = next && next.at < span.to ? next.at : span.to
    parts.push({ from, to, multiplier: multiplierAt(rules, call, from) })
    from = to
  }
  return parts
}

/** When the multiplier of this model and tool next changes, within two days; undefined when it does not. */
export function nextChange(
  rules: readonly MultiplierRule[],
  call: { readonly model: string; readonly tool: string },
  at: Instant,
): { readonly at: Instant; readonly multiplier: Multiplier } | undefined {
  const today = multiplierAt(rules, call, at)
  const minute = 60_000
  const start = at - (at % minute) + minute
  for (let t = start; t < at + 2 * DAY_MS; t += minute) {
    const then = multiplierAt(rules, call, instant(t))
    if (then.permille !== today.permille) return { at: instant(t), multiplier: then }
  }
  return undefined
}

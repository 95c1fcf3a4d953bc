import { DAY_MS, wallClock } from './time.ts'
import { instant, permille, type Instant, type Permille } from './units.ts'

/** One line of the catalog's multiplier table. All stated conditions must hold; the first rule that holds wins. */
export interface MultiplierRule {
  readonly id: string
  readonly permille: number
  /** Public model ids; absent = every model. */
  readonly models?: readonly string[] | undefined
  /** Ids of recognised tools; absent = every tool. */
  readonly tools?: readonly string[] | undefined
  /** IANA zone in which hours, weekdays and dates are read. */
  readonly zone: string
  /** Daily span `from ≤ t < to` in minutes of the day; `from > to` crosses midnight. */
  readonly daily?: { readonly fromMinute: number; readonly toMinute: number } | undefined
  /** 1 = Monday … 7 = Sunday; of the day on which the span began. */
  readonly weekdays?: readonly number[] | undefined
  /** First and last day, `YYYY-MM-DD`, both included; of the day on which the span began. */
  readonly dates?: { readonly from: string; readonly to: string } | undefined
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

function holdsAt(rule: MultiplierRule, at: Instant): boolean {
  const now = wallClock(rule.zone, at)
  let day = now
  if (rule.daily) {
    const { fromMinute, toMinute } = rule.daily
    const minute = now.minuteOfDay
    if (fromMinute <= toMinute) {
      if (minute < fromMinute || minute >= toMinute) return false
    } else if (minute < toMinute) {
      // Past midnight: this belongs to the span that began yesterday. Noon of yesterday is safe on 23-hour days too.
      day = wallClock(rule.zone, instant(at - (minute + 12 * 60) * 60_000 - (at % 60_000)))
    } else if (minute < fromMinute) return false
  }
  if (rule.weekdays && !rule.weekdays.includes(day.weekday)) return false
  if (rule.dates) {
    const date = `${day.year}-${two(day.month)}-${two(day.day)}`
    if (date < rule.dates.from || date > rule.dates.to) return false
  }
  return true
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

const two = (n: number): string => String(n).padStart(2, '0')

import { wallClock } from './time.ts'
import { instant, type Instant } from './units.ts'

/** When a rule of the catalog holds. All stated conditions must. */
export interface Span {
  /** IANA zone in which hours, weekdays and dates are read. */
  readonly zone: string
  /** Daily span `from ≤ t < to` in minutes of the day; `from > to` crosses midnight. */
  readonly daily?: { readonly fromMinute: number; readonly toMinute: number } | undefined
  /** 1 = Monday … 7 = Sunday; of the day on which the span began. */
  readonly weekdays?: readonly number[] | undefined
  /** First and last day, `YYYY-MM-DD`, both included; of the day on which the span began. */
  readonly dates?: { readonly from: string; readonly to: string } | undefined
}

export function holdsAt(span: Span, at: Instant): boolean {
  const now = wallClock(span.zone, at)
  let day = now
  if (span.daily) {
    const { fromMinute, toMinute } = span.daily
    const minute = now.minuteOfDay
    if (fromMinute <= toMinute) {
      if (minute < fromMinute || minute >= toMinute) return false
    } else if (minute < toMinute) {
      // Past midnight: this belongs to the span that began yesterday. Noon of yesterday is safe on 23-hour days too.
      day = wallClock(span.zone, instant(at - (minute + 12 * 60) * 60_000 - (at % 60_000)))
    } else if (minute < fromMinute) return false
  }
  if (span.weekdays && !span.weekdays.includes(day.weekday)) return false
  if (span.dates) {
    const date = `${day.year}-${two(day.month)}-${two(day.day)}`
    if (date < span.dates.from || date > span.dates.to) return false
  }
  return true
}

const two = (n: number): string => String(n).padStart(2, '0')

import type { Instant } from './units.ts'

export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000
export const DAY_MS = 86_400_000

/** What a clock on the wall of a zone shows. Weekday: 1 = Monday … 7 = Sunday. */
export interface WallClock {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly weekday: number
  readonly minuteOfDay: number
}

// Offsets change only at quarter hours of UTC, so one look-up a quarter is exact and keeps Intl off the hot path.
const QUARTER_MS = 15 * MINUTE_MS
const formats = new Map<string, Intl.DateTimeFormat>()
/** Of each zone. Callers look at a few instants again and again (now, the next release, a window's end); then it begins anew. */
const offsets = new Map<string, Map<number, number>>()
const QUARTERS_MAX = 256

export function isZone(zone: string): boolean {
  try {
    formatOf(zone)
    return true
  } catch {
    return false
  }
}

/** Difference of a zone's wall clock to UTC at an instant, in ms (Asia/Shanghai: +28,800,000). */
export function offsetMs(zone: string, at: Instant): number {
  const quarter = Math.floor(at / QUARTER_MS)
  let ofZone = offsets.get(zone)
  const known = ofZone?.get(quarter)
  if (known !== undefined) return known
  const start = quarter * QUARTER_MS
  const parts: Record<string, number> = {}
  for (const part of formatOf(zone).formatToParts(start)) parts[part.type] = Number(part.value)
  const wall = Date.UTC(
    parts.year ?? 0,
    (parts.month ?? 1) - 1,
    parts.day,
    (parts.hour ?? 0) % 24,
    parts.minute,
    parts.second,
  )
  const found = wall - Math.floor(start / 1000) * 1000
  if (!ofZone || ofZone.size >= QUARTERS_MAX) offsets.set(zone, (ofZone = new Map()))
  ofZone.set(quarter, found)
  return found
}

export function wallClock(zone: string, at: Instant): WallClock {
  const local = new Date(at + offsetMs(zone, at))
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    weekday: ((local.getUTCDay() + 6) % 7) + 1,
    minuteOfDay: local.getUTCHours() * 60 + local.getUTCMinutes(),
  }
}

/** The instant at which a zone's wall clock shows the given time; in a gap (spring) the time after it. */
export function atWallClock(
  zone: string,
  wall: { year: number; month: number; day: number; minuteOfDay: number; ms?: number },
): Instant {
  const asUtc = Date.UTC(wall.year, wall.month - 1, wall.day, 0, wall.minuteOfDay) + (wall.ms ?? 0)
  const guess = asUtc - offsetMs(zone, asUtc as Instant)
  return (asUtc - offsetMs(zone, guess as Instant)) as Instant
}

/** The calendar day of a zone in which an instant lies: 23 or 25 hours where clocks are changed. */
export function dayOf(zone: string, at: Instant): { readonly from: Instant; readonly to: Instant } {
  const { year, month, day } = wallClock(zone, at)
  return {
    from: atWallClock(zone, { year, month, day, minuteOfDay: 0 }),
    to: atWallClock(zone, { year, month, day: day + 1, minuteOfDay: 0 }),
  }
}

/**
 * `count` calendar months after the anchor, same day and time in the zone; a day that the month lacks becomes its
 * last one (31 January + 1 = 28 February). Always counted from the anchor, so that the 31st is not lost on the way.
 */
export function plusMonths(zone: string, anchor: Instant, count: number): Instant {
  const local = new Date(anchor + offsetMs(zone, anchor))
  const monthIndex = local.getUTCMonth() + count
  const lastDay = new Date(Date.UTC(local.getUTCFullYear(), monthIndex + 1, 0)).getUTCDate()
  const target = new Date(Date.UTC(local.getUTCFullYear(), monthIndex, Math.min(local.getUTCDate(), lastDay)))
  return atWallClock(zone, {
    year: target.getUTCFullYear(),
    month: target.getUTCMonth() + 1,
    day: target.getUTCDate(),
    minuteOfDay: local.getUTCHours() * 60 + local.getUTCMinutes(),
    ms: local.getUTCSeconds() * 1000 + local.getUTCMilliseconds(),
  })
}

/** `YYYY-MM-DD HH:mm:ss` on a zone's wall clock: the form in which refusals name a reset (wire contract §1.2). */
export function wallText(zone: string, at: Instant): string {
  return new Date(at + offsetMs(zone, at)).toISOString().slice(0, 19).replace('T', ' ')
}

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    formats.set(zone, format)
  }
  return format
}

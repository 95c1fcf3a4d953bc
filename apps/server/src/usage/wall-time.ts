import { atWallClock, DAY_MS, HOUR_MS, instant, wallClock, wallText, type Instant } from '@codeplan/core'

const WALL = /^(\d{4})-(\d{2})-(\d{2})(?:[ T+](\d{2}):(\d{2})(?::\d{2})?)?$/

/**
 * `yyyy-MM-dd HH:mm:ss` on the wall clock of a zone: the form in which meters ask (wire contract §2.1). Some write a plus for
 * the space and then escape it.
 */
export function readWall(text: string | undefined, zone: string): Instant | undefined {
  const parts = text === undefined ? null : WALL.exec(text.trim())
  if (!parts) return undefined
  const [year, month, day, hour, minute] = parts.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
  ]
  return atWallClock(zone, { year, month, day, minuteOfDay: hour * 60 + minute })
}

export interface Slot {
  readonly from: Instant
  readonly to: Instant
  /** `yyyy-MM-dd HH:mm`, or `yyyy-MM-dd` for days. */
  readonly label: string
}

/** Hours up to this long a span, days beyond (as the plan's home does). */
const HOURLY_MS_MAX = 8 * DAY_MS

/** Cuts a span into hours or days of a zone's calendar. */
export function slotsOf(
  zone: string,
  from: Instant,
  to: Instant,
): { granularity: 'hourly' | 'daily'; slots: readonly Slot[] } {
  if (to - from > HOURLY_MS_MAX) return { granularity: 'daily', slots: daySlots(zone, from, to) }
  const slots: Slot[] = []
  for (let at = Math.floor(from / HOUR_MS) * HOUR_MS; at < to; at += HOUR_MS) {
    slots.push({ from: instant(at), to: instant(at + HOUR_MS), label: wallText(zone, instant(at)).slice(0, 16) })
  }
  return { granularity: 'hourly', slots }
}

export function daySlots(zone: string, from: Instant, to: Instant): readonly Slot[] {
  const slots: Slot[] = []
  for (let at = dayStart(zone, from); at < to;) {
    // 36 hours on is within the next day on days of 23, 24 and 25 hours.
    const next = dayStart(zone, instant(at + 36 * HOUR_MS))
    slots.push({ from: at, to: next, label: wallText(zone, at).slice(0, 10) })
    at = next
  }
  return slots
}

function dayStart(zone: string, at: Instant): Instant {
  const { year, month, day } = wallClock(zone, at)
  return atWallClock(zone, { year, month, day, minuteOfDay: 0 })
}

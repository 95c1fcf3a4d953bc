import { atWallClock, DAY_MS, offsetMs, wallClock, wallText, type Instant } from '@codeplan/core'

/** Days and months on the operator's calendar. */
export const dayBegins = (zone: string, at: Instant, days = 0): Instant => {
  const { year, month, day } = wallClock(zone, at)
  return atWallClock(zone, { year, month, day: day + days, minuteOfDay: 0 })
}
export const monthBegins = (zone: string, at: Instant, months = 0): Instant => {
  const { year, month } = wallClock(zone, at)
  return atWallClock(zone, { year, month: month + months, day: 1, minuteOfDay: 0 })
}
export const dayText = (zone: string, at: Instant): string => wallText(zone, at).slice(0, 10)
export const monthText = (zone: string, at: Instant): string => wallText(zone, at).slice(0, 7)
/** Days since 1970 as `YYYY-MM-DD`. */
export const dayOfNumber = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10)
export { offsetMs }

import { HOUR_MS, type Instant } from '@codeplan/core'

/** What the places of a model have shown within an hour, on one node. */
export interface HourFigures {
  readonly hour_at: number
  /** Calls that got a place, and how often one was sent to another route after a failure. */
  calls: number
  retries: number
  /** Places given after a wait: their number, the time, the longest. */
  waited: number
  wait_ms: number
  wait_ms_max: number
  /** Who left while waiting, found the line full, waited in vain, or had too many calls of his own. */
  left_waiting: number
  refused_full: number
  refused_late: number
  refused_own: number
  /** Places × milliseconds: divided by the time it is how many were in use on average. */
  in_use_ms: number
  in_use_peak: number
  waiting_ms: number
  waiting_peak: number
}

/** The time between two samples is a second; a clock that was moved is not taken for an hour of work. */
const SAMPLE_MS_MAX = 5_000

/** Counted in memory; the sums of each hour are written by the clock, nothing is for a call. */
export class CapacityFigures {
  inUse = 0
  hour: HourFigures
  private sampledAt: Instant
  private past: readonly HourFigures[] = []

  constructor(now: Instant) {
    this.sampledAt = now
    this.hour = emptyHour(hourOf(now), 0)
  }

  sawBegin(isRetry: boolean): void {
    this.inUse++
    if (this.inUse > this.hour.in_use_peak) this.hour.in_use_peak = this.inUse
    if (isRetry) this.hour.retries++
    else this.hour.calls++
  }

  sawWaiting(waiting: number): void {
    this.hour.waiting_peak = Math.max(this.hour.waiting_peak, waiting)
  }

  sawWaited(ms: number): void {
    this.hour.waited++
    this.hour.wait_ms += ms
    this.hour.wait_ms_max = Math.max(this.hour.wait_ms_max, ms)
  }

  sample(now: Instant, waiting: number): void {
    if (hourOf(now) !== this.hour.hour_at) {
      this.past = this.unwritten()
      this.hour = emptyHour(hourOf(now), this.inUse)
    }
    const ms = Math.min(Math.max(0, now - this.sampledAt), SAMPLE_MS_MAX)
    this.hour.in_use_ms += this.inUse * ms
    this.hour.waiting_ms += waiting * ms
    this.sampledAt = now
  }

  /** The sums of the running hour so far, and those of hours before that are not yet written. */
  unwritten(): readonly HourFigures[] {
    const { calls, in_use_ms, refused_full, refused_late, refused_own, left_waiting } = this.hour
    const says = calls + in_use_ms + refused_full + refused_late + refused_own + left_waiting > 0
    return says ? [...this.past, this.hour] : this.past
  }

  written(hour: HourFigures): void {
    this.past = this.past.filter((one) => one !== hour)
  }
}

const hourOf = (now: Instant): number => Math.floor(now / HOUR_MS) * HOUR_MS

const emptyHour = (hourAt: number, inUse: number): HourFigures => ({
  hour_at: hourAt,
  calls: 0,
  retries: 0,
  waited: 0,
  wait_ms: 0,
  wait_ms_max: 0,
  left_waiting: 0,
  refused_full: 0,
  refused_late: 0,
  refused_own: 0,
  in_use_ms: 0,
  in_use_peak: inUse,
  waiting_ms: 0,
  waiting_peak: 0,
})

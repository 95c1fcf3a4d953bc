import { HOUR_MS, wallText, type Instant } from '@codeplan/core'

import { capacityHours, type CapacityHour } from '../gateway/index.ts'
import { answer, wholeNumber, wrong, type Command } from './command.ts'

const HOURS = 24
const HOURS_MAX = 24 * 366

export const capacityCommand: Command = {
  name: 'capacity',
  usage: '[--hours n]',
  does: 'shows by model and hour how many places were in use, who waited and who was refused; at most a minute old',
  words: { min: 0, max: 0 },
  options: { hours: 'string' },
  run: async (rooms, { options }) => {
    const hours = wholeNumber(options.hours, HOURS)
    if (hours === undefined || hours > HOURS_MAX) return wrong(`--hours: use a whole number from 1 to ${HOURS_MAX}`)
    const now = rooms.clock.now()
    const from = Math.floor(now / HOUR_MS) * HOUR_MS - (hours - 1) * HOUR_MS
    const found = (await capacityHours(rooms.db.queries, from)).map((hour) => dataOf(hour, now))
    const { zone } = rooms.catalog.current().operator
    const lines = found.map((row) => textOf(row, wallText(zone, Date.parse(row.hour_at) as Instant).slice(0, 13)))
    return answer(
      { hours: found },
      lines.length > 0 ? [HEAD, ...lines].join('\n') : `no calls in the last ${hours} hours`,
    )
  },
}

function dataOf(hour: CapacityHour, now: number) {
  const ms = Math.max(1, Math.min(HOUR_MS, now - hour.hour_at))
  return {
    hour_at: new Date(hour.hour_at).toISOString(),
    model: hour.model,
    places: hour.places,
    in_use: round(hour.in_use_ms / ms),
    in_use_peak: hour.in_use_peak,
    calls: hour.calls,
    retries: hour.retries,
    waiting: round(hour.waiting_ms / ms),
    waiting_peak: hour.waiting_peak,
    waited: hour.waited,
    wait_ms: hour.waited > 0 ? Math.round(hour.wait_ms / hour.waited) : 0,
    wait_ms_max: hour.wait_ms_max,
    left: hour.left_waiting,
    refused: { full: hour.refused_full, late: hour.refused_late, own: hour.refused_own },
  }
}

const round = (value: number): number => Math.round(value * 100) / 100

const COLUMNS = ['in use', 'peak', 'places', 'calls', 'retries', 'waited', 'longest', 'left', 'refused', 'own'] as const
const WIDTH = 9
const line = (hour: string, model: string, figures: readonly string[]): string =>
  `${hour.padEnd(14)} ${model.padEnd(14)}${figures.map((text) => text.padStart(WIDTH)).join('')}`
const HEAD = line('hour', 'model', COLUMNS)

function textOf(row: ReturnType<typeof dataOf>, hour: string): string {
  const { full, late, own } = row.refused
  const figures = [row.in_use, row.in_use_peak, row.places ?? 'any', row.calls, row.retries, row.waited]
  return line(`${hour}h`, row.model, [
    ...figures.map(String),
    `${(row.wait_ms_max / 1000).toFixed(1)} s`,
    ...[row.left, full + late, own].map(String),
  ])
}

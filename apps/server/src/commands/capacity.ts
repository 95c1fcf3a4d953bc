import { HOUR_MS, wallText, type Instant } from '@codeplan/core'

import { capacityHours, shownCapacity } from '../gateway/index.ts'
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
    const found = (await capacityHours(rooms.db.queries, from)).map((hour) => shownCapacity(hour, now))
    const { zone } = rooms.catalog.current().operator
    const lines = found.map((row) => textOf(row, wallText(zone, Date.parse(row.hour_at) as Instant).slice(0, 13)))
    return answer(
      { hours: found },
      lines.length > 0 ? [HEAD, ...lines].join('\n') : `no calls in the last ${hours} hours`,
    )
  },
}

const COLUMNS = ['in use', 'peak', 'places', 'calls', 'retries', 'waited', 'longest', 'left', 'refused', 'own'] as const
const WIDTH = 9
const line = (hour: string, model: string, figures: readonly string[]): string =>
  `${hour.padEnd(14)} ${model.padEnd(14)}${figures.map((text) => text.padStart(WIDTH)).join('')}`
const HEAD = line('hour', 'model', COLUMNS)

function textOf(row: ReturnType<typeof shownCapacity>, hour: string): string {
  const { full, late, own } = row.refused
  const figures = [row.in_use, row.in_use_peak, row.places ?? 'any', row.calls, row.retries, row.waited]
  return line(`${hour}h`, row.model, [
    ...figures.map(String),
    `${(row.wait_ms_max / 1000).toFixed(1)} s`,
    ...[row.left, full + late, own].map(String),
  ])
}

import { wallText } from '@codeplan/core'

import { suggest } from '../sale/index.ts'
import { answer, wholeNumber, wrong, type Command } from './command.ts'

const DAYS = 7
const DAYS_MAX = 90
const FILL_PERCENT = 80

export const saleSuggest: Command = {
  name: 'sale suggest',
  usage: '[--days n] [--fill percent]',
  does: 'reckons from measured capacity how many more of each plan the busiest hours bear, and shows how',
  words: { min: 0, max: 0 },
  options: { days: 'string', fill: 'string' },
  run: async (rooms, { options }) => {
    const days = wholeNumber(options.days, DAYS)
    if (days === undefined || days > DAYS_MAX) return wrong(`--days: use a whole number from 1 to ${DAYS_MAX}`)
    const fillPercent = wholeNumber(options.fill, FILL_PERCENT)
    if (fillPercent === undefined || fillPercent > 100) return wrong('--fill: use a percentage from 1 to 100')
    const { plans, operator } = rooms.catalog.current()
    const found = await suggest(rooms.db.queries, { plans: [...plans.keys()], days, fillPercent }, rooms.clock.now())
    const { models, ofEach, limitedBy, unmeasured } = found
    const hourOf = (model: string) => found.hours.get(model)
    const data = {
      days,
      fill_percent: fillPercent,
      models: models.map(({ model, places, inUse, usable, free }) => ({
        model,
        busiest_hour: new Date(hourOf(model)?.hourAt ?? 0).toISOString(),
        places,
        in_use: inUse / 1000,
        usable: usable === null ? null : usable / 1000,
        free: free === null ? null : free / 1000,
        waited: hourOf(model)?.waited ?? 0,
        refused: hourOf(model)?.refused ?? 0,
      })),
      plans: found.plans.map(({ plan, each, pieces, limitedBy: by }) => ({
        plan,
        subscriptions: found.subscriptions.get(plan) ?? 0,
        places_each: Object.fromEntries(Object.entries(each).map(([model, milli]) => [model, milli / 1000])),
        pieces: pieces ?? null,
        limited_by: by ?? null,
      })),
      of_each: ofEach ?? null,
      limited_by: limitedBy ?? null,
      not_measured: unmeasured,
    }
    return answer(
      data,
      textOf(data, (at) => wallText(operator.zone, Date.parse(at) as Parameters<typeof wallText>[1])),
    )
  },
}

interface Data {
  readonly days: number
  readonly fill_percent: number
  readonly models: readonly {
    readonly model: string
    readonly busiest_hour: string
    readonly places: number | null
    readonly in_use: number
    readonly usable: number | null
    readonly free: number | null
    readonly waited: number
    readonly refused: number
  }[]
  readonly plans: readonly {
    readonly plan: string
    readonly subscriptions: number
    readonly places_each: Readonly<Record<string, number>>
    readonly pieces: number | null
    readonly limited_by: string | null
  }[]
  readonly of_each: number | null
  readonly limited_by: string | null
  readonly not_measured: readonly string[]
}

function textOf(data: Data, wall: (at: string) => string): string {
  if (data.models.length === 0) return `no whole hour with calls in the last ${data.days} days: nothing to reckon from`
  const share = `${data.fill_percent} %`
  const models = data.models.map(({ model, busiest_hour, places, in_use, usable, free, waited, refused }) => {
    const room =
      places === null
        ? 'a route takes any number of calls: give it a `concurrency`'
        : `${places} places, ${share} of them ${usable}; ${in_use} were in use, so ${free} are free`
    const crowd = waited + refused > 0 ? ` (${waited} calls waited, ${refused} were refused)` : ''
    return `  ${model}, ${wall(busiest_hour).slice(0, 13)}h: ${room}${crowd}`
  })
  const plans = data.plans.map(({ plan, subscriptions, places_each, pieces, limited_by }) => {
    const draws = Object.entries(places_each).map(([model, places]) => `${places} of ${model}`)
    if (draws.length === 0) return `  ${plan}: ${subscriptions} subscriptions, nothing drawn: not measured`
    const fits = pieces === null ? 'no limit is known' : `alone ${pieces} more fit, by ${limited_by}`
    return `  ${plan}: each of ${subscriptions} subscriptions occupies ${draws.join(', ')}; ${fits}`
  })
  const [first = ''] = data.not_measured
  const rest =
    data.not_measured.length > 0 ? ` (without ${data.not_measured.join(', ')}: sell a few to measure ${first})` : ''
  const all =
    data.of_each === null
      ? 'No number can be reckoned: no model with a limit was drawn by a plan.'
      : `The same number of each plan: ${data.of_each}, by ${data.limited_by}${rest}.`
  return [
    `The busiest hour of each model in the last ${data.days} days:`,
    ...models,
    'What running subscriptions drew then:',
    ...plans,
    all,
  ].join('\n')
}

import type { SuggestionAnswer } from '@codeplan/contract'
import { wallText } from '@codeplan/core'

import { shownSuggestion, suggest } from '../sale/index.ts'
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
    const data = shownSuggestion(found, { days, fillPercent })
    return answer(
      data,
      textOf(data, (at) => wallText(operator.zone, Date.parse(at) as Parameters<typeof wallText>[1])),
    )
  },
}

function textOf(data: SuggestionAnswer, wall: (at: string) => string): string {
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

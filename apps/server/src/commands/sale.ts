import { instant, wallText, type Instant } from '@codeplan/core'

import type { Rooms } from '../rooms.ts'
import { addRelease, pausePlan } from '../sale/index.ts'
import { answer, wholeNumber, wrong, type Command } from './command.ts'

const noPlan = (rooms: Rooms, plan: string): string =>
  `no plan ${plan}: use one of ${[...rooms.catalog.current().plans.keys()].join(', ')}`

export const saleRelease: Command = {
  name: 'sale release',
  usage: '<plan> <pieces> [--at instant]',
  does: 'puts more pieces of a plan on sale, now or at an instant, on top of what the catalog releases',
  words: { min: 2, max: 2 },
  options: { at: 'string' },
  audited: true,
  run: async (rooms, { words: [plan = '', text = ''], options }) => {
    const pieces = wholeNumber(text, 0)
    if (!pieces) return wrong(`${text} is not a number of pieces`)
    const now = rooms.clock.now()
    const at = atOf(options.at, now)
    if (at === undefined) return wrong('--at: use an instant with its offset, such as 2026-01-25T20:00:00+08:00')
    const catalog = rooms.catalog.current()
    const added = await rooms.db.tx((tx) => addRelease(tx, catalog, { plan, pieces, at }, now))
    if (!added.ok) {
      if (added.no === 'no_such_plan') return wrong(noPlan(rooms, plan))
      const why = added.no === 'past' ? 'that instant is over' : 'the sale is not limited: everybody may buy'
      return wrong(why)
    }
    const { id, opensAt, closesAt } = added.value
    const { zone } = catalog.operator
    const ends = closesAt === null ? 'until they are sold' : `until ${wallText(zone, closesAt)}`
    return answer(
      { id, plan, pieces, opens_at: iso(opensAt), closes_at: closesAt === null ? null : iso(closesAt) },
      `${pieces} of ${plan} are on sale from ${wallText(zone, opensAt)} ${ends} (${zone})`,
    )
  },
}

export const salePause: Command = {
  name: 'sale pause',
  usage: '<plan>',
  does: 'stops the sale of a plan at once; what is ordered may still be paid',
  words: { min: 1, max: 1 },
  audited: true,
  run: (rooms, { words: [plan = ''] }) => setPause(rooms, plan, true),
}

export const saleResume: Command = {
  name: 'sale resume',
  usage: '<plan>',
  does: 'goes on with the sale of a paused plan',
  words: { min: 1, max: 1 },
  audited: true,
  run: async (rooms, { words: [plan = ''] }) => {
    if (rooms.catalog.current().sale.paused.includes(plan))
      return wrong(`the catalog pauses ${plan}: take it out of "paused" and apply it`)
    return setPause(rooms, plan, false)
  },
}

async function setPause(rooms: Rooms, plan: string, paused: boolean) {
  if (!rooms.catalog.current().plans.has(plan)) return wrong(noPlan(rooms, plan))
  const changed = await rooms.db.tx((tx) => pausePlan(tx, plan, paused ? rooms.clock.now() : null))
  const state = paused ? 'paused' : 'sold'
  return answer({ plan, paused, changed }, changed ? `${plan} is ${state} from now on` : `${plan} is ${state} already`)
}

function atOf(text: string | boolean | undefined, now: Instant): Instant | undefined {
  if (text === undefined) return now
  // Without an offset it would be read on the clock of whichever machine this is.
  const ms = /(Z|[+-]\d\d:\d\d)$/.test(String(text)) ? Date.parse(String(text)) : NaN
  return Number.isNaN(ms) ? undefined : instant(ms)
}

const iso = (at: Instant): string => new Date(at).toISOString()

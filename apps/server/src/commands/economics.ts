import { economics, makePlanHours } from '../usage/index.ts'
import { answer, type Command } from './command.ts'

export const economicsCommand: Command = {
  name: 'economics',
  usage: '',
  does: 'shows per plan what was drawn at list prices, the ratio to the fee, and the worst case that its windows allow',
  words: { min: 0, max: 0 },
  run: async (rooms) => {
    const found = await economics(rooms, makePlanHours(rooms.db.queries), rooms.clock.now())
    const lines = found.plans.map((p) => {
      const drawn = `${p.list_price_drawn.toFixed(2)} ${found.currency} at list prices for ${p.units_drawn.toFixed(1)} units`
      const ratio = p.ratio === null ? 'no ratio yet' : `${p.ratio}× the fee`
      const worst =
        p.worst_case_ratio === null ? '' : `; at most ${p.units_a_month_max} units a month: ${p.worst_case_ratio}×`
      return `${p.plan.padEnd(8)} fee ${p.fee.toFixed(2)}, ${p.subscriptions} subscriptions drew ${drawn}: ${ratio}${worst}`
    })
    return answer(found, [`the last ${found.days} days:`, ...lines].join('\n'))
  },
}

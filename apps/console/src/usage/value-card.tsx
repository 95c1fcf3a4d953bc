import { useQuery } from '@tanstack/react-query'

import { exportUrl, valueQuery } from '../api/usage.ts'
import { useAmounts } from '../format/amounts.ts'
import { serverNow } from '../format/ticking.ts'
import { useTimes } from '../format/times.ts'
import { buttonLook, Card, Loaded, Stat, Stats } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { usageWords } from './words.ts'

const DAY_MS = 86_400_000
const EXPORT_DAYS = 30

/** What was drawn in the running period, at list prices, beside the fee. */
export function ValueCard() {
  const w = useWords(usageWords)
  const times = useTimes()
  const { money, count } = useAmounts()
  const value = useQuery(valueQuery)
  return (
    <Card title={w.valueTitle}>
      <p className="-mt-2 mb-4 text-sm text-soft">{w.valueAbout}</p>
      <Loaded query={value} skeleton="h-16">
        {({ currency, subscriptions }) =>
          subscriptions.slice(0, 1).map(({ id, periods }) => {
            const period = periods.at(-1)
            if (!period) return null
            const amount = (main: number) => money({ amount: main.toFixed(2), currency })
            return (
              <Stats key={id}>
                <Stat
                  label={w.period(times.day(period.from), times.day(period.to))}
                  value={amount(period.list_price)}
                  more={period.ratio === null ? null : w.times(count(period.ratio))}
                />
                <Stat label={w.fee} value={amount(period.fee)} />
              </Stats>
            )
          })
        }
      </Loaded>
    </Card>
  )
}

export function ExportCard() {
  const w = useWords(usageWords)
  const from = new Date(Math.floor(serverNow() / DAY_MS) * DAY_MS - EXPORT_DAYS * DAY_MS).toISOString()
  return (
    <Card title={w.export}>
      <p className="-mt-2 mb-4 text-sm text-soft">{w.exportAbout}</p>
      <div className="flex flex-wrap gap-3">
        <a href={exportUrl('csv', from)} download className={buttonLook()}>
          {w.exportCsv}
        </a>
        <a href={exportUrl('jsonl', from)} download className={buttonLook()}>
          {w.exportJson}
        </a>
      </div>
    </Card>
  )
}

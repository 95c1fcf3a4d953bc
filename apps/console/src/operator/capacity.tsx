import { capacitySchema, type CapacityAnswer } from '@codeplan/contract'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import { useAmounts } from '../format/amounts.ts'
import { useTimes } from '../format/times.ts'
import { usePlanName } from '../plans/plan-name.ts'
import { Card, Empty, Loaded, Segments, Table } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { adminQuery } from './api.ts'
import { colorOf, COLORS, Figure } from './figure.tsx'
import { upstreamsWords } from './upstreams-words.ts'

const SPANS = ['24', '48', '168'] as const
type Span = (typeof SPANS)[number]

/** By hour how many places were in use, beside what was sold. */
export function Capacity() {
  const w = useWords(upstreamsWords)
  const [span, setSpan] = useState<Span>('48')
  const [chosen, setChosen] = useState('')
  const query = useQuery({
    ...adminQuery(`/capacity?hours=${span}`, capacitySchema),
    placeholderData: keepPreviousData,
  })
  return (
    <Card
      title={w.capacity}
      side={
        <Segments<Span>
          label={w.hours}
          choices={SPANS.map((value) => ({ value, text: w.spans[value] }))}
          value={span}
          onChoose={setSpan}
        />
      }
    >
      <Loaded query={query} skeleton="h-80">
        {(found) => {
          const models = [...new Set(found.hours.map(({ model }) => model))]
          const model = models.includes(chosen) ? chosen : (busiest(found) ?? '')
          if (models.length === 0) return <Empty title={w.none}>{w.noneAbout}</Empty>
          return (
            <div className="grid gap-7">
              <div className="overflow-x-auto">
                <Segments
                  label={w.model}
                  choices={models.map((value) => ({ value, text: value }))}
                  value={model}
                  onChoose={setChosen}
                />
              </div>
              <Hours hours={found.hours.filter((hour) => hour.model === model)} />
              <Sold sold={found.sold} />
            </div>
          )
        }}
      </Loaded>
    </Card>
  )
}

const busiest = ({ hours }: CapacityAnswer): string | undefined =>
  hours.toSorted((a, b) => b.in_use - a.in_use)[0]?.model

function Hours({ hours }: Pick<CapacityAnswer, 'hours'>) {
  const w = useWords(upstreamsWords)
  const times = useTimes()
  const { count } = useAmounts()
  const limited = hours.some(({ places }) => places !== null)
  return (
    <Figure
      data={hours.map(({ hour_at, in_use, in_use_peak, places }) => ({
        at: times.moment(hour_at),
        in_use,
        in_use_peak,
        places,
      }))}
      x="at"
      figure={(value) => count(value, 1)}
      series={[
        { key: 'in_use', name: w.inUse, as: 'area', color: COLORS[0] },
        { key: 'in_use_peak', name: w.peak, as: 'line', color: COLORS[1] },
        ...(limited ? [{ key: 'places', name: w.placesHead, as: 'line' as const, color: COLORS[5] }] : []),
      ]}
      table={
        <Table
          caption={w.capacity}
          rows={hours.toReversed()}
          keyOf={({ hour_at, model }) => hour_at + model}
          columns={[
            { head: w.hour, main: true, cell: ({ hour_at: at }) => times.moment(at) },
            { head: w.inUse, figures: true, cell: ({ in_use: n }) => count(n, 1) },
            { head: w.peak, figures: true, cell: ({ in_use_peak: n }) => count(n) },
            { head: w.calls, figures: true, cell: ({ calls }) => count(calls) },
            { head: w.waited, figures: true, cell: ({ waited }) => count(waited) },
            { head: w.longest, figures: true, cell: ({ wait_ms_max: ms }) => w.seconds(count(ms / 1000, 1)) },
            {
              head: w.refused,
              figures: true,
              cell: ({ refused: { full, late, own } }) => count(full + late + own),
            },
          ]}
        />
      }
    />
  )
}

function Sold({ sold }: Pick<CapacityAnswer, 'sold'>) {
  const w = useWords(upstreamsWords)
  const planName = usePlanName()
  const { count } = useAmounts()
  const plans = [...new Set(sold.map(({ plan }) => plan))]
  const days = [...Map.groupBy(sold, ({ day }) => day)]
  const running = (rows: CapacityAnswer['sold'], plan: string): number =>
    rows.find((row) => row.plan === plan)?.running ?? 0
  return (
    <section>
      <h3>{w.sold}</h3>
      <p className="mb-3 text-sm text-soft">{w.soldAbout}</p>
      <Figure
        height={150}
        data={days.map(([day, rows]) => ({
          day: day.slice(5),
          ...Object.fromEntries(plans.map((plan) => [plan, running(rows, plan)])),
        }))}
        x="day"
        figure={(value) => count(value, 0)}
        series={plans.map((plan, i) => ({
          key: plan,
          name: planName(plan),
          as: 'bar' as const,
          color: colorOf(i),
          stack: 'running',
        }))}
        table={
          <Table
            caption={w.sold}
            rows={days.toReversed()}
            keyOf={([day]) => day}
            columns={[
              { head: w.day, main: true, cell: ([day]) => day },
              ...plans.map((plan) => ({
                head: planName(plan),
                figures: true,
                cell: ([, rows]: (typeof days)[number]) => count(running(rows, plan)),
              })),
            ]}
          />
        }
      />
    </section>
  )
}

import { USAGE_BY, type UsageBy, type UsageSum } from '@codeplan/contract'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'

import { daysQuery, hoursQuery } from '../api/usage.ts'
import { keysQuery } from '../api/keys.ts'
import { useAmounts } from '../format/amounts.ts'
import { serverNow } from '../format/ticking.ts'
import { useTimes, useZone } from '../format/times.ts'
import { Card, Code, Empty, NotLoaded, Segments, Skeleton, Table, type Column } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { stacked, type Bar } from './stacked.ts'
import { usageWords } from './words.ts'

const Chart = lazy(() => import('./history-chart.tsx'))
const HOUR_MS = 3_600_000
const SPANS = { day: 24, week: 7 * 24, month: 30 * 24, year: 365 * 24 } as const
type Span = keyof typeof SPANS
/** How a tool is made to name a project. */
const NAMED_PROJECT = '{ "env": { "ANTHROPIC_CUSTOM_HEADERS": "x-codeplan-project: my-project" } }'
const CHART_HEIGHT = 'h-72'

/** What was used, by hour of a day or by day of a longer span, and by model, tool, key or project. */
export function HistoryCard({ unit }: { readonly unit: 'prompts' | 'credits' }) {
  const w = useWords(usageWords)
  const [span, setSpan] = useState<Span>('week')
  const [by, setBy] = useState<UsageBy>('model')
  const bars = useBars(span, by)
  const names = { model: w.byModel, tool: w.byTool, key: w.byKey, project: w.byProject }
  const side = (
    <div className="flex flex-wrap gap-3">
      <Segments
        label={w.by}
        value={by}
        onChoose={setBy}
        choices={USAGE_BY.map((value) => ({ value, text: names[value] }))}
      />
      <Segments
        label={w.span}
        value={span}
        onChoose={setSpan}
        choices={(['day', 'week', 'month', 'year'] as const).map((value) => ({ value, text: w[value] }))}
      />
    </div>
  )
  return (
    <Card title={w.history} side={side}>
      {by === 'project' ? (
        <div className="mb-5 grid gap-2 text-sm">
          <p className="text-soft">{w.projectHint}</p>
          <Code text={NAMED_PROJECT} name=".claude/settings.json" label={w.byProject} />
        </div>
      ) : null}
      {bars.error ? <NotLoaded why={bars.error} again={bars.again} /> : null}
      {bars.shown === undefined && !bars.error ? <Skeleton className={CHART_HEIGHT} /> : null}
      {bars.shown?.names.length === 0 ? <Empty title={w.nothing}>{w.nothingAbout}</Empty> : null}
      {bars.shown && bars.shown.names.length > 0 ? (
        <>
          <div className={CHART_HEIGHT}>
            <Suspense fallback={<Skeleton className={CHART_HEIGHT} />}>
              <Chart label={w.chart(w[unit])} bars={bars.shown.bars} names={bars.shown.names} />
            </Suspense>
          </div>
          <Sums sums={bars.shown.sums} unit={unit} by={names[by]} />
          <details className="mt-4">
            <summary className="text-sm text-soft">{w.showTable}</summary>
            <div className="mt-3 overflow-x-auto">
              <BarTable bars={bars.shown.bars} names={bars.shown.names} />
            </div>
          </details>
        </>
      ) : null}
    </Card>
  )
}

function useBars(span: Span, by: UsageBy) {
  const w = useWords(usageWords)
  const zone = useZone()
  const times = useTimes()
  const hours = SPANS[span]
  const isByHour = span === 'day'
  // From the beginning of an hour, so that the same question is asked for an hour.
  const begin = Math.floor(serverNow() / HOUR_MS) * HOUR_MS - (hours - 1) * HOUR_MS
  const past = { from: new Date(begin).toISOString(), by }
  const byHour = useQuery({ ...hoursQuery(past), enabled: isByHour })
  const byDay = useQuery({ ...daysQuery(past, zone), enabled: !isByHour })
  const keys = useQuery({ ...keysQuery, enabled: by === 'key', placeholderData: keepPreviousData })
  const known = new Map(keys.data?.map((key) => [key.id, key.name]))
  const nameOf = (name: string): string => {
    if (by === 'key') return known.get(name) ?? w.revoked
    return name || w.noProject
  }
  const { error, refetch } = isByHour ? byHour : byDay
  const shown = isByHour
    ? byHour.data &&
      stacked(
        hoursThrough(begin, hours, times.time),
        byHour.data.hours.map((h) => [h.hour, h]),
        nameOf,
        w.other,
      )
    : byDay.data &&
      stacked(
        daysThrough(begin, hours, zone, times.day),
        byDay.data.days.map((d) => [d.day, d]),
        nameOf,
        w.other,
      )
  return { shown, error, again: () => void refetch() }
}

/** Every hour and every day of a span has its place, also when nothing was used in it. */
const hoursThrough = (begin: number, hours: number, label: (at: number) => string): readonly Bar[] =>
  Array.from({ length: hours }, (_, i) => begin + i * HOUR_MS).map((at) => bar(new Date(at).toISOString(), label(at)))
function daysThrough(begin: number, hours: number, zone: string, label: (at: number) => string): readonly Bar[] {
  // The form of dates in Sweden is that of ISO 8601.
  const iso = new Intl.DateTimeFormat('sv-SE', { timeZone: zone })
  const days = new Map<string, Bar>()
  for (let at = begin; at < begin + hours * HOUR_MS; at += HOUR_MS) {
    const day = iso.format(at)
    if (!days.has(day)) days.set(day, bar(day, label(at)))
  }
  return [...days.values()]
}
const bar = (id: string, label: string): Bar => ({ id, label, values: {} })

function Sums({
  sums,
  unit,
  by,
}: {
  readonly sums: readonly UsageSum[]
  readonly unit: 'prompts' | 'credits'
  readonly by: string
}) {
  const w = useWords(usageWords)
  const { count, size } = useAmounts()
  const columns: readonly Column<UsageSum>[] = [
    { head: by, main: true, cell: (sum) => sum.name },
    { head: w[unit], figures: true, cell: (sum) => count(sum.charge) },
    { head: w.calls, figures: true, cell: (sum) => count(sum.calls) },
    { head: w.failed, figures: true, cell: (sum) => (sum.failed === 0 ? '–' : count(sum.failed)) },
    {
      head: w.input,
      figures: true,
      cell: (sum) => size(sum.input_tokens + sum.cache_read_tokens + sum.cache_write_tokens),
    },
    { head: w.cached, figures: true, cell: (sum) => size(sum.cache_read_tokens) },
    { head: w.output, figures: true, cell: (sum) => size(sum.output_tokens) },
    { head: w.value, figures: true, cell: (sum) => count(sum.list_price, 4) },
  ]
  return (
    <div className="mt-5">
      <Table caption={w.history} columns={columns} rows={sums} keyOf={(sum) => sum.name} />
    </div>
  )
}

function BarTable({ bars, names }: { readonly bars: readonly Bar[]; readonly names: readonly string[] }) {
  const w = useWords(usageWords)
  const { count } = useAmounts()
  const columns: readonly Column<Bar>[] = [
    { head: w.when, main: true, cell: (one) => one.label },
    ...names.map((name) => ({ head: name, figures: true, cell: (one: Bar) => count(one.values[name] ?? 0) })),
  ]
  const used = bars.filter((one) => Object.keys(one.values).length > 0)
  return <Table caption={w.showTable} columns={columns} rows={used} keyOf={(one) => one.id} />
}

import { Bar as Stack, BarChart, CartesianGrid, Legend, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'

import { useAmounts } from '../format/amounts.ts'
import type { Bar } from './stacked.ts'

/** Told apart in light and dark and by people who see few colours; the table says the same in figures. */
const COLOURS = [
  'var(--chart-1)',
  'var(--chart-2)',
  'var(--chart-3)',
  'var(--chart-4)',
  'var(--chart-5)',
  'var(--chart-6)',
  'var(--chart-7)',
]

/** Stacked bars over time. A part of its own, because charts are heavy: it comes when it is shown. */
export default function HistoryChart({
  label,
  bars,
  names,
}: {
  readonly label: string
  readonly bars: readonly Bar[]
  readonly names: readonly string[]
}) {
  const { count } = useAmounts()
  const rows = bars.map(({ label: when, values }) => ({ when, ...values }))
  return (
    <div role="img" aria-label={label} className="h-full">
      <ResponsiveContainer width="100%" height="100%">
        <BarChart data={rows} margin={{ top: 8, right: 4, bottom: 0, left: 0 }} accessibilityLayer={false}>
          <CartesianGrid vertical={false} stroke="var(--color-line)" />
          <XAxis
            dataKey="when"
            tickLine={false}
            axisLine={false}
            minTickGap={24}
            tick={{ fill: 'var(--color-soft)', fontSize: 12 }}
          />
          <YAxis
            width={44}
            tickLine={false}
            axisLine={false}
            tickFormatter={(value: number) => count(value)}
            tick={{ fill: 'var(--color-soft)', fontSize: 12 }}
          />
          <Tooltip
            cursor={{ fill: 'var(--color-sunk)' }}
            formatter={(value) => count(Number(value))}
            contentStyle={{
              background: 'var(--color-card)',
              border: '1px solid var(--color-line)',
              borderRadius: 8,
              color: 'var(--color-ink)',
            }}
          />
          <Legend iconType="square" iconSize={10} wrapperStyle={{ fontSize: 13, paddingTop: 8 }} />
          {names.map((name, i) => (
            <Stack
              key={name}
              dataKey={(row: Record<string, number | string>) => row[name] ?? 0}
              name={name}
              stackId="all"
              fill={COLOURS[i % COLOURS.length] ?? 'var(--chart-1)'}
              maxBarSize={36}
              isAnimationActive={false}
            />
          ))}
        </BarChart>
      </ResponsiveContainer>
    </div>
  )
}

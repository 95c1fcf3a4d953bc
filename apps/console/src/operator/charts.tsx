import { Area, Bar, CartesianGrid, ComposedChart, Line, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'

export interface Series {
  readonly key: string
  readonly name: string
  readonly as: 'bar' | 'line' | 'area'
  readonly color: string
  /** Those of one name stand on each other. */
  readonly stack?: string
}

export interface ChartProps {
  readonly data: readonly Readonly<Record<string, string | number | null>>[]
  /** The field along the bottom. */
  readonly x: string
  readonly series: readonly Series[]
  readonly height?: number
  readonly figure: (value: number) => string
}

const TICK = { fill: 'var(--color-soft)', fontSize: 12 } as const

/** Loaded with the first chart that somebody looks at; beside it stands a table, so it is hidden from readers of the screen. */
export default function Chart({ data, x, series, height = 220, figure }: ChartProps) {
  return (
    <div aria-hidden="true" className="overflow-hidden" style={{ height: `${height}px` }}>
      <ResponsiveContainer width="100%" height="100%">
        <ComposedChart data={[...data]} margin={{ top: 8, right: 4, bottom: 0, left: 0 }} accessibilityLayer={false}>
          <CartesianGrid vertical={false} stroke="var(--color-line)" />
          <XAxis dataKey={x} tick={TICK} tickLine={false} axisLine={false} minTickGap={28} />
          <YAxis tick={TICK} tickLine={false} axisLine={false} width={52} tickFormatter={figure} />
          <Tooltip
            formatter={(value) => figure(Number(value))}
            cursor={{ fill: 'var(--color-sunk)', opacity: 0.6 }}
            contentStyle={{
              background: 'var(--color-card)',
              border: '1px solid var(--color-line)',
              borderRadius: '8px',
              color: 'var(--color-ink)',
            }}
            itemStyle={{ color: 'var(--color-ink)' }}
            labelStyle={{ color: 'var(--color-soft)' }}
          />
          {series.map(({ key, name, as, color, stack }) => {
            const shared = { dataKey: key, name, isAnimationActive: false, ...(stack ? { stackId: stack } : {}) }
            if (as === 'bar') return <Bar key={key} {...shared} fill={color} maxBarSize={28} />
            if (as === 'area')
              return (
                <Area
                  key={key}
                  {...shared}
                  type="monotone"
                  stroke={color}
                  fill={color}
                  fillOpacity={0.18}
                  strokeWidth={2}
                />
              )
            return (
              <Line
                key={key}
                {...shared}
                type="stepAfter"
                stroke={color}
                dot={false}
                strokeWidth={2}
                strokeDasharray="5 4"
              />
            )
          })}
        </ComposedChart>
      </ResponsiveContainer>
    </div>
  )
}

import { lazy, Suspense, type ReactNode } from 'react'

import { Skeleton } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import type { ChartProps } from './charts.tsx'
import { piecesWords } from './pieces-words.ts'

const Chart = lazy(() => import('./charts.tsx'))

/** Colours that are told apart in light and dark, and by those who see few of them; the first is the house's. */
export const COLORS = [
  'var(--color-accent)',
  'light-dark(#b9770e, #eab65c)',
  'light-dark(#5a54b8, #a9a4f5)',
  'light-dark(#b03a6a, #f394b8)',
  'light-dark(#4a7d2c, #9fd17e)',
  'light-dark(#6b7280, #a5aeab)',
] as const
export const colorOf = (i: number): string => COLORS[i % COLORS.length] ?? COLORS[0]

/** A chart with its legend, and the same figures as a table for whoever cannot, or will not, see it. */
export function Figure({ height = 220, table, ...chart }: ChartProps & { readonly table: ReactNode }) {
  const w = useWords(piecesWords)
  return (
    <figure className="min-w-0">
      <figcaption className="mb-2 flex flex-wrap gap-x-5 gap-y-1 text-sm text-soft">
        {chart.series.map(({ key, name, color }) => (
          <span key={key} className="inline-flex items-center gap-2">
            <span aria-hidden="true" className="size-2.5 rounded-full" style={{ background: color }} />
            {name}
          </span>
        ))}
      </figcaption>
      <Suspense
        fallback={
          <div style={{ height: `${height}px` }}>
            <Skeleton className="h-full" />
          </div>
        }
      >
        <Chart {...chart} height={height} />
      </Suspense>
      <details className="mt-2">
        <summary className="text-sm text-soft">{w.table}</summary>
        <div className="mt-3 max-h-96 overflow-auto">{table}</div>
      </details>
    </figure>
  )
}

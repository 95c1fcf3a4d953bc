import { useQuery } from '@tanstack/react-query'
import { Suspense, type ReactNode } from 'react'

import { standingQuery } from '../api/usage.ts'
import { Page, Skeleton } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { HistoryCard } from './history-card.tsx'
import { PromptsCard } from './prompts-card.tsx'
import { TodayCard } from './today-card.tsx'
import { useLive } from './use-live.ts'
import { ExportCard, ValueCard } from './value-card.tsx'
import { WindowsCard } from './windows-card.tsx'
import { usageWords } from './words.ts'

/** What is left, and where the rest went. */
export function UsagePage() {
  const w = useWords(usageWords)
  useLive()
  const standing = useQuery(standingQuery)
  const unit = standing.data?.subscriptions[0]?.windows[0]?.unit === 'credits' ? 'credits' : 'prompts'
  return (
    <Page title={w.usage} lead={w.lead}>
      <Later height="h-[20.75rem] sm:h-60">
        <WindowsCard />
      </Later>
      <Later height="h-[16.75rem] sm:h-44">
        <TodayCard />
      </Later>
      <PromptsCard />
      <HistoryCard unit={unit} />
      <div className="grid gap-5 lg:grid-cols-2">
        <ValueCard />
        <ExportCard />
      </div>
    </Page>
  )
}

const Later = ({ height, children }: { readonly height: string; readonly children: ReactNode }) => (
  <Suspense fallback={<Skeleton className={height} />}>{children}</Suspense>
)

import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'

import type { Refusal } from '../api/refusal.ts'
import { useWords } from '../words/language.tsx'
import { Button } from './button.tsx'
import { Notice, Skeleton } from './pieces.tsx'
import { uiWords } from './words.ts'

/** What was asked for; a skeleton of its height before; after a refusal its words and a way to try again. */
export function Loaded<T>({
  query,
  skeleton,
  isReady = true,
  children,
}: {
  readonly query: UseQueryResult<T, Refusal>
  readonly skeleton?: string | undefined
  /** Something else that is shown with it is there, too. */
  readonly isReady?: boolean
  readonly children: (data: T) => ReactNode
}) {
  const w = useWords(uiWords)
  if (query.data !== undefined && isReady) return children(query.data)
  if (query.isError) return <NotLoaded why={query.error} again={() => void query.refetch()} />
  return (
    <div role="status">
      <span className="sr-only">{w.loading}</span>
      <Skeleton {...(skeleton === undefined ? {} : { className: skeleton })} />
    </div>
  )
}

export function NotLoaded({ why, again }: { readonly why: Error; readonly again: () => void }) {
  const w = useWords(uiWords)
  return (
    <Notice tone="bad" title={w.notLoaded}>
      <p>{why.message}</p>
      <Button size="small" className="mt-2" onClick={again}>
        {w.again}
      </Button>
    </Notice>
  )
}

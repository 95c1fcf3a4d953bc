import type { UseInfiniteQueryResult } from '@tanstack/react-query'

import type { Refusal } from '../api/refusal.ts'
import { Button, Empty, NotLoaded, Skeleton, Table, type Column } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { piecesWords } from './pieces-words.ts'

/** Rows that are read page by page, the newest first. */
export function List<Row>({
  query,
  caption,
  columns,
  keyOf,
}: {
  readonly query: UseInfiniteQueryResult<readonly Row[], Refusal>
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  readonly keyOf: (row: Row) => string
}) {
  const w = useWords(piecesWords)
  if (query.data === undefined)
    return query.isError ? (
      <NotLoaded why={query.error} again={() => void query.refetch()} />
    ) : (
      <Skeleton className="h-96" />
    )
  if (query.data.length === 0) return <Empty title={w.nothing}>{w.nothingAbout}</Empty>
  return (
    <>
      <Table caption={caption} columns={columns} rows={query.data} keyOf={keyOf} />
      {query.hasNextPage ? (
        <div className="mt-4 flex justify-center">
          <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {w.more}
          </Button>
        </div>
      ) : null}
    </>
  )
}

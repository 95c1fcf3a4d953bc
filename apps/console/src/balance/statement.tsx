import { statementSchema } from '@codeplan/contract'
import { useInfiniteQuery } from '@tanstack/react-query'

import { ask } from '../api/ask.ts'
import { useAmounts } from '../format/amounts.ts'
import { useTimes } from '../format/times.ts'
import { Button, Card, look, NotLoaded, Skeleton, Table } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { balanceWords } from './words.ts'

export function Statement() {
  const w = useWords(balanceWords)
  const times = useTimes()
  const { money } = useAmounts()
  const query = useInfiniteQuery({
    queryKey: ['balance', 'statement'],
    queryFn: ({ pageParam, signal }) =>
      ask(`/balance/statement${pageParam ? `?before=${encodeURIComponent(pageParam)}` : ''}`, statementSchema, {
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next ?? undefined,
  })
  const rows = query.data?.pages.flatMap(({ movements, currency }) => movements.map((one) => ({ ...one, currency })))
  return (
    <Card title={w.statement}>
      {query.isError ? <NotLoaded why={query.error} again={() => void query.refetch()} /> : null}
      {query.isPending ? <Skeleton className="h-24" /> : null}
      {rows?.length === 0 ? <p className="text-soft">{w.none}</p> : null}
      {rows && rows.length > 0 ? (
        <Table
          caption={w.statement}
          rows={rows}
          keyOf={({ id }) => id}
          columns={[
            { head: w.what, main: true, cell: ({ kind, note }) => (w.note[note] ?? note) || (w.kind[kind] ?? kind) },
            { head: w.when, cell: ({ at }) => times.moment(at) },
            {
              head: w.title,
              figures: true,
              cell: ({ amount, currency }) => (
                <span className={look('font-medium', !amount.startsWith('-') && 'text-good')}>
                  {money({ amount, currency })}
                </span>
              ),
            },
          ]}
        />
      ) : null}
      {query.hasNextPage ? (
        <Button className="mt-4" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {w.more}
        </Button>
      ) : null}
    </Card>
  )
}

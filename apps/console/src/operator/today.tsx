import { useQuery } from '@tanstack/react-query'

import { stockQuery } from '../api/sale.ts'
import { useAmounts } from '../format/amounts.ts'
import { useTimes } from '../format/times.ts'
import { Badge, Card, Loaded, Page, Table } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { operatorWords } from './words.ts'

export function Today() {
  const w = useWords(operatorWords)
  const times = useTimes()
  const { count } = useAmounts()
  const stock = useQuery(stockQuery)
  return (
    <Page title={w.today} lead={w.lead}>
      <Card title={w.stock}>
        <Loaded query={stock} skeleton="h-40">
          {({ plans }) => (
            <Table
              caption={w.stock}
              rows={plans}
              keyOf={({ plan }) => plan}
              columns={[
                { head: w.plan, main: true, cell: ({ plan }) => plan },
                {
                  head: w.left,
                  figures: true,
                  cell: ({ left, paused }) =>
                    paused ? <Badge tone="warn">{w.paused}</Badge> : left === null ? w.notLimited : count(left),
                },
                { head: w.waiting, figures: true, cell: ({ waiting }) => count(waiting) },
                {
                  head: w.next,
                  cell: ({ next_release: next }) =>
                    next ? w.pieces(count(next.pieces), times.operator(next.opens_at)) : w.none,
                },
              ]}
            />
          )}
        </Loaded>
      </Card>
    </Page>
  )
}

import { invoiceSchema } from '@codeplan/contract'
import { useQuery } from '@tanstack/react-query'
import { z } from 'zod'

import { ask } from '../api/ask.ts'
import { useAmounts } from '../format/amounts.ts'
import { useTimes } from '../format/times.ts'
import { Card, Loaded, Table } from '../ui/index.ts'
import { useLanguage, useWords } from '../words/language.tsx'
import { subscriptionWords } from './words.ts'

export function Invoices() {
  const w = useWords(subscriptionWords)
  const times = useTimes()
  const language = useLanguage()
  const { money } = useAmounts()
  const query = useQuery({
    queryKey: ['invoices'],
    queryFn: ({ signal }) => ask('/invoices', z.object({ invoices: z.array(invoiceSchema) }), { signal }),
  })
  return (
    <Card title={w.invoices}>
      <Loaded query={query} skeleton="h-16">
        {({ invoices }) =>
          invoices.length === 0 ? (
            <p className="text-soft">{w.noInvoices}</p>
          ) : (
            <Table
              caption={w.invoices}
              rows={invoices}
              keyOf={({ number }) => number}
              columns={[
                { head: w.number, main: true, cell: ({ number }) => number },
                { head: w.date, cell: ({ issued_at }) => times.day(issued_at) },
                { head: w.total, figures: true, cell: ({ total }) => money(total) },
                {
                  head: w.pdf,
                  figures: true,
                  cell: ({ number }) => (
                    <a
                      className="link"
                      href={`/api/console/v1/invoices/${encodeURIComponent(number)}?language=${language}`}
                      aria-label={w.pdfOf(number)}
                      download
                    >
                      {w.pdf}
                    </a>
                  ),
                },
              ]}
            />
          )
        }
      </Loaded>
    </Card>
  )
}

import { balanceSchema } from '@codeplan/contract'
import { queryOptions, useQuery } from '@tanstack/react-query'
import type { z } from 'zod'

import { ask } from '../api/ask.ts'
import { useAmounts } from '../format/amounts.ts'
import { Card, Code, Loaded, Page, Stat, Stats } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { Overflow } from './overflow.tsx'
import { Redeem, TopUp } from './pay-in.tsx'
import { Statement } from './statement.tsx'
import { balanceWords } from './words.ts'

export type Balance = z.infer<typeof balanceSchema>
export const balanceQuery = queryOptions({
  queryKey: ['balance'],
  queryFn: ({ signal }) => ask('/balance', balanceSchema, { signal }),
})

export function BalancePage() {
  const w = useWords(balanceWords)
  const { money } = useAmounts()
  const query = useQuery(balanceQuery)
  return (
    <Page title={w.title} lead={w.lead}>
      <Loaded query={query} skeleton="h-64">
        {(balance) => {
          const { currency } = balance
          const text = (amount: string): string => money({ amount, currency })
          return (
            <>
              <Card>
                <Stats>
                  <Stat label={w.available} value={text(balance.available)} />
                  <Stat label={w.reserved} value={text(balance.reserved)} />
                  <Stat label={w.spent} value={text(balance.overflow.spent_this_month)} />
                </Stats>
              </Card>
              <div className="grid gap-5 md:grid-cols-2">
                <TopUp currency={currency} />
                <Redeem />
              </div>
              <Overflow balance={balance} />
            </>
          )
        }}
      </Loaded>
      <Card title={w.baseTitle}>
        <p className="-mt-2 mb-3 text-soft">{w.base}</p>
        <Code text={`${window.location.origin}/api/paas/v4`} label={w.baseUrl} />
      </Card>
      <Statement />
    </Page>
  )
}

import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import { plansQuery, subscriptionQuery } from '../api/plans.ts'
import { stockQuery } from '../api/sale.ts'
import { useStart } from '../api/start.ts'
import { Loaded, Page, Segments } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { ModelsTable } from './models-table.tsx'
import { PlanCard } from './plan-card.tsx'
import { termsWords } from './terms-words.ts'
import { TicketBanner } from './ticket-banner.tsx'
import { plansWords } from './words.ts'

const CYCLES = ['month', 'quarter', 'year'] as const

export function PlansPage() {
  const w = useWords(plansWords)
  const terms = useWords(termsWords)
  const { me } = useStart()
  const [cycle, setCycle] = useState<(typeof CYCLES)[number]>('month')
  const plans = useQuery(plansQuery)
  const stock = useQuery(stockQuery)
  const subscription = useQuery({ ...subscriptionQuery, enabled: me !== null })
  const sold = CYCLES.filter((one) => plans.data?.plans.some(({ prices }) => prices.some((p) => p.cycle === one)))
  return (
    <Page
      title={w.title}
      lead={w.lead}
      side={
        sold.length > 1 ? (
          <Segments
            label={w.cycle}
            value={cycle}
            onChoose={setCycle}
            choices={sold.map((value) => ({ value, text: terms.byCycle[value] }))}
          />
        ) : (
          <div className="h-9" />
        )
      }
    >
      {me && stock.data?.limited ? <TicketBanner cycle={cycle} /> : null}
      <Loaded query={plans} skeleton="h-[34rem]">
        {(data) => (
          <>
            <ul className="grid gap-5 md:grid-cols-2 xl:grid-cols-3">
              {data.plans.map((plan) => (
                <PlanCard
                  key={plan.id}
                  plan={plan}
                  models={data.models}
                  cycle={cycle}
                  stock={stock.data?.plans.find((one) => one.plan === plan.id)}
                  own={subscription.data ?? undefined}
                  ownRank={data.plans.find(({ id }) => id === subscription.data?.plan)?.rank}
                />
              ))}
            </ul>
            <ModelsTable models={data.models} plans={data.plans} />
          </>
        )}
      </Loaded>
    </Page>
  )
}

import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, Navigate } from '@tanstack/react-router'

import { subscriptionQuery } from '../api/plans.ts'
import { buttonLook, Empty, Loaded, Page } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { ChangePlan } from './change-plan.tsx'
import { Invoices } from './invoices.tsx'
import { PaymentMethods } from './payment-methods.tsx'
import { RefundCard } from './refund-card.tsx'
import { RunningCard } from './running-card.tsx'
import { subscriptionWords } from './words.ts'

const route = getRouteApi('/member/subscription')

export function SubscriptionPage() {
  const w = useWords(subscriptionWords)
  const { order } = route.useSearch()
  const query = useQuery(subscriptionQuery)
  // Links of letters and of providers lead here; what they are about has a page of its own.
  if (order) return <Navigate to="/orders/$id" params={{ id: order }} replace />
  return (
    <Page title={w.title} lead={w.lead}>
      <Loaded query={query} skeleton="h-72">
        {(own) =>
          own ? (
            <>
              <RunningCard own={own} />
              <ChangePlan own={own} />
              <PaymentMethods />
              <Invoices />
              <RefundCard />
            </>
          ) : (
            <>
              <Empty
                title={w.none}
                action={
                  <Link to="/plans" className={buttonLook('primary')}>
                    {w.toPlans}
                  </Link>
                }
              >
                {w.noneAbout}
              </Empty>
              <PaymentMethods />
              <Invoices />
            </>
          )
        }
      </Loaded>
    </Page>
  )
}

import { quoteSchema, refundQuoteSchema, subscriptionAnswerSchema, type subscriptionSchema } from '@codeplan/contract'
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'

import { ask, type Wish } from './ask.ts'
import { subscriptionQuery } from './plans.ts'
import type { Refusal } from './refusal.ts'

export type Subscription = z.infer<typeof subscriptionSchema>
export type Quote = z.infer<typeof quoteSchema>
export interface PlanWish {
  readonly plan: string
  readonly cycle: Subscription['cycle']
}

/** What an upgrade costs now. It is asked anew each time: time goes by. */
export const upgradeQuoteQuery = (wish: PlanWish) =>
  queryOptions({
    queryKey: ['subscription', 'quote', wish.plan, wish.cycle],
    queryFn: ({ signal }) => ask('/subscription/upgrade/quote', quoteSchema, { method: 'POST', body: wish, signal }),
    staleTime: 0,
    gcTime: 0,
  })

/** Of a plan, or of a team’s seats. */
export const refundQuery = (path: string) =>
  queryOptions({
    queryKey: ['subscription', 'refund', path],
    queryFn: ({ signal }) => ask(path, refundQuoteSchema, { signal }),
  })

/** A change of the subscription answers with what it is then. */
export function useSubscriptionChange(path: string, after?: () => void) {
  const queries = useQueryClient()
  return useMutation<Subscription | null, Refusal, Wish>({
    mutationFn: async (wish) => (await ask(`/subscription${path}`, subscriptionAnswerSchema, wish)).subscription,
    onSuccess: async (now) => {
      queries.setQueryData(subscriptionQuery.queryKey, now)
      await queries.invalidateQueries({ queryKey: ['methods'] })
      after?.()
    },
  })
}

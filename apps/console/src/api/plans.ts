import { plansSchema, subscriptionAnswerSchema } from '@codeplan/contract'
import { queryOptions } from '@tanstack/react-query'

import { ask } from './ask.ts'

/** Multipliers change by the hour. */
const KEPT_MS = 60_000

export const plansQuery = queryOptions({
  queryKey: ['plans'],
  queryFn: ({ signal }) => ask('/plans', plansSchema, { signal }),
  staleTime: KEPT_MS,
  refetchInterval: KEPT_MS,
})

export const subscriptionQuery = queryOptions({
  queryKey: ['subscription'],
  queryFn: async ({ signal }) => (await ask('/subscription', subscriptionAnswerSchema, { signal })).subscription,
})

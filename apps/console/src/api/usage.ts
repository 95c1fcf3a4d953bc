import {
  callsSchema,
  daysSchema,
  hoursSchema,
  modelPricesSchema,
  promptsSchema,
  refusalsSchema,
  usageStandingSchema,
  valueSchema,
  type UsageBy,
} from '@codeplan/contract'
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { z } from 'zod'

import { setServerTime } from '../format/ticking.ts'
import { ask } from './ask.ts'

const BASE = '/api/usage/v1'
/** Everything under this key is read again when a call has begun or ended. */
export const DRAWN = 'drawn'
const PROMPTS_A_PAGE = 20
const CALLS_OF_PROMPT_MAX = 200

export const standingQuery = queryOptions({
  queryKey: [DRAWN, 'standing'],
  queryFn: async ({ signal }) => {
    const standing = await ask(`${BASE}/standing`, usageStandingSchema, { signal })
    setServerTime(standing.at)
    return standing
  },
})

const pricesSchema = z.object({ zone: z.string(), models: z.array(modelPricesSchema) })
export const multipliersQuery = queryOptions({
  queryKey: ['multipliers'],
  queryFn: ({ signal }) => ask(`${BASE}/prices`, pricesSchema, { signal }),
  refetchInterval: 60_000,
})

export interface Past {
  readonly from: string
  readonly by: UsageBy
}
export const hoursQuery = ({ from, by }: Past) =>
  queryOptions({
    queryKey: [DRAWN, 'hours', from, by],
    queryFn: ({ signal }) => ask(`${BASE}/hours?by=${by}&from=${encodeURIComponent(from)}`, hoursSchema, { signal }),
    placeholderData: keepPreviousData,
  })
export const daysQuery = ({ from, by }: Past, zone: string) =>
  queryOptions({
    queryKey: [DRAWN, 'days', from, by, zone],
    queryFn: ({ signal }) =>
      ask(`${BASE}/days?by=${by}&zone=${encodeURIComponent(zone)}&from=${encodeURIComponent(from)}`, daysSchema, {
        signal,
      }),
    placeholderData: keepPreviousData,
  })

export const promptsQuery = infiniteQueryOptions({
  queryKey: [DRAWN, 'prompts'],
  queryFn: ({ pageParam, signal }) =>
    ask(`${BASE}/prompts?limit=${PROMPTS_A_PAGE}${pageParam ? `&before=${pageParam}` : ''}`, promptsSchema, { signal }),
  initialPageParam: '',
  getNextPageParam: ({ next }) => next,
})

export const callsQuery = (prompt: string) =>
  queryOptions({
    queryKey: [DRAWN, 'calls', prompt],
    queryFn: ({ signal }) =>
      ask(`${BASE}/calls?limit=${CALLS_OF_PROMPT_MAX}&prompt=${prompt}&from=2020-01-01T00:00:00Z`, callsSchema, {
        signal,
      }),
  })

export const valueQuery = queryOptions({
  queryKey: [DRAWN, 'value'],
  queryFn: ({ signal }) => ask(`${BASE}/value`, valueSchema, { signal }),
})

/** Refusals are written down some seconds after they were sent. */
export const refusalsQuery = queryOptions({
  queryKey: [DRAWN, 'refusals'],
  queryFn: ({ signal }) => ask(`${BASE}/refusals?limit=50`, refusalsSchema, { signal }),
  refetchInterval: 10_000,
})

export const exportUrl = (format: 'jsonl' | 'csv', from: string): string =>
  `${BASE}/export?format=${format}&from=${encodeURIComponent(from)}`
export const LIVE_URL = `${BASE}/live`

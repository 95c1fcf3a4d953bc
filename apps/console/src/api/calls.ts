import { callsSchema, refusalsSchema, usageStandingSchema } from '@codeplan/contract'
import { queryOptions } from '@tanstack/react-query'

import { ask } from './ask.ts'

const LOOK_EVERY_MS = 2_000

/** What has come of a member's tools since an instant: the newest call, or else the newest refusal. */
export const sinceQuery = (since: string) =>
  queryOptions({
    queryKey: ['usage', 'since', since],
    queryFn: async ({ signal }) => {
      const from = encodeURIComponent(since)
      const { calls } = await ask(`/api/usage/v1/calls?limit=1&from=${from}`, callsSchema, { signal })
      const call = calls[0]
      if (call) return { call }
      const { refusals } = await ask('/api/usage/v1/refusals?limit=1', refusalsSchema, { signal })
      return { refusal: refusals.find(({ at }) => at >= since) }
    },
    refetchInterval: ({ state }) => (state.data?.call ? false : LOOK_EVERY_MS),
  })

export const standingQuery = queryOptions({
  queryKey: ['usage', 'standing'],
  queryFn: ({ signal }) => ask('/api/usage/v1/standing', usageStandingSchema, { signal }),
})

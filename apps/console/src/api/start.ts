import { startSchema, type Me, type Start } from '@codeplan/contract'
import { queryOptions, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'

import { setServerTime } from '../format/ticking.ts'
import { ask } from './ask.ts'

/** Whose console this is and who is signed in. Every page stands on it. */
export const startQuery = queryOptions({
  queryKey: ['start'],
  queryFn: async ({ signal }) => {
    const start = await ask('/start', startSchema, { signal })
    setServerTime(start.now)
    return start
  },
  staleTime: 60_000,
})

export const useStart = (): Start => useSuspenseQuery(startQuery).data

/** On pages that nobody sees without being signed in. */
export function useMe(): Me {
  const { me } = useStart()
  if (!me) throw new Error('nobody is signed in')
  return me
}

/** After somebody has signed in, out, or changed himself: everything that was known was about somebody else. */
export function useMeChanged(): (me: Me | null) => Promise<void> {
  const queries = useQueryClient()
  return async (me) => {
    const old = queries.getQueryData(startQuery.queryKey)?.me
    if (old?.id !== me?.id) queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'start' })
    queries.setQueryData(startQuery.queryKey, (start) => start && { ...start, me })
    await queries.invalidateQueries({ queryKey: startQuery.queryKey })
  }
}

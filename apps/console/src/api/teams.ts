import { seatContractsSchema, teamListSchema, teamSchema, teamUsageSchema } from '@codeplan/contract'
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { ask, nothing, type Wish } from './ask.ts'
import { startQuery } from './start.ts'

export const teamsQuery = queryOptions({
  queryKey: ['teams'],
  queryFn: async ({ signal }) => (await ask('/teams', teamListSchema, { signal })).teams,
})

export const teamQuery = (id: string) =>
  queryOptions({
    queryKey: ['teams', id],
    queryFn: ({ signal }) => ask(`/teams/${id}`, teamSchema, { signal }),
  })

export const seatContractsQuery = (id: string) =>
  queryOptions({
    queryKey: ['teams', id, 'contracts'],
    queryFn: async ({ signal }) => (await ask(`/teams/${id}/contracts`, seatContractsSchema, { signal })).contracts,
  })

export const teamUsageQuery = (id: string) =>
  queryOptions({
    queryKey: ['teams', id, 'usage'],
    queryFn: async ({ signal }) => (await ask(`/teams/${id}/usage`, teamUsageSchema, { signal })).people,
  })

/** A change of a team that answers nothing; what is shown of it is asked anew. */
export function useTeamChange(id: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ path, ...wish }: Wish & { readonly path: string }) => ask(`/teams/${id}${path}`, nothing, wish),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: teamsQuery.queryKey })
      await queries.invalidateQueries({ queryKey: startQuery.queryKey })
    },
  })
}

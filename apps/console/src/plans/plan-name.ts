import { useQuery } from '@tanstack/react-query'

import { plansQuery } from '../api/plans.ts'

/** The name of a plan; one that the catalog has no more is called by its id. */
export function usePlanName(): (plan: string) => string {
  const { data } = useQuery(plansQuery)
  return (plan) => data?.plans.find(({ id }) => id === plan)?.name ?? plan
}

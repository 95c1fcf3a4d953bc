import { keyMadeSchema, keySchema } from '@codeplan/contract'
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { z } from 'zod'

import { ask } from './ask.ts'
import type { Refusal } from './refusal.ts'

export const keysQuery = queryOptions({
  queryKey: ['keys'],
  queryFn: async ({ signal }) => (await ask('/account/keys', z.object({ keys: z.array(keySchema) }), { signal })).keys,
})
export type Key = z.infer<typeof keySchema>
export type KeyMade = z.infer<typeof keyMadeSchema>

export interface KeyWish {
  readonly name: string
  readonly allowed?: readonly string[]
}

/** The text of a new key is in the answer, this once. It is kept nowhere but in the page that asked. */
export function useMakeKey() {
  const queries = useQueryClient()
  return useMutation<KeyMade, Refusal, KeyWish>({
    mutationFn: (wish) => ask('/account/keys', keyMadeSchema, { method: 'POST', body: wish }),
    onSuccess: () => queries.invalidateQueries({ queryKey: keysQuery.queryKey }),
  })
}

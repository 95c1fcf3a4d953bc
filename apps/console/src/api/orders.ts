import { methodsSchema, orderSchema, paidSchema, setupSchema } from '@codeplan/contract'
import { queryOptions } from '@tanstack/react-query'
import { z } from 'zod'

import { ask } from './ask.ts'

/** The provider's word takes seconds; who waits for it looks. */
const LOOK_EVERY_MS = 2_000
const LOOK_SELDOM_MS = 15_000

export const orderQuery = (id: string) =>
  queryOptions({
    queryKey: ['orders', id],
    queryFn: ({ signal }) => ask(`/orders/${encodeURIComponent(id)}`, paidSchema, { signal }),
    refetchInterval: ({ state }) => {
      if (state.data?.order.state !== 'open') return false
      const { payment } = state.data
      return payment && payment.state !== 'failed' ? LOOK_EVERY_MS : LOOK_SELDOM_MS
    },
  })

export type Setup = z.infer<typeof setupSchema>

/** A method that is being added: whoever has come back from the provider's page looks until it is there. */
export const setupQuery = (id: string) =>
  queryOptions({
    queryKey: ['methods', 'setups', id],
    queryFn: ({ signal }) => ask(`/methods/setups/${encodeURIComponent(id)}`, setupSchema, { signal }),
    refetchInterval: ({ state }) =>
      state.data?.state === 'succeeded' || state.data?.state === 'failed' ? false : LOOK_EVERY_MS,
  })

export type Methods = z.infer<typeof methodsSchema>

export const methodsQuery = queryOptions({
  queryKey: ['methods'],
  queryFn: ({ signal }) => ask('/methods', methodsSchema, { signal }),
})

export const ordersQuery = queryOptions({
  queryKey: ['orders'],
  queryFn: async ({ signal }) => (await ask('/orders', z.object({ orders: z.array(orderSchema) }), { signal })).orders,
})

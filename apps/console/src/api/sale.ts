import { stockSchema } from '@codeplan/contract'
import { queryOptions } from '@tanstack/react-query'

import { setServerTime } from '../format/ticking.ts'
import { ask } from './ask.ts'

/** What is left moves while people look. */
const LOOK_EVERY_MS = 5_000

export const stockQuery = queryOptions({
  queryKey: ['sale'],
  queryFn: async ({ signal }) => {
    const stock = await ask('/sale', stockSchema, { signal })
    setServerTime(stock.now)
    return stock
  },
  refetchInterval: ({ state }) => (state.data?.limited === false ? 12 * LOOK_EVERY_MS : LOOK_EVERY_MS),
})

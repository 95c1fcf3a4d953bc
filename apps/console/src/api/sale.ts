import { joinSchema, myTicketSchema, stockSchema } from '@codeplan/contract'
import { queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'

import { setServerTime } from '../format/ticking.ts'
import { ask } from './ask.ts'

/** What is left moves while people look; a turn lasts two minutes. */
const LOOK_EVERY_MS = 5_000
const LOOK_SELDOM_MS = 60_000

export const stockQuery = queryOptions({
  queryKey: ['sale'],
  queryFn: async ({ signal }) => {
    const stock = await ask('/sale', stockSchema, { signal })
    setServerTime(stock.now)
    return stock
  },
  refetchInterval: ({ state }) => (state.data?.limited === false ? LOOK_SELDOM_MS : LOOK_EVERY_MS),
})

export type MyTicket = z.infer<typeof myTicketSchema>

/** Asked only while the sale is limited, of whoever is signed in. */
export const ticketQuery = queryOptions({
  queryKey: ['sale', 'ticket'],
  queryFn: ({ signal }) => ask('/sale/ticket', myTicketSchema, { signal }),
  refetchInterval: ({ state }) => (isInLine(state.data) ? LOOK_EVERY_MS : LOOK_SELDOM_MS),
})

export const isInLine = (mine: MyTicket | undefined): boolean =>
  mine?.ticket?.state === 'waiting' || mine?.ticket?.state === 'called'

export const joinLine = (plan: string, how: 'ticket' | 'waitlist'): Promise<MyTicket> =>
  ask(`/sale/${how}`, myTicketSchema, { method: 'POST', body: joinSchema.parse({ plan }) })

export const leaveLine = (): Promise<MyTicket> => ask('/sale/ticket', myTicketSchema, { method: 'DELETE' })

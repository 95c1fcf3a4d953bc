import { no, yes } from '@codeplan/core'

import { shownOrder, wordBilling, type Billing, type BillingRefusal, type TeamSeats } from './billing/index.ts'
import type { CatalogRoom } from './catalog/index.ts'
import { requestKeyOf } from './identity/index.ts'
import { addSeats, adminsOf, moveSeatsOf, usesBySource, type OrderSeats } from './teams/index.ts'

/** Teams and the shop do not know each other: how the shop gives seats, */
export const teamSeats: TeamSeats = {
  add: async (tx, seats, now) => (await addSeats(tx, seats, now)).ok,
  moveEnd: moveSeatsOf,
  admins: adminsOf,
  uses: usesBySource,
}

/** and how a team's administrator orders seats. */
export function seatOrders({ billing, catalog }: { billing: Billing; catalog: CatalogRoom }): OrderSeats {
  const refuse = (refusal: BillingRefusal) => no(wordBilling(refusal, catalog.current().operator))
  return async (request, wish, now) => {
    const requestKey = requestKeyOf(request)
    if (requestKey === undefined) return refuse({ code: 'no_request_key' })
    const ordered = await billing.orderSeats({ ...wish, requestKey }, now)
    return ordered.ok ? yes(shownOrder(ordered.value)) : refuse(ordered.no)
  }
}

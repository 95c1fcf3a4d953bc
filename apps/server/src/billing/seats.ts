import {
  minor,
  MINUTE_MS,
  no,
  NOTHING,
  plusMs,
  yes,
  type Cycle,
  type Instant,
  type MemberId,
  type Outcome,
} from '@codeplan/core'

import type { Tx } from '../platform/index.ts'
import type { BillingDeps } from './deps.ts'
import { placeOrder, priceOf, type OrderRefusal } from './order.ts'
import type { OrderRow } from './store.ts'

export interface SeatsWish {
  readonly memberId: MemberId
  readonly teamId: string
  readonly plan: string
  readonly cycle: Cycle
  readonly count: number
  readonly requestKey: string
}

/** The order of seats for a team: each at the plan's fee, from the payment on for one period. They take no limited stock. */
export async function orderSeats(
  deps: Pick<BillingDeps, 'catalog'>,
  tx: Tx,
  { memberId, teamId, plan, cycle, count, requestKey }: SeatsWish,
  now: Instant,
): Promise<Outcome<OrderRow, OrderRefusal>> {
  const catalog = deps.catalog.current()
  const version = catalog.plans.has(plan) ? await deps.catalog.newestPlanVersion(tx, plan) : undefined
  if (!version) return no({ code: 'no_such_plan', plan, plans: [...catalog.plans.keys()] })
  const { currency } = catalog.operator
  const price = priceOf(version.terms, cycle, currency)
  if (price === undefined) return no({ code: 'cycle_not_sold', cycle, cycles: Object.keys(version.terms.prices) })
  const draft = {
    member_id: memberId,
    kind: 'seats',
    plan,
    plan_version_id: version.id,
    cycle,
    currency,
    price: minor(price * count),
    discount: NOTHING,
    credit: NOTHING,
    coupon: null,
    subscription_id: null,
    quote: { seats: { teamId, count } },
    expires_at: plusMs(now, catalog.billing.order_minutes * MINUTE_MS),
    request_key: requestKey,
  } as const
  const placed = await placeOrder(tx, draft, now)
  return placed.ok ? yes(placed.value.order) : placed
}

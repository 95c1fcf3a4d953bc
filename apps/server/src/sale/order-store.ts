import { randomBytes } from 'node:crypto'

import { makeId, minor, MINUTE_MS, no, plusMs, readMoney, yes, type PlanTerms } from '@codeplan/core'

import type { CatalogRoom } from '../catalog/index.ts'
import { sql, type SaleWording } from '../platform/index.ts'
import type { OrderRefusal, PlacedOrder, PlaceOrder } from './deps.ts'

/** Stands in for billing's `placePurchase` until that is on the same branch: an order of a plan, without coupons. */
export const placeOrderAlone =
  (catalog: CatalogRoom): PlaceOrder =>
  async (tx, wish, now) => {
    const { memberId, plan, cycle, requestKey, holdMs = 30 * MINUTE_MS } = wish
    const same = await sql<PlacedOrder>`select * from orders
      where member_id = ${memberId} and request_key = ${requestKey}`.execute(tx)
    if (same.rows[0]) return yes({ order: same.rows[0], isNew: false })
    const version = await catalog.newestPlanVersion(tx, plan)
    const price = version && priceOf(version.terms, cycle, catalog.current().operator.currency)
    if (!version || price === undefined) return no({ code: 'cycle_not_sold' })
    const { rows } =
      await sql<PlacedOrder>`insert into orders (id, member_id, kind, plan, plan_version_id, cycle, currency,
        price, amount, expires_at, request_key, created_at)
      values (${makeId('ord', now, randomBytes(16))}, ${memberId}, 'purchase', ${plan}, ${version.id}, ${cycle},
        ${catalog.current().operator.currency}, ${price}, ${price}, ${plusMs(now, holdMs)}, ${requestKey}, ${now})
      on conflict do nothing returning *`.execute(tx)
    return rows[0] ? yes({ order: rows[0], isNew: true }) : no({ code: 'order_open' })
  }

function priceOf(terms: PlanTerms, cycle: 'month' | 'quarter' | 'year', currency: string) {
  const text = terms.prices[cycle]
  const read = text === undefined ? undefined : readMoney(text, currency)
  return read?.ok ? minor(read.value) : undefined
}

export const wordOrderAlone = ({ code }: OrderRefusal): SaleWording => ({
  status: 409,
  text: { en: `This cannot be ordered (${code}).`, zh: `无法下单（${code}）。` },
  detail: {},
})

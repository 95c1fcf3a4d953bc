import { MONTHS, plusMonths, type Instant } from '@codeplan/core'

import type { Queries, Tx } from '../platform/index.ts'
import type { BillingDeps } from './deps.ts'
import { priceOf } from './order.ts'
import type { Debits } from './providers/port.ts'
import type { OrderRow } from './store.ts'

/**
 * What a customer allows who keeps a method with an order: the fee of its plan, every cycle, first when the period ends that
 * it pays for. Undefined for what does not renew.
 */
export async function debitsOf(
  deps: Pick<BillingDeps, 'catalog'>,
  on: Queries | Tx,
  { kind, cycle, currency, price, plan_version_id: version, quote }: OrderRow,
  now: Instant,
): Promise<Debits | undefined> {
  if (cycle === null || version === null) return undefined
  const months = MONTHS[cycle]
  const { zone } = deps.catalog.current().operator
  const terms = (await deps.catalog.planVersions(on, [version])).get(version)
  // The price of an upgrade is that of the rest of a period.
  const fee = kind === 'upgrade' && terms ? priceOf(terms, cycle, currency) : price
  const firstAt =
    quote.upgrade?.windows === 'carry'
      ? quote.upgrade.period.endsAt
      : plusMonths(zone, quote.periodStartsAt ?? now, months)
  return { amountMax: fee ?? price, months, firstAt }
}

import { renewalOf, servedUntil, type MemberId } from '@codeplan/core'
import type { subscriptionSchema } from '@codeplan/contract'
import type { z } from 'zod'

import type { BillingDeps } from './deps.ts'
import { termsOf } from './plan-terms.ts'
import { renewalRules } from './rules.ts'
import { isoOf, moneyOf, shownOrder } from './shown.ts'
import { openRenewal, runningContract } from './store.ts'

/** What a member has, until when, and what will be charged next: with the arithmetic that charges it. */
export async function viewSubscription(
  deps: BillingDeps,
  memberId: MemberId,
): Promise<z.infer<typeof subscriptionSchema> | null> {
  return deps.db.tx(async (tx) => {
    const contract = await runningContract(tx, memberId)
    if (!contract) return null
    const catalog = deps.catalog.current()
    const { terms, currency, subscription_id: id } = contract
    const plan = await termsOf(deps, tx, terms.planVersionId)
    const next = renewalOf(catalog.operator.zone, terms)
    const nextPlan = await termsOf(deps, tx, next.planVersionId)
    const bill = await openRenewal(tx, id)
    return {
      plan: plan.plan,
      name: plan.name,
      cycle: terms.cycle,
      status: terms.status === 'past_due' ? 'past_due' : 'active',
      period: { starts_at: isoOf(terms.period.startsAt), ends_at: isoOf(terms.period.endsAt) },
      served_until: isoOf(servedUntil(terms, renewalRules(catalog))),
      renews: terms.renews,
      renewal: terms.renews
        ? {
            plan: nextPlan.plan,
            cycle: next.cycle,
            price: moneyOf(next.price, currency),
            at: isoOf(next.period.startsAt),
            windows: nextPlan.plan === plan.plan ? (nextPlan.renewalWindows ?? 'keep') : 'fresh',
          }
        : null,
      open_order: bill ? shownOrder(bill) : null,
    }
  })
}

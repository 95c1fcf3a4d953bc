import {
  minor,
  MINUTE_MS,
  no,
  NOTHING,
  plusMs,
  readMoney,
  withRenewal,
  yes,
  type Instant,
  type MemberId,
  type Outcome,
} from '@codeplan/core'

import { storeContract } from './carry-out.ts'
import type { BillingDeps } from './deps.ts'
import { letGo } from './let-go.ts'
import { placeOrder } from './order.ts'
import { methodById, unbindMethod } from './payments-store.ts'
import { lockOrder, orderById, runningContract, saveContract, type ContractRow, type OrderRow } from './store.ts'
import { changeAtRenewal, type NoUpgrade, type UpgradeWish } from './upgrade.ts'

/** The renewal switch. Off: the plan runs to the end of what is paid. It can be put on again until then. */
export async function switchRenewal(
  deps: BillingDeps,
  memberId: MemberId,
  on: boolean,
): Promise<Outcome<ContractRow, { readonly code: 'not_subscribed' }>> {
  return deps.db.tx(async (tx) => {
    const contract = await runningContract(tx, memberId, 'locked')
    if (!contract) return no({ code: 'not_subscribed' })
    await storeContract(deps, tx, contract, withRenewal(contract.terms, on))
    return yes((await runningContract(tx, memberId)) as ContractRow)
  })
}

/** What takes over at the next period. The plan that runs is not touched; `undefined` takes a change back. */
export async function planNext(
  deps: BillingDeps,
  memberId: MemberId,
  wish: Omit<UpgradeWish, 'memberId'> | undefined,
): Promise<Outcome<ContractRow, NoUpgrade>> {
  return deps.db.tx(async (tx) => {
    const change = wish && (await changeAtRenewal(deps, tx, { ...wish, memberId }))
    if (change && !change.ok) return change
    const contract = await runningContract(tx, memberId, 'locked')
    if (!contract) return no({ code: 'not_subscribed' })
    await storeContract(deps, tx, contract, { ...contract.terms, next: change?.value.next })
    return yes((await runningContract(tx, memberId)) as ContractRow)
  })
}

/** The method that renewals are charged to. */
export async function chooseMethod(
  deps: BillingDeps,
  memberId: MemberId,
  methodId: string,
): Promise<Outcome<void, { readonly code: 'not_subscribed' | 'no_such_method' }>> {
  return deps.db.tx(async (tx) => {
    const method = await methodById(tx, methodId)
    if (method?.member_id !== memberId) return no({ code: 'no_such_method' })
    const contract = await runningContract(tx, memberId, 'locked')
    if (!contract) return no({ code: 'not_subscribed' })
    await saveContract(tx, { ...contract, method_id: methodId })
    return yes(undefined)
  })
}

/** Gives a permission back, here and at the provider. */
export async function unbind(
  deps: BillingDeps,
  memberId: MemberId,
  methodId: string,
  now: Instant,
): Promise<Outcome<void, { readonly code: 'no_such_method' }>> {
  const method = await deps.db.tx(async (tx) => {
    const found = await methodById(tx, methodId)
    if (found?.member_id !== memberId) return undefined
    await unbindMethod(tx, methodId, now)
    return found
  })
  if (!method) return no({ code: 'no_such_method' })
  try {
    await deps.providers().get(method.provider)?.unbind(method.mandate)
  } catch (error) {
    deps.log.warn(
      { err: error, method: methodId },
      'a provider did not take a permission back; it is not used any more',
    )
  }
  return yes(undefined)
}

/** The member does not want an order any more. */
export async function cancelOrder(
  deps: BillingDeps,
  memberId: MemberId,
  orderId: string,
  now: Instant,
): Promise<Outcome<OrderRow, { readonly code: 'no_such_order' | 'not_cancellable' }>> {
  return deps.db.tx(async (tx) => {
    const order = await lockOrder(tx, orderId)
    if (order?.member_id !== memberId) return no({ code: 'no_such_order' })
    // The bill of a renewal is taken back by the renewal switch.
    const isBill = order.kind === 'renewal' || order.quote.seats?.renews !== undefined
    if (isBill || order.state === 'paid') return no({ code: 'not_cancellable' })
    await letGo(deps, tx, order.id, 'cancelled', now)
    return yes((await orderById(tx, orderId)) as OrderRow)
  })
}

export type NoTopUp =
  | { readonly code: 'not_an_amount'; readonly text: string }
  | { readonly code: 'amount_out_of_range'; readonly min: string; readonly max: string }

/** An order that fills the balance. */
export async function orderTopUp(
  deps: BillingDeps,
  wish: { readonly memberId: MemberId; readonly amount: string; readonly requestKey: string },
  now: Instant,
): Promise<Outcome<OrderRow, NoTopUp>> {
  const { operator, billing } = deps.catalog.current()
  const { currency } = operator
  const amount = readMoney(wish.amount, currency)
  if (!amount.ok) return no({ code: 'not_an_amount', text: wish.amount })
  const bound = (text: string): number => {
    const read = readMoney(text, currency)
    return read.ok ? read.value : 0
  }
  const { min, max } = billing.top_up
  if (amount.value < bound(min) || amount.value > bound(max)) return no({ code: 'amount_out_of_range', min, max })
  return deps.db.tx(async (tx) => {
    const placed = await placeOrder(
      tx,
      {
        member_id: wish.memberId,
        kind: 'balance',
        plan: null,
        plan_version_id: null,
        cycle: null,
        currency,
        price: minor(amount.value),
        discount: NOTHING,
        credit: NOTHING,
        coupon: null,
        subscription_id: null,
        quote: {},
        expires_at: plusMs(now, billing.order_minutes * MINUTE_MS),
        request_key: wish.requestKey,
      },
      now,
    )
    if (!placed.ok) throw new Error(`a top-up cannot be ordered: ${placed.no.code}`)
    return yes(placed.value.order)
  })
}

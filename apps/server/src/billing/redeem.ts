import { microsOfMinor, no, NOTHING, readMoney, yes, type Instant, type MemberId, type Outcome } from '@codeplan/core'

import { fillBalance, grantIn } from '../entitlements/index.ts'
import { postAdjustment } from '../ledger/index.ts'
import { takeRedeemCode, type Gift } from './coupons-store.ts'
import type { BillingDeps } from './deps.ts'

export type NoRedeem = { readonly code: 'code_unknown' | 'code_taken' }

/** Takes a code: months of a plan without payment, or money for the balance; once, whoever is first. */
export async function redeem(
  deps: BillingDeps,
  wish: { readonly memberId: MemberId; readonly code: string },
  now: Instant,
): Promise<Outcome<Gift, NoRedeem>> {
  return deps.db.tx(async (tx) => {
    const gift = await takeRedeemCode(tx, wish.code, wish.memberId, now)
    if (gift === 'unknown') return no({ code: 'code_unknown' })
    if (gift === 'taken') return no({ code: 'code_taken' })
    const { memberId } = wish
    if ('plan' in gift) {
      const granted = await grantIn(tx, deps.catalog, { memberId, ...gift, source: 'redeem' }, now)
      if (!granted.ok) throw new Error(granted.no)
      return yes(gift)
    }
    const { currency } = deps.catalog.current().operator
    const read = readMoney(gift.balance, currency)
    const amount = microsOfMinor(read.ok ? read.value : NOTHING)
    const idempotencyKey = `redeem:${memberId}:${wish.code.trim().toUpperCase()}`
    await postAdjustment(tx, { memberId, currency, amount, note: 'redeem code', idempotencyKey }, now)
    await fillBalance(tx, { memberId, currency, amount })
    return yes(gift)
  })
}

import {
  discountOf,
  no,
  yes,
  type Coupon,
  type CouponRefusal,
  type Instant,
  type MemberId,
  type Minor,
  type OrderId,
  type Outcome,
} from '@codeplan/core'

import type { Tx } from '../platform/index.ts'
import { addCouponUse, couponUsedBy, giveCouponBack, lockCoupon } from './coupons-store.ts'

export type NoCoupon = CouponRefusal | 'coupon_unknown' | 'coupon_used_by_you'

/** What a coupon takes off, with its row locked, so that the last one of many is given once. */
export async function readCoupon(
  tx: Tx,
  of: { readonly code: string; readonly memberId: MemberId; readonly plan: string; readonly price: Minor },
  now: Instant,
): Promise<Outcome<Minor, NoCoupon>> {
  const coupon: Coupon | undefined = await lockCoupon(tx, of.code)
  if (!coupon) return no('coupon_unknown')
  if (await couponUsedBy(tx, of.code, of.memberId)) return no('coupon_used_by_you')
  return discountOf(coupon, of.plan, of.price, now)
}

/** The order has it now. */
export async function useCoupon(
  tx: Tx,
  code: string,
  memberId: MemberId,
  orderId: OrderId,
): Promise<Outcome<void, NoCoupon>> {
  return (await addCouponUse(tx, code, memberId, orderId)) ? yes(undefined) : no('coupon_used_by_you')
}

/** The order was let go: somebody else, or the member again, may use it. */
export const couponBack = (tx: Tx, code: string, orderId: OrderId): Promise<void> => giveCouponBack(tx, code, orderId)

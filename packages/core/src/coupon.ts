import { minor, shareDown, type Minor } from './money.ts'
import { no, yes, type Outcome } from './outcome.ts'
import type { Instant } from './units.ts'

/** A discount on a first order. Exactly one of `percent` and `amount`. */
export interface Coupon {
  readonly percent?: number | undefined
  readonly amount?: Minor | undefined
  /** Empty: any plan. */
  readonly plans: readonly string[]
  readonly usesMax: number | null
  readonly uses: number
  readonly startsAt?: Instant | undefined
  readonly endsAt?: Instant | undefined
}

export type CouponRefusal = 'coupon_not_yet' | 'coupon_over' | 'coupon_used_up' | 'coupon_other_plan'

/** What a coupon takes off a price: never more than the price; a percentage is rounded down. */
export function discountOf(coupon: Coupon, plan: string, price: Minor, now: Instant): Outcome<Minor, CouponRefusal> {
  if (coupon.startsAt !== undefined && now < coupon.startsAt) return no('coupon_not_yet')
  if (coupon.endsAt !== undefined && now >= coupon.endsAt) return no('coupon_over')
  if (coupon.usesMax !== null && coupon.uses >= coupon.usesMax) return no('coupon_used_up')
  if (coupon.plans.length > 0 && !coupon.plans.includes(plan)) return no('coupon_other_plan')
  const off = coupon.percent === undefined ? (coupon.amount ?? minor(0)) : shareDown(price, coupon.percent, 100)
  return yes(minor(Math.min(off, price)))
}

import type { Instant, OrderId } from '@codeplan/core'

import type { Tx } from '../platform/index.ts'
import { couponBack } from './coupons.ts'
import type { BillingDeps } from './deps.ts'
import { closeOrder, lockOrder } from './store.ts'

/** An order that was not paid is closed: its piece of stock and its coupon return. Money that comes later is asked again (F61). */
export async function letGo(
  deps: BillingDeps,
  tx: Tx,
  orderId: OrderId,
  as: 'expired' | 'cancelled',
  now: Instant,
): Promise<boolean> {
  const order = await lockOrder(tx, orderId)
  if (!order || order.state !== 'open') return false
  if (as === 'expired' && order.expires_at > now) return false
  await closeOrder(tx, orderId, { state: as }, now)
  if (order.coupon !== null) await couponBack(tx, order.coupon, orderId)
  if (order.kind === 'purchase') await deps.stock().letGo(tx, orderId, now)
  return true
}

import type { OrderId } from '@codeplan/core'

import type { Tx } from '../platform/index.ts'
import type { Instant } from '@codeplan/core'

/** What a purchase needs of the limited sale. The room above plugs it in; renewals and upgrades never ask. */
export interface Stock {
  /**
   * The order's money is there: its piece is sold. When its hold is over a free piece is taken again; false when there is
   * none, or the payment method has had its share, and the money goes back.
   */
  sell(tx: Tx, orderId: OrderId, payer: { readonly fingerprint: string | null }, now: Instant): Promise<boolean>
  /** The order is let go: its piece returns. */
  letGo(tx: Tx, orderId: OrderId, now: Instant): Promise<void>
}

/** Sale without limit. */
export const endlessStock: Stock = {
  sell: () => Promise.resolve(true),
  letGo: () => Promise.resolve(),
}

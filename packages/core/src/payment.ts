/** How far a payment is. What is further along is never put back by an event that comes late (F58). */
export type PaymentState = 'created' | 'pending' | 'action_required' | 'succeeded' | 'failed' | 'refunded'

const RANKS: Readonly<Record<PaymentState, number>> = {
  created: 0,
  action_required: 1,
  pending: 2,
  // A payment that failed may still come (a late transfer); one that came is not taken back but by a refund.
  failed: 3,
  succeeded: 4,
  refunded: 5,
}

/** Whether an event moves a payment on. */
export const movesOn = (from: PaymentState, to: PaymentState): boolean =>
  RANKS[to] > RANKS[from] || (from === 'pending' && to === 'action_required')

export type OrderState = 'open' | 'paid' | 'expired' | 'cancelled'

/** What the money of a payment that has come in is for. */
export type MoneyGoes =
  | 'pays_order'
  /** The order was let go: it is paid if what it needs is still there, else the money goes back (F61). */
  | 'pays_order_again'
  /** Another payment has paid this order already (F62). */
  | 'goes_back'

export function moneyGoes(order: OrderState): MoneyGoes {
  if (order === 'open') return 'pays_order'
  return order === 'expired' || order === 'cancelled' ? 'pays_order_again' : 'goes_back'
}

import type { AdminPayment, AdminRefund, Order } from '@codeplan/contract'

import { Badge, type Tone } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { ordersWords } from './orders-words.ts'

const ORDERS: Readonly<Record<Order['state'], Tone>> = {
  open: 'warn',
  paid: 'good',
  expired: 'plain',
  cancelled: 'plain',
}
const PAYMENTS: Readonly<Record<AdminPayment['state'], Tone>> = {
  created: 'warn',
  pending: 'warn',
  action_required: 'plain',
  succeeded: 'good',
  failed: 'bad',
  refunded: 'plain',
}
const REFUNDS: Readonly<Record<AdminRefund['state'], Tone>> = {
  requested: 'warn',
  pending: 'warn',
  succeeded: 'good',
  failed: 'bad',
}

export function OrderState({ state }: Pick<Order, 'state'>) {
  const w = useWords(ordersWords)
  return <Badge tone={ORDERS[state]}>{w.states[state]}</Badge>
}
export function PaymentState({ state }: Pick<AdminPayment, 'state'>) {
  const w = useWords(ordersWords)
  return <Badge tone={PAYMENTS[state]}>{w.paymentStates[state]}</Badge>
}
export function RefundState({ state }: Pick<AdminRefund, 'state'>) {
  const w = useWords(ordersWords)
  return <Badge tone={REFUNDS[state]}>{w.refundStates[state]}</Badge>
}

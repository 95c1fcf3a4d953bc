import { randomBytes } from 'node:crypto'

import { makeId, type Instant } from '@codeplan/core'

import type { Tx } from '../platform/index.ts'
import { debitsOf } from './debits.ts'
import type { BillingDeps } from './deps.ts'
import { bindMethod, lockPayment, savePayment } from './payments-store.ts'
import type { MandateNews } from './providers/port.ts'
import { lockSeatContract, saveSeatContract } from './seat-contracts-store.ts'
import { lockOrder, runningContract, saveContract } from './store.ts'

/** A permission to debit is told apart from the money of its checkout: it may come before it or after it. */
export async function granted(
  deps: Pick<BillingDeps, 'catalog'>,
  tx: Tx,
  provider: string,
  news: Extract<MandateNews, { state: 'granted' }>,
  now: Instant,
): Promise<'bound' | 'unknown_payment' | 'mismatch'> {
  const payment = await lockPayment(tx, news.paymentId)
  const order = payment && (await lockOrder(tx, payment.order_id))
  if (!payment || !order) return 'unknown_payment'
  if (payment.provider !== provider) return 'mismatch'
  const { mandate, label, fingerprint } = news
  const debits = await debitsOf(deps, tx, order, now)
  const methodId = await bindMethod(
    tx,
    {
      id: makeId('pmt', now, randomBytes(16)),
      memberId: payment.member_id,
      provider,
      method: { mandate, label, fingerprint, amountMax: debits?.amountMax ?? order.price },
    },
    now,
  )
  await savePayment(tx, { ...payment, method_id: methodId }, now)
  const seats = order.kind === 'seats' ? await lockSeatContract(tx, order.quote.seats?.renews ?? order.id) : undefined
  if (seats?.member_id === payment.member_id) await saveSeatContract(tx, { ...seats, method_id: methodId })
  const contract = await runningContract(tx, payment.member_id, 'locked')
  if (contract?.subscription_id === order.subscription_id) await saveContract(tx, { ...contract, method_id: methodId })
  return 'bound'
}

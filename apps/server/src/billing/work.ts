import type { Instant, PaymentId } from '@codeplan/core'

import type { Tx } from '../platform/index.ts'
import type { BillingDeps } from './deps.ts'
import { letGo } from './let-go.ts'
import { ask, inTx } from './pay.ts'
import { reconcile, sendRefunds } from './reconcile.ts'
import { workContract } from './renew.ts'
import { dueSeatContracts } from './seat-contracts-store.ts'
import { workSeats } from './seat-renewals.ts'
import { dueContracts, expiredOrders } from './store.ts'
import { checkSetups } from './setups.ts'
import { workWaiting } from './webhook.ts'

const BATCH = 100
/** A round that never ends would be a fault: what is due moves on with each step. */
const ROUNDS_MAX = 1_000

/**
 * Everything that the clock has to do with, until nothing is due: renewals, orders that run out, refunds, payments to ask
 * about, notifications that a crash has left. Several nodes may do so at once: each step looks again under a lock.
 */
export async function workDue(deps: BillingDeps, now: Instant): Promise<number> {
  let done = 0
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const before = done
    done += await workWaiting(deps, now)
    for (const id of await dueContracts(deps.db.queries, now, BATCH)) {
      if (await workOne(deps, (tx) => workContract(deps, tx, id, now), now)) done++
    }
    for (const id of await dueSeatContracts(deps.db.queries, now, BATCH)) {
      if (await workOne(deps, (tx) => workSeats(deps, tx, id, now), now)) done++
    }
    for (const id of await expiredOrders(deps.db.queries, now, BATCH)) {
      if (await deps.db.tx((tx) => letGo(deps, tx, id, 'expired', now))) done++
    }
    done += await sendRefunds(deps, now)
    done += await reconcile(deps, now)
    done += await checkSetups(deps, now)
    if (done === before) return done
  }
  deps.log.error('work that is due does not come to an end')
  return done
}

async function workOne(
  deps: BillingDeps,
  work: (tx: Tx) => Promise<PaymentId | undefined>,
  now: Instant,
): Promise<boolean> {
  let payment: PaymentId | undefined
  try {
    payment = await inTx(deps, work)
  } catch (error) {
    // One contract that is faulty must not keep the others from being renewed.
    deps.log.error({ err: error }, 'a renewal failed; it is tried again')
    return false
  }
  if (payment) await ask(deps, payment, { returnPath: '/', language: 'en' }, now)
  return true
}

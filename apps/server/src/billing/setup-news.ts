import { randomBytes } from 'node:crypto'

import { makeId, movesOn, plusMs, type Instant } from '@codeplan/core'

import type { Tx } from '../platform/index.ts'
import type { BillingDeps } from './deps.ts'
import { bindMethod } from './payments-store.ts'
import type { SetupNews } from './providers/port.ts'
import { CHECK_AFTER_MS } from './rules.ts'
import { lockSetup, saveSetup } from './setups-store.ts'
import { runningContract, saveContract } from './store.ts'

/** When it is asked about again. What is done and not named yet is asked for in the next round. */
const CHECK_MS: Readonly<Partial<Record<SetupNews['state'], number>>> = { action_required: CHECK_AFTER_MS, pending: 0 }

/**
 * What has become of a method that is bound without a payment: once, in any order, whoever says so. What was allowed last is
 * what renewals are charged to, as with a method that is kept with a payment.
 */
export async function setupNews(
  deps: Pick<BillingDeps, 'log'>,
  tx: Tx,
  provider: string,
  news: SetupNews,
  now: Instant,
): Promise<'bound' | 'moved_on' | 'nothing_new' | 'unknown_payment' | 'mismatch'> {
  const row = await lockSetup(tx, news.setupId)
  if (!row) return 'unknown_payment'
  const isOtherRef = row.provider_ref !== null && news.ref !== null && row.provider_ref !== news.ref
  if (row.provider !== provider || isOtherRef) {
    deps.log.error({ setup: row.id, provider }, 'a provider speaks of a setup that is not as it was asked for')
    return 'mismatch'
  }
  const { state } = news
  if (!movesOn(row.state, state)) return 'nothing_new'
  const method = state === 'succeeded' && news.method ? { ...news.method, amountMax: row.amount_max } : undefined
  const id = makeId('pmt', now, randomBytes(16))
  const methodId = method ? await bindMethod(tx, { id, memberId: row.member_id, provider, method }, now) : null
  await saveSetup(tx, {
    id: row.id,
    state,
    provider_ref: news.ref ?? row.provider_ref,
    action: news.action ?? row.action,
    failure: news.failure ?? null,
    method_id: methodId,
    check_at: CHECK_MS[state] === undefined ? null : plusMs(now, CHECK_MS[state]),
  })
  if (methodId === null) return 'moved_on'
  const contract = await runningContract(tx, row.member_id, 'locked')
  if (contract) await saveContract(tx, { ...contract, method_id: methodId })
  return 'bound'
}

import { availableIn, no, topUp, yes, type Instant, type MemberId, type Micros, type Outcome } from '@codeplan/core'

import type { CatalogRoom } from '../catalog/index.ts'
import { postAdjustment } from '../ledger/index.ts'
import { outcomeTx, type Db, type Tx } from '../platform/index.ts'
import { monthOf } from './pay.ts'
import { lockWallet, readWallet, saveWallet, walletOf } from './store.ts'

interface Deps {
  readonly db: Db
  readonly catalog: CatalogRoom
}

/** A member's balance, as the gate sees it. */
export interface WalletStanding {
  readonly currency: string
  readonly balance: Micros
  /** Set aside for calls that run. */
  readonly reserved: Micros
  readonly available: Micros
  readonly overflow: { readonly on: boolean; readonly cap: Micros | null; readonly spentThisMonth: Micros }
}

export async function walletStanding(deps: Deps, memberId: MemberId, now: Instant): Promise<WalletStanding> {
  const wallet = walletOf(await readWallet(deps.db.queries, memberId))
  const { zone, currency } = deps.catalog.current().operator
  const { on, cap, month, spent } = wallet.overflow
  const spentThisMonth = month === monthOf(zone, now) ? spent : (0 as Micros)
  const { balance, reserved } = wallet
  return { currency, balance, reserved, available: availableIn(wallet), overflow: { on, cap, spentThisMonth } }
}

export interface Gift {
  readonly memberId: MemberId
  readonly amount: Micros
  readonly note: string
  /** The same key counts once. */
  readonly idempotencyKey: string
}

/** An operator adds to a balance, or takes from it, not more than is free. */
export const addBalance = (deps: Deps, gift: Gift, now: Instant): ReturnType<typeof addBalanceIn> =>
  outcomeTx(deps.db, (tx) => addBalanceIn(tx, deps.catalog, gift, now))

/** The same in a transaction of whoever books it, who takes it back when the answer is no. */
export async function addBalanceIn(
  tx: Tx,
  catalog: CatalogRoom,
  gift: Gift,
  now: Instant,
): Promise<Outcome<{ readonly posted: boolean; readonly balance: Micros }, { readonly available: Micros }>> {
  const { currency } = catalog.current().operator
  const before = walletOf(await lockWallet(tx, gift.memberId, currency))
  // First the key: what was booked before is not asked about again.
  const posted = await postAdjustment(tx, { ...gift, currency }, now)
  if (!posted) return yes({ posted, balance: before.balance })
  const after = topUp(before, gift.amount)
  if (!after.ok) return no({ available: availableIn(before) })
  await saveWallet(tx, gift.memberId, after.value)
  return yes({ posted, balance: after.value.balance })
}

/** Money that was paid in and posted is the member's. */
export async function fillBalance(
  tx: Tx,
  money: { readonly memberId: MemberId; readonly currency: string; readonly amount: Micros },
): Promise<void> {
  const before = walletOf(await lockWallet(tx, money.memberId, money.currency))
  const after = topUp(before, money.amount)
  if (!after.ok) throw new Error('a payment cannot take from a balance')
  await saveWallet(tx, money.memberId, after.value)
}

/** The member's own switch: a full plan goes on at the expense of the balance, each month as far as the cap. */
export async function setOverflow(
  deps: Deps,
  memberId: MemberId,
  wish: { readonly on: boolean; readonly cap: Micros | null },
): Promise<void> {
  const { currency } = deps.catalog.current().operator
  await deps.db.tx(async (tx) => {
    const wallet = walletOf(await lockWallet(tx, memberId, currency))
    await saveWallet(tx, memberId, { ...wallet, overflow: { ...wallet.overflow, ...wish } })
  })
}

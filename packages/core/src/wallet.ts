import { no, yes, type Outcome } from './outcome.ts'
import { micros, type Micros } from './units.ts'

/** What a member has paid in and not yet used. `reserved` is set aside for calls that run; it never exceeds `balance`. */
export interface Wallet {
  readonly balance: Micros
  readonly reserved: Micros
  /** Whether a full plan goes on at the expense of the balance, and how far in a month. */
  readonly overflow: {
    readonly on: boolean
    /** Null: as far as the balance reaches. */
    readonly cap: Micros | null
    /** The month that `spent` belongs to, as `2026-11` on the operator's calendar. What runs is counted as reserved. */
    readonly month: string
    readonly spent: Micros
  }
}

export const emptyWallet: Wallet = {
  balance: micros(0),
  reserved: micros(0),
  overflow: { on: false, cap: null, month: '', spent: micros(0) },
}

/** A call that the balance pays. `month`: when it was let in, of a call that overflows a plan; null for any other. */
export interface PaidCall {
  readonly reserve: Micros
  readonly month: string | null
}

export type WalletRefusal =
  | { readonly code: 'balance_low'; readonly available: Micros; readonly needed: Micros }
  | { readonly code: 'cap_reached'; readonly cap: Micros; readonly spent: Micros }

export const availableIn = ({ balance, reserved }: Wallet): Micros => micros(balance - reserved)

/** Sets a call's reserve aside. What costs nothing needs no balance (F51). */
export function reserveCall(wallet: Wallet, call: PaidCall): Outcome<Wallet, WalletRefusal> {
  const available = availableIn(wallet)
  if (call.reserve > available) return no({ code: 'balance_low', available, needed: call.reserve })
  if (call.month !== null) {
    const spent = spentIn(wallet, call.month)
    const { cap } = wallet.overflow
    if (cap !== null && spent + call.reserve > cap) return no({ code: 'cap_reached', cap, spent })
  }
  return yes(setAside(wallet, call))
}

/** The same without asking: for a call that was let in and whose beginning a crash of the database has lost. */
export function setAside(wallet: Wallet, { reserve, month }: PaidCall): Wallet {
  const reserved = micros(wallet.reserved + reserve)
  if (month === null) return { ...wallet, reserved }
  const spent = micros(spentIn(wallet, month) + reserve)
  return { ...wallet, reserved, overflow: { ...wallet.overflow, month, spent } }
}

export interface Paid {
  readonly wallet: Wallet
  readonly charged: Micros
  /** What the call cost above all that could be charged: the operator's loss, on record. */
  readonly unpaid: Micros
}

/**
 * A call has ended and cost this much. An answer may be longer than what was set aside for it; beyond that only what is
 * free in the wallet, and under the cap, is charged: the balance never falls below zero, nor below what other calls have set aside.
 */
export function payCall(wallet: Wallet, { reserve, month }: PaidCall, cost: Micros): Paid {
  const room = month === null ? Infinity : capRoom(wallet, month)
  const charged = micros(Math.min(cost, reserve + Math.max(0, Math.min(availableIn(wallet), room))))
  const paid = { ...wallet, balance: micros(wallet.balance - charged), reserved: micros(wallet.reserved - reserve) }
  const unpaid = micros(cost - charged)
  // A month that is over keeps what it spent; the new one begins at zero without this call.
  if (month === null || wallet.overflow.month !== month) return { wallet: paid, charged, unpaid }
  const spent = micros(wallet.overflow.spent - reserve + charged)
  return { wallet: { ...paid, overflow: { ...wallet.overflow, spent } }, charged, unpaid }
}

/** Money is paid in, or taken out; not more than is free. */
export function topUp(wallet: Wallet, amount: Micros): Outcome<Wallet, WalletRefusal> {
  const available = availableIn(wallet)
  if (amount < -available) return no({ code: 'balance_low', available, needed: micros(-amount) })
  return yes({ ...wallet, balance: micros(wallet.balance + amount) })
}

const spentIn = ({ overflow }: Wallet, month: string): Micros => (overflow.month === month ? overflow.spent : micros(0))

function capRoom(wallet: Wallet, month: string): number {
  const { cap } = wallet.overflow
  return cap === null ? Infinity : cap - spentIn(wallet, month)
}

import { hash } from 'node:crypto'

import type { Coupon, Instant, MemberId, OrderId } from '@codeplan/core'

import { jsonb, sql, type Queries, type Tx } from '../platform/index.ts'

export type CouponTerms = Omit<Coupon, 'uses'>

export async function insertCoupon(
  on: Queries | Tx,
  row: { readonly code: string; readonly terms: CouponTerms; readonly by: string },
  now: Instant,
): Promise<boolean> {
  const { rows } = await sql`insert into coupons (code, terms, created_at, created_by)
    values (${row.code}, ${jsonb(row.terms)}::jsonb, ${now}, ${row.by}) on conflict do nothing returning code`.execute(
    on,
  )
  return rows.length > 0
}

export async function lockCoupon(tx: Tx, code: string): Promise<Coupon | undefined> {
  const { rows } = await sql<{ terms: CouponTerms; uses: number }>`select terms, uses from coupons
    where code = ${code} for update`.execute(tx)
  return rows[0] && { ...rows[0].terms, uses: rows[0].uses }
}

export async function couponUsedBy(tx: Tx, code: string, memberId: MemberId): Promise<boolean> {
  const { rows } = await sql`select 1 from coupon_uses where code = ${code} and member_id = ${memberId}`.execute(tx)
  return rows.length > 0
}

export async function addCouponUse(tx: Tx, code: string, memberId: MemberId, orderId: OrderId): Promise<boolean> {
  const { rows } =
    await sql`insert into coupon_uses (code, member_id, order_id) values (${code}, ${memberId}, ${orderId})
    on conflict do nothing returning code`.execute(tx)
  if (rows.length > 0) await sql`update coupons set uses = uses + 1 where code = ${code}`.execute(tx)
  return rows.length > 0
}

export async function giveCouponBack(tx: Tx, code: string, orderId: OrderId): Promise<void> {
  const { rows } =
    await sql`delete from coupon_uses where code = ${code} and order_id = ${orderId} returning code`.execute(tx)
  if (rows.length > 0) await sql`update coupons set uses = uses - 1 where code = ${code}`.execute(tx)
}

/** What a redeem code gives: months of a plan, or money for the balance (decimal text). */
export type Gift = { readonly plan: string; readonly months: number } | { readonly balance: string }

const hashOf = (code: string): Buffer => hash('sha256', code.trim().toUpperCase(), 'buffer')

export async function insertRedeemCode(
  on: Queries | Tx,
  row: { readonly code: string; readonly gift: Gift; readonly by: string },
  now: Instant,
): Promise<void> {
  await sql`insert into redeem_codes (hash, gift, created_at, created_by)
    values (${hashOf(row.code)}, ${jsonb(row.gift)}::jsonb, ${now}, ${row.by})`.execute(on)
}

/** Takes a code for a member: its gift, once. */
export async function takeRedeemCode(
  tx: Tx,
  code: string,
  memberId: MemberId,
  now: Instant,
): Promise<Gift | 'unknown' | 'taken'> {
  const { rows } = await sql<{ gift: Gift }>`update redeem_codes set redeemed_by = ${memberId}, redeemed_at = ${now}
    where hash = ${hashOf(code)} and redeemed_by is null returning gift`.execute(tx)
  if (rows[0]) return rows[0].gift
  const there = await sql`select 1 from redeem_codes where hash = ${hashOf(code)}`.execute(tx)
  return there.rows.length > 0 ? 'taken' : 'unknown'
}

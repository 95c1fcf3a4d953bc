import { randomBytes } from 'node:crypto'

import type { Instant } from '@codeplan/core'

import type { Queries, Tx } from '../platform/index.ts'
import { insertRedeemCode, type Gift } from './coupons-store.ts'

/** So many codes for the same gift. They are in the answer and nowhere else: only their hashes are kept. */
export async function makeRedeemCodes(
  on: Queries | Tx,
  wish: { readonly gift: Gift; readonly count: number; readonly by: string },
  now: Instant,
): Promise<readonly string[]> {
  const codes: string[] = []
  for (let i = 0; i < wish.count; i++) {
    const text = randomBytes(10).toString('hex').toUpperCase()
    const code = (text.match(/.{5}/g) as string[]).join('-')
    await insertRedeemCode(on, { code, gift: wish.gift, by: wish.by }, now)
    codes.push(code)
  }
  return codes
}

import type { Instant, MemberId } from '@codeplan/core'

import { queueMail, type MailData, type MailKind, type Tx } from '../platform/index.ts'
import { memberById } from './store.ts'

/** Tells a member of something, in the transaction that does it; the letter is sent afterwards, the same one once. */
export async function tell<Kind extends MailKind>(
  tx: Tx,
  memberId: MemberId,
  letter: { readonly kind: Kind; readonly data: MailData[Kind]; readonly dedupeKey: string },
  now: Instant,
): Promise<void> {
  const member = await memberById(tx, memberId)
  if (member) await queueMail(tx, { ...letter, memberId, address: member.email }, now)
}

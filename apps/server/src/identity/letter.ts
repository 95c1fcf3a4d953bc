import type { Instant } from '@codeplan/core'

import { queueMail, type MailKind, type MailWish, type Tx } from '../platform/index.ts'
import { personById } from './people-store.ts'

type ToMember<Kind extends MailKind> = Omit<MailWish<Kind>, 'address' | 'memberId'> & { readonly memberId: string }

/** A letter to a member, at the address that he has now. */
export async function writeToMember<Kind extends MailKind>(
  tx: Tx,
  letter: ToMember<Kind>,
  now: Instant,
): Promise<void> {
  const person = await personById(tx, letter.memberId)
  if (!person) throw new Error(`no member ${letter.memberId}`)
  await queueMail(tx, { ...letter, address: person.email }, now)
}

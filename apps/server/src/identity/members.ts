import { randomBytes } from 'node:crypto'

import { makeId, no, yes, type Instant, type KeyId, type MemberId, type Outcome } from '@codeplan/core'

import { notify, type Db } from '../platform/index.ts'
import { hashKey, makeKeyText } from './key-text.ts'
import type { Seal } from './seal.ts'
import { IDENTITY_CHANNEL, insertKey, insertMember, memberByEmail } from './store.ts'

const EMAIL_SHAPE = /^[^\s@]+@[^\s@]+\.[^\s@]+$/

/** Whoever adds a person by hand answers for the address. */
export async function addMember(
  db: Db,
  member: { email: string; name: string },
  now: Instant,
): Promise<Outcome<{ id: MemberId }, string>> {
  if (!EMAIL_SHAPE.test(member.email)) return no(`${member.email} is not an e-mail address`)
  const id = makeId('mem', now, randomBytes(16))
  const won = await db.tx((tx) => insertMember(tx, { id, ...member, at: now, verifiedAt: now }))
  return won ? yes({ id }) : no(`there is a member ${member.email.toLowerCase()} already`)
}

/** The key's text is in the answer and nowhere else: only its hash is kept, and its secret sealed. */
export async function createKey(
  db: Db,
  seal: Seal,
  key: { email: string; name: string; allowed?: readonly string[] },
  now: Instant,
): Promise<Outcome<{ id: KeyId; handle: string; key: string }, string>> {
  const { handle, secret, text } = makeKeyText()
  const id = makeId('key', now, randomBytes(16))
  return db.tx(async (tx) => {
    const member = await memberByEmail(tx, key.email)
    if (!member) return no(`no member ${key.email}: add one with "member add ${key.email}"`)
    await insertKey(tx, {
      id,
      memberId: member.id,
      name: key.name,
      handle,
      hash: hashKey(text),
      sealedSecret: seal.close(secret),
      allowed: key.allowed ?? null,
      at: now,
    })
    await notify(tx, IDENTITY_CHANNEL, member.id)
    return yes({ id, handle, key: text })
  })
}

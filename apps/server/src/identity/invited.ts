import { randomBytes } from 'node:crypto'

import { makeId, no, yes, type Instant, type MemberId, type Outcome } from '@codeplan/core'

import type { Language, Tx } from '../platform/index.ts'
import { isWeak, type Caller, type People } from './people.ts'
import {
  dropCredentials,
  personByEmail,
  saveProfile,
  setPassword,
  setVerified,
  type PersonRow,
} from './people-store.ts'
import { beginSession } from './sessions.ts'
import { endSessions } from './sessions-store.ts'
import { insertMember } from './store.ts'

/** A password for an account that is about to be made, hashed: before any transaction, since it takes its time. */
export async function newPassword(
  people: People,
  email: string,
  password: string,
): Promise<Outcome<string, 'weak_password' | 'busy'>> {
  if (isWeak(password, email)) return no('weak_password')
  const hash = await people.passwords.hash(password)
  return hash === undefined ? no('busy') : yes(hash)
}

export interface Invited extends Caller {
  readonly email: string
  readonly name: string
  readonly language: Language
  readonly hash: string
}

/** An account for somebody whom a letter has reached: nothing that was set up before with his address stays good. */
export async function addInvited(
  people: People,
  tx: Tx,
  { email, name, language, hash, ...from }: Invited,
  now: Instant,
): Promise<{ readonly memberId: MemberId; readonly token: string }> {
  await insertMember(tx, { id: makeId('mem', now, randomBytes(16)), email, name, at: now, verifiedAt: null })
  const person = (await personByEmail(tx, email)) as PersonRow
  await dropCredentials(tx, person.id)
  await endSessions(tx, person.id, null)
  await setPassword(tx, person.id, hash)
  await saveProfile(tx, person.id, { ...person, name, language })
  await setVerified(tx, person.id, now)
  const token = await beginSession(tx, person.id, now, { ...from, days: people.rules().session_days })
  return { memberId: person.id as MemberId, token }
}

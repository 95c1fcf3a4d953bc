import { no, yes, type Instant, type MemberId, type Outcome } from '@codeplan/core'

import type { SignInChange, Tx } from '../platform/index.ts'
import { tell } from './letter.ts'
import { isWeak, letterTo, lettersFrom, sendLink, tooMany, type Caller, type People } from './people.ts'
import {
  memberOfToken,
  personByEmail,
  personById,
  setPassword,
  setVerified,
  takeLetterToken,
  type PersonRow,
} from './people-store.ts'
import type { PeopleRefusal } from './people-words.ts'
import { hashToken } from './sessions.ts'
import { endSessions } from './sessions-store.ts'

/** A letter by which a password is set, also the first one. The answer is the same for every address. */
export async function askReset(people: People, email: string, caller: Caller): Promise<Outcome<void, PeopleRefusal>> {
  const now = people.clock.now()
  const wait = people.tries.take([lettersFrom(caller.address)], now)
  if (wait > 0) return no(tooMany(wait))
  if (people.tries.take([letterTo(email)], now) > 0) return yes(undefined)
  await people.db.tx(async (tx) => {
    const person = await personByEmail(tx, email)
    if (person) await sendLink(people, tx, person, 'reset', now)
  })
  return yes(undefined)
}

/** The link of a letter sets a password, shows that the address is its person's, and ends all sessions. Whoever has a second step keeps it. */
export async function resetPassword(
  people: People,
  { token, password }: { readonly token: string; readonly password: string },
): Promise<Outcome<PersonRow, PeopleRefusal>> {
  const { db, clock, passwords } = people
  const now = clock.now()
  const tokenHash = hashToken(token)
  const memberId = await memberOfToken(db.queries, 'reset', tokenHash, now)
  const person = memberId === undefined ? undefined : await personById(db.queries, memberId)
  if (!person) return no({ code: 'bad_link' })
  if (isWeak(password, person.email)) return no({ code: 'weak_password' })
  const hash = await passwords.hash(password)
  if (hash === undefined) return no({ code: 'busy' })
  return db.tx(async (tx) => {
    if ((await takeLetterToken(tx, 'reset', tokenHash, now)) !== person.id) return no({ code: 'bad_link' })
    await setPassword(tx, person.id, hash)
    await setVerified(tx, person.id, now)
    await endSessions(tx, person.id, null)
    await sayChange(tx, person, 'password', now)
    return yes(person)
  })
}

/** A new password for one who has shown the old one; his other sessions end. */
export async function changePassword(
  people: People,
  person: PersonRow,
  { password, sessionId }: { readonly password: string; readonly sessionId: string },
): Promise<Outcome<void, PeopleRefusal>> {
  if (isWeak(password, person.email)) return no({ code: 'weak_password' })
  const hash = await people.passwords.hash(password)
  if (hash === undefined) return no({ code: 'busy' })
  const now = people.clock.now()
  await people.db.tx(async (tx) => {
    await setPassword(tx, person.id, hash)
    await endSessions(tx, person.id, sessionId)
    await sayChange(tx, person, 'password', now)
  })
  return yes(undefined)
}

/** Tells a person that something about how he signs in has changed. */
export const sayChange = (tx: Tx, { id }: PersonRow, what: SignInChange, now: Instant): Promise<void> =>
  tell(tx, id as MemberId, { kind: 'sign_in_changed', data: { what, at: now }, dedupeKey: `${what}:${id}:${now}` }, now)

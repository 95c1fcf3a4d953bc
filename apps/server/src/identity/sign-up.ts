import { randomBytes } from 'node:crypto'

import { makeId, no, yes, type Instant, type Outcome } from '@codeplan/core'

import { queueMail, type Language, type Tx } from '../platform/index.ts'
import { isWeak, letterTo, lettersFrom, sendLink, tooMany, type Caller, type People } from './people.ts'
import { domainOf } from './people-rules.ts'
import { personByEmail, saveProfile, setPassword, type PersonRow } from './people-store.ts'
import type { PeopleRefusal } from './people-words.ts'
import { insertMember } from './store.ts'

export interface SignUp {
  readonly email: string
  readonly password: string
  readonly name: string
  readonly language: Language
}

/**
 * The answer is the same whether the address is known or not; what is so stands in a letter. While nobody has shown that
 * the address is his, whoever signs up last sets the password, and it is asked for when the address is confirmed.
 */
export async function signUp(people: People, wish: SignUp, caller: Caller): Promise<Outcome<void, PeopleRefusal>> {
  const { db, clock, passwords, tries } = people
  const { sign_up: open } = people.rules()
  const now = clock.now()
  if (open === 'closed') return no({ code: 'sign_up_closed' })
  if (open !== 'open' && !open.includes(domainOf(wish.email))) return no({ code: 'domain_not_allowed', domains: open })
  if (isWeak(wish.password, wish.email)) return no({ code: 'weak_password' })
  const wait = tries.take([lettersFrom(caller.address)], now)
  if (wait > 0) return no(tooMany(wait))
  const hash = await passwords.hash(wish.password)
  if (hash === undefined) return no({ code: 'busy' })
  const mayWrite = tries.take([letterTo(wish.email)], now) === 0
  await db.tx(async (tx) => {
    const person = await newOrUnconfirmed(tx, wish, hash, now)
    if (!mayWrite) return
    if (person.verified_at === null) return sendLink(people, tx, person, 'verify', now)
    const letter = { memberId: person.id, address: person.email, kind: 'already_member' } as const
    const data = { link: `${people.publicUrl}/account/sign-in` }
    await queueMail(tx, { ...letter, data, dedupeKey: `already_member:${person.id}:${now}` }, now)
  })
  return yes(undefined)
}

async function newOrUnconfirmed(tx: Tx, wish: SignUp, hash: string, now: Instant): Promise<PersonRow> {
  const { email, name, language } = wish
  await insertMember(tx, { id: makeId('mem', now, randomBytes(16)), email, name, at: now, verifiedAt: null })
  const person = (await personByEmail(tx, email)) as PersonRow
  if (person.verified_at !== null) return person
  await saveProfile(tx, person.id, { ...person, name, language })
  await setPassword(tx, person.id, hash)
  return person
}

import type { IncomingHttpHeaders } from 'node:http'

import { no, yes, type Instant, type Outcome } from '@codeplan/core'

import { networkOf } from './client-address.ts'
import { deviceOf } from './known-device.ts'
import { letterTo, sendLink, tooMany, type Caller, type People } from './people.ts'
import {
  memberOfToken,
  personByEmail,
  personById,
  setVerified,
  takeLetterToken,
  type PersonRow,
} from './people-store.ts'
import type { PeopleRefusal } from './people-words.ts'
import { takeCode } from './second-step.ts'
import { beginSession, hashToken } from './sessions.ts'
import { OF_ACCOUNT, OF_ADDRESS, type Place } from './tries.ts'

export interface SignedIn {
  readonly token: string
  readonly person: PersonRow
}

export interface Proof {
  readonly password: string
  readonly code?: string | undefined
}

type Asks = Caller & { readonly headers: IncomingHttpHeaders }

/** Opens a session. Whether the address is unknown, unconfirmed or has another password, the answer is the same. */
export async function signIn(
  people: People,
  { email, ...proof }: Proof & { readonly email: string },
  caller: Asks,
): Promise<Outcome<SignedIn, PeopleRefusal>> {
  const person = await personByEmail(people.db.queries, email)
  const proved = await prove(people, email, person, proof, caller)
  if (!proved.ok) return proved
  const known = proved.value.person
  if (known.verified_at !== null || !people.rules().require_verified) return enter(people, proved.value, proof, caller)
  const now = people.clock.now()
  if (people.tries.take([letterTo(email)], now) === 0)
    await people.db.tx((tx) => sendLink(people, tx, known, 'verify', now))
  return no({ code: 'wrong_password' })
}

/** The link of a letter and the password of the sign-up together confirm an address, and sign its person in. */
export async function confirmAddress(
  people: People,
  { token, ...proof }: Proof & { readonly token: string },
  caller: Asks,
): Promise<Outcome<SignedIn, PeopleRefusal>> {
  const { db, clock } = people
  const memberId = await memberOfToken(db.queries, 'verify', hashToken(token), clock.now())
  const person = memberId === undefined ? undefined : await personById(db.queries, memberId)
  if (!person) return no({ code: 'bad_link' })
  const proved = await prove(people, person.email, person, proof, caller)
  if (!proved.ok) return proved
  return enter(people, proved.value, proof, caller, token)
}

export interface Proved {
  readonly person: PersonRow
  /** All is proved: the tries start anew. With a second step the password alone has not yet shown who it is. */
  readonly good: () => void
}

/** Is it this person's password? Tries are limited; a device that knows the person has tries of its own. */
export async function prove(
  people: People,
  email: string,
  person: PersonRow | undefined,
  { password }: Proof,
  { address, headers }: Asks,
): Promise<Outcome<Proved, PeopleRefusal>> {
  const { tries, passwords, seal, clock } = people
  const places = placesOf(email, address, deviceOf(seal, headers, email))
  const wait = tries.take(places, clock.now())
  if (wait > 0) return no(tooMany(wait))
  const right = await passwords.isRight(person?.password_hash, password)
  if (right === undefined) return no({ code: 'busy' })
  if (!right || !person) return no({ code: 'wrong_password' })
  return yes({ person, good: () => tries.good(places) })
}

const placesOf = (email: string, address: string, device: string | undefined): readonly Place[] =>
  device === undefined
    ? [
        [`account ${email}`, OF_ACCOUNT],
        [`address ${networkOf(address)}`, OF_ADDRESS],
      ]
    : [[`device ${device}`, OF_ACCOUNT]]

async function enter(
  people: People,
  { person, good }: Proved,
  { code }: Proof,
  { address, agent }: Asks,
  confirms?: string,
): Promise<Outcome<SignedIn, PeopleRefusal>> {
  const { db, clock } = people
  const now: Instant = clock.now()
  const secondStep = person.totp_since !== null
  if (secondStep && code === undefined) return no({ code: 'code_needed' })
  return db.tx(async (tx) => {
    if (secondStep && !(await takeCode(people, tx, person, code as string, now))) return no({ code: 'wrong_code' })
    if (confirms !== undefined) {
      if ((await takeLetterToken(tx, 'verify', hashToken(confirms), now)) !== person.id) return no({ code: 'bad_link' })
      await setVerified(tx, person.id, now)
    }
    const token = await beginSession(tx, person.id, now, { days: people.rules().session_days, address, agent })
    good()
    return yes({ token, person })
  })
}

import { instant, type Instant } from '@codeplan/core'

import { queueMail, type Clock, type Db, type Log, type Tx } from '../platform/index.ts'
import { networkOf } from './client-address.ts'
import { makePasswords, type Passwords } from './passwords.ts'
import type { PeopleRules } from './people-rules.ts'
import { insertLetterToken, type LetterPurpose, type PersonRow } from './people-store.ts'
import type { Seal } from './seal.ts'
import { hashToken, makeSessions, makeToken, type Sessions } from './sessions.ts'
import type { SignedOn } from './sso.ts'
import { LETTERS_FROM, LETTERS_TO, makeTries, type Place, type Tries } from './tries.ts'

/** What the use cases about people need. */
export interface People extends Sessions {
  readonly db: Db
  readonly clock: Clock
  readonly seal: Seal
  readonly passwords: Passwords
  readonly tries: Tries
  readonly rules: () => PeopleRules
  readonly operatorName: () => string
  /** Where people reach this server: what links in letters begin with. */
  readonly publicUrl: string
  readonly proxyHops: number
  readonly log: Log
  /** Secrets of providers of single sign-on, by their names in the environment. */
  readonly secret: (name: string) => string | undefined
  /** Somebody was signed in by a provider: in the transaction that opens the session. */
  readonly signedOn: (tx: Tx, who: SignedOn, now: Instant) => Promise<void>
}

/** Where a request comes from. */
export interface Caller {
  readonly address: string
  readonly agent: string
}

export type PeopleDeps = Omit<People, keyof Sessions | 'passwords' | 'tries'>

export async function makePeople(deps: PeopleDeps): Promise<People> {
  return { ...deps, ...(await makeSessions(deps)), passwords: makePasswords(), tries: makeTries() }
}

const LINK_MS: Readonly<Record<LetterPurpose, number>> = { verify: 24 * 3_600_000, reset: 3_600_000 }

/** A letter with a link that is good once. */
export async function sendLink(
  people: People,
  tx: Tx,
  person: Pick<PersonRow, 'id' | 'email'>,
  purpose: LetterPurpose,
  now: Instant,
): Promise<void> {
  const token = makeToken()
  const hash = hashToken(token)
  const endsAt = instant(now + LINK_MS[purpose])
  await insertLetterToken(tx, { memberId: person.id, purpose, hash, endsAt })
  const data = { link: `${people.publicUrl}/account/${purpose}?token=${token}`, ends_at: endsAt }
  const dedupeKey = `${purpose}:${hash.toString('hex')}`
  await queueMail(tx, { memberId: person.id, address: person.email, kind: purpose, data, dedupeKey }, now)
}

export const letterTo = (email: string): Place => [`letters to ${email}`, LETTERS_TO]
export const lettersFrom = (address: string): Place => [`letters from ${networkOf(address)}`, LETTERS_FROM]

export const tooMany = (waitMs: number) =>
  ({ code: 'too_many_tries', retryAfterSec: Math.ceil(waitMs / 1000) }) as const

/** Lengths are the contract's; this is what no length makes good. */
export const isWeak = (password: string, email: string): boolean =>
  new Set(password).size < 4 || password.toLowerCase().includes(email) || email.includes(password.toLowerCase())

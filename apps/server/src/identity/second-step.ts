import { no, yes, type Instant, type Outcome } from '@codeplan/core'

import type { Tx } from '../platform/index.ts'
import type { People } from './people.ts'
import {
  beginTotp,
  confirmTotp,
  removeTotp,
  setRecoveryHashes,
  takeRecoveryHash,
  takeStep,
  type PersonRow,
} from './people-store.ts'
import type { PeopleRefusal } from './people-words.ts'
import { hashRecoveryCode, makeRecoveryCodes, makeTotpSecret, stepOfCode, totpUri } from './totp.ts'

/** A code of the authenticator, or a recovery code: each is good once. */
export async function takeCode(
  people: People,
  tx: Tx,
  person: PersonRow,
  code: string,
  now: Instant,
): Promise<boolean> {
  const secret = person.totp_secret === null ? undefined : people.seal.open(person.totp_secret)
  const step = secret && stepOfCode(secret, code, person.totp_step ?? 0, now)
  if (step) return takeStep(tx, person.id, step)
  return takeRecoveryHash(tx, person.id, hashRecoveryCode(code))
}

/** Makes a secret; two-step sign-in is on when its first code was right. */
export async function beginSecondStep(
  people: People,
  tx: Tx,
  person: PersonRow,
): Promise<Outcome<{ secret: string; uri: string }, PeopleRefusal>> {
  const secret = makeTotpSecret()
  const begun = await beginTotp(tx, person.id, people.seal.close(secret))
  if (!begun) return no({ code: 'two_step_on' })
  return yes({ secret, uri: totpUri(secret, people.operatorName(), person.email) })
}

/** Answers recovery codes, which are shown this once. */
export async function confirmSecondStep(
  people: People,
  tx: Tx,
  person: PersonRow,
  code: string,
  now: Instant,
): Promise<Outcome<readonly string[], PeopleRefusal>> {
  if (person.totp_since !== null) return no({ code: 'two_step_on' })
  const sealed = person.totp_secret
  const secret = sealed === null ? undefined : people.seal.open(sealed)
  if (sealed === null || secret === undefined) return no({ code: 'two_step_off' })
  const step = stepOfCode(secret, code, 0, now)
  if (step === undefined || !(await confirmTotp(tx, person.id, sealed, step, now))) return no({ code: 'wrong_code' })
  return yes(await newRecoveryCodes(tx, person))
}

export async function newRecoveryCodes(tx: Tx, person: PersonRow): Promise<readonly string[]> {
  const codes = makeRecoveryCodes()
  await setRecoveryHashes(tx, person.id, codes.map(hashRecoveryCode))
  return codes
}

export async function removeSecondStep(tx: Tx, person: PersonRow): Promise<Outcome<void, PeopleRefusal>> {
  if (person.totp_since === null) return no({ code: 'two_step_off' })
  await removeTotp(tx, person.id)
  return yes(undefined)
}

import type { Instant, Outcome } from '@codeplan/core'
import type { FastifyRequest } from 'fastify'

import { audit, callerOf, deedDoneAt, personOf, requestKeyOf } from '../identity/index.ts'
import { outcomeTx, type Tx } from '../platform/index.ts'
import { refused } from './admin-words.ts'
import type { AdminDeps } from './deps.ts'

/** What is written down beside who, when and from where. */
export interface Told {
  readonly whom?: string | undefined
  readonly before?: unknown
  readonly after?: unknown
}

export type DoDeed = <T, No>(
  request: FastifyRequest,
  what: { readonly action: string; readonly why: string },
  work: (tx: Tx, now: Instant, tell: (told: Told) => void) => Promise<Outcome<T, No>>,
) => Promise<Outcome<T, No>>

/** Does something in the operator's name and writes it to the audit log, in one transaction; a refusal leaves neither. */
export const makeDeed =
  ({ db, clock, people }: Pick<AdminDeps, 'db' | 'clock' | 'people'>): DoDeed =>
  (request, { action, why }, work) => {
    const { memberId: who } = personOf(request)
    const { address } = callerOf(request, people.proxyHops)
    const now = clock.now()
    return outcomeTx(db, async (tx) => {
      let told: Told = {}
      const outcome = await work(tx, now, (what) => {
        told = what
      })
      if (outcome.ok) await audit(tx, { who, address, action, why, requestKey: requestKeyOf(request), ...told }, now)
      return outcome
    })
  }

/** The "no" to a deed that its operator has done already, by the name that he gave it: a lost answer gives nothing twice. */
export async function doneBefore(tx: Tx, request: FastifyRequest) {
  const requestKey = requestKeyOf(request)
  const at = requestKey === undefined ? undefined : await deedDoneAt(tx, personOf(request).memberId, requestKey)
  return at === undefined ? undefined : refused({ code: 'done_before', at })
}

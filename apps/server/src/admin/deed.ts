import type { Instant, Outcome } from '@codeplan/core'
import type { FastifyRequest } from 'fastify'

import { audit, callerOf, personOf } from '../identity/index.ts'
import { outcomeTx, type Tx } from '../platform/index.ts'
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
      if (outcome.ok) await audit(tx, { who, address, action, why, ...told }, now)
      return outcome
    })
  }

import { randomBytes } from 'node:crypto'

import { makeId, type Instant } from '@codeplan/core'

import type { Tx } from '../platform/index.ts'
import { insertAudit } from './audit-store.ts'

/** Something that was done in the operator's name. */
export interface Deed {
  /** A member's id, or `command line`. */
  readonly who: string
  readonly address: string
  readonly action: string
  readonly whom?: string | undefined
  readonly before?: unknown
  readonly after?: unknown
  readonly why?: string | undefined
  /** Its name, by whoever asked for it. */
  readonly requestKey?: string | undefined
}

/** Writes a deed down in the transaction that does it: neither is there without the other. */
export const audit = (tx: Tx, deed: Deed, now: Instant): Promise<void> =>
  insertAudit(tx, { id: makeId('aud', now, randomBytes(16)), at: now, ...deed })

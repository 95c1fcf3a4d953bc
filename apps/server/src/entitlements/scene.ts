import type { Instant, PlanTerms } from '@codeplan/core'

import type { Catalog } from '../catalog/index.ts'
import type { Changes } from './books.ts'
import type { HoldRow } from './store.ts'
import type { Admission, AdmissionRequest } from './types.ts'

/** A hold outlives the longest call by this, so that a call that is just ending settles itself. */
const HOLD_SLACK_MS = 5 * 60_000

/** What the calls of a round are decided by, and where what is decided goes. */
export interface Scene {
  readonly catalog: Catalog
  readonly terms: ReadonlyMap<string, PlanTerms>
  readonly node: string
  readonly now: Instant
  readonly changes: Changes
}

export function holdOf(admission: Admission, { totalMsMax }: AdmissionRequest, { node, now }: Scene): HoldRow {
  return {
    id: admission.id,
    subscription_id: admission.subscriptionId,
    prompt_id: admission.promptId,
    node,
    admitted_at: now,
    deadline_at: now + totalMsMax + HOLD_SLACK_MS,
    admission,
  }
}

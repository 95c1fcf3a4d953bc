import type { LetterRow } from '@codeplan/contract'

import type { MailRow } from '../platform/index.ts'

/** What became of a letter. */
export function shownLetter({ id, created_at, address, kind, sent_at, next_at, failure }: MailRow): LetterRow {
  return {
    id,
    at: new Date(created_at).toISOString(),
    to: address,
    kind,
    state: stateOf(sent_at, next_at, failure),
    failure,
    next_at: next_at === null ? null : new Date(next_at).toISOString(),
  }
}

function stateOf(sentAt: number | null, nextAt: number | null, failure: string | null): LetterRow['state'] {
  if (sentAt !== null) return 'sent'
  if (nextAt !== null) return failure === null ? 'waits' : 'retried'
  return failure === null ? 'kept' : 'given_up'
}

import { DAY_MS, no, yes, type CallId, type Outcome } from '@codeplan/core'
import { fromLatin1, readStoring, withEarlier, type Storing } from '@codeplan/dialect'

import type { Refusal } from '../platform/index.ts'
import type { CallDeps } from './deps.ts'
import { readChain, storeResponse, type StoredResponse } from './responses-store.ts'

export interface Conversation {
  /** The request with what came before it: what is counted, and what the upstream is sent. */
  readonly body: Buffer
  readonly storing: Storing | undefined
}

/** A Responses request with the responses before it, if it names one (`previous_response_id`). */
export async function joinEarlier(
  deps: CallDeps,
  memberId: string,
  body: Buffer,
): Promise<Outcome<Conversation, Refusal>> {
  const storing = readStoring(body)
  if (storing?.previousId === undefined) return yes({ body, storing })
  const limitBytes = deps.catalog.current().limits.bodyBytesMax
  const now = deps.clock.now()
  const chain = await readChain(deps.queries, memberId, storing.previousId, { now, bytesMax: limitBytes })
  const [oldest] = chain
  if (oldest && oldest.bytes > limitBytes) return no({ code: 'body_too_large', limitBytes })
  // A conversation that has lost its beginning would be answered as another one.
  if (!oldest || oldest.previous_id !== null) return no({ code: 'response_gone', status: 400 })
  const joined = withEarlier(body, chain.flatMap(itemsOf), storing)
  return joined.length > limitBytes ? no({ code: 'body_too_large', limitBytes }) : yes({ body: joined, storing })
}

/** What was asked and what was answered. */
export function itemsOf({ input, response }: StoredResponse): readonly unknown[] {
  const { output } = JSON.parse(response) as { output: readonly unknown[] }
  return [...(JSON.parse(input) as readonly unknown[]), ...output]
}

/**
 * Keeps the response of a call, before its last event is sent: a client that has heard it may name it at once. A database that is
 * away does not spoil the answer; the response is not there then.
 */
export function keeper(
  deps: CallDeps,
  memberId: string,
  callId: CallId,
  storing: Storing | undefined,
): ((response: string) => Promise<void>) | undefined {
  if (!storing?.store) return undefined
  return async (answer) => {
    const response = fromLatin1(answer)
    const input = JSON.stringify(storing.items.map((item, i) => ({ id: `in_${callId}_${i}`, ...item })))
    const made = { id: `resp_${callId}`, previous_id: storing.previousId ?? null, input, response }
    const now = deps.clock.now()
    const expiresAt = now + deps.catalog.current().retention.responsesDays * DAY_MS
    try {
      await storeResponse(deps.queries, memberId, made, { now, expiresAt })
    } catch (error) {
      deps.log.warn({ err: error, call: callId }, 'a response could not be kept')
    }
  }
}

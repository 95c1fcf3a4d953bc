import { responseText } from '../responses-answer.ts'
import type { ResponseHead } from '../responses-answer.ts'
import type { ErrorWords } from './envelope.ts'

export interface RefusedResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Business codes for which the wire has a word of its own. */
const CODES: Readonly<Record<string, string>> = { '1261': 'context_length_exceeded' }
/** Statuses of final refusals that stay: Codex tries them six times within 8 s, yet other clients live by them. */
const KEPT_STATUSES = new Set([400, 401, 404])

/**
 * A refusal in the form that Codex shows at once and tries no second time (measured with 0.169): a window that is used up as 429
 * with `usage_limit_reached` and the instant of its reset, beside which it shows the words of the header; any other final one as
 * 400. Of a 429 in another form it says only "exceeded retry limit".
 */
export function responsesError(words: ErrorWords, promo: string): RefusedResponse {
  const resetsAt = words.detail?.['resets_at']
  const isWindow = words.status === 429 && typeof resetsAt === 'string'
  const final = words.retryAfterSec === undefined && !isWindow
  const status = final && !KEPT_STATUSES.has(words.status) ? 400 : words.status
  const error = {
    message: words.message,
    type: isWindow ? 'usage_limit_reached' : typeOf(status),
    code: CODES[words.code] ?? words.code,
    param: typeof words.detail?.['field'] === 'string' ? words.detail['field'] : null,
    ...(isWindow ? { resets_at: Math.ceil(Date.parse(resetsAt) / 1000) } : {}),
    ...(words.detail ? { detail: words.detail } : {}),
  }
  return { status, headers: isWindow ? { 'x-codex-promo-message': promo } : {}, body: JSON.stringify({ error }) }
}

function typeOf(status: number): string {
  if (status === 401) return 'authentication_error'
  if (status === 429) return 'rate_limit_exceeded'
  return status >= 500 ? 'server_error' : 'invalid_request_error'
}

/** The same once the head of a stream is out: its last event. Codex tries again after any code that it does not know. */
export function responsesErrorEvent(words: ErrorWords, head: ResponseHead, sequence: number): string {
  const known = CODES[words.code]
  const final = words.retryAfterSec === undefined
  const error = { code: known ?? (final ? 'invalid_prompt' : words.code), message: words.message }
  const response = responseText(head, { status: 'failed', error })
  return `event: response.failed\ndata: {"type":"response.failed","sequence_number":${sequence},"response":${response}}\n\n`
}

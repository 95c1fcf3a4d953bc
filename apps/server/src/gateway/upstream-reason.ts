import type { Refusal } from '../platform/index.ts'

const RETRY_SEC = 2
const WORDS_MAX = 500
const TOO_LONG =
  /context.{0,20}(length|window)|prompt is too long|maximum.{0,20}(context|tokens)|too many (input )?tokens/i

/** What a client is told when an upstream said no before the first byte. */
export function reasonOf(status: number, body: string): Refusal {
  if (status === 429 || status === 503 || status === 529) return { code: 'upstream_busy', retryAfterSec: RETRY_SEC }
  // Its door is closed to us, not to the caller: the operator's matter, told to the operator by the log.
  if (status >= 500 || status === 401 || status === 403)
    return { code: 'upstream_failed', why: `it answered with an error` }
  const message = messageOf(body)
  if (TOO_LONG.test(message)) return { code: 'prompt_too_long' }
  return {
    code: 'upstream_refused',
    status: status === 413 ? 413 : 400,
    message: message || 'The model refused the request.',
  }
}

/** The sentence in an error body of any common shape. */
function messageOf(body: string): string {
  try {
    const value = JSON.parse(body) as { error?: { message?: unknown } | string; message?: unknown; detail?: unknown }
    const nested = typeof value.error === 'object' ? value.error.message : value.error
    const found = nested ?? value.message ?? value.detail
    return typeof found === 'string' ? found.slice(0, WORDS_MAX) : ''
  } catch {
    return ''
  }
}

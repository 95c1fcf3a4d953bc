import type { Dialect } from '../dialect.ts'
import type { ErrorWords } from './envelope.ts'
import type { RefusedResponse } from './responses-error.ts'

/** What OpenCode, Kilo and pi take for a passing fault when it stands anywhere in a body (measured). */
const ALARMING = /429|500|502|503|504|524/
/** Shown as nothing, and parts digits that must not stand together. */
const WORD_JOINER = '\u2060'

/**
 * A final refusal for tools that try a 429 again and again whatever its headers say: 400, in a body without request id and without
 * anything that they take for a passing fault. What had to be left out of `detail` for that stands in the header, whole.
 */
export function cleanError(wire: Dialect, words: ErrorWords): RefusedResponse {
  const message = words.message.replace(/\d{3,}/g, (run) => (ALARMING.test(run) ? [...run].join(WORD_JOINER) : run))
  const entries = Object.entries(words.detail ?? {}).filter(([, value]) => !ALARMING.test(JSON.stringify(value)))
  const error = { code: words.code, message, detail: Object.fromEntries(entries) }
  const body =
    wire === 'openai'
      ? { error }
      : { type: 'error', error: { ...error, type: 'invalid_request_error', message: `[${words.code}][${message}]` } }
  return {
    status: words.status === 429 ? 400 : words.status,
    headers: words.detail ? { 'x-codeplan-detail': plainAscii(JSON.stringify(words.detail)) } : {},
    body: JSON.stringify(body),
  }
}

const plainAscii = (text: string): string =>
  text.replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)

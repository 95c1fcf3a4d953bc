/** What a refusal says, before it takes the form of a dialect. */
export interface ErrorWords {
  readonly status: number
  /** Business code, for example `1308`: always a string on the wire (wire contract §1.1). */
  readonly code: string
  readonly message: string
  readonly requestId: string
  /** Machine-readable facts: limit, used, resets at, what helps. */
  readonly detail?: Readonly<Record<string, unknown>> | undefined
  /** Absent: trying again cannot help. */
  readonly retryAfterSec?: number | undefined
}

/** The Messages API's own error types, by status (its public error reference). */
const ANTHROPIC_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  529: 'overloaded_error',
}

/** 2026 form: the code stands in `error.code` and in front of the text, where older gateways look for it. */
export function anthropicError(words: ErrorWords): string {
  return JSON.stringify({
    type: 'error',
    error: {
      type: ANTHROPIC_TYPES[words.status] ?? 'api_error',
      code: words.code,
      message: `[${words.code}][${words.message}][${words.requestId}]`,
      ...(words.detail ? { detail: words.detail } : {}),
    },
    request_id: words.requestId,
  })
}

/**
 * Chat-completions form. It carries no request id: OpenCode and pi retry an error whose body holds a digit run such as
 * 429 or 500 (measured), and ids are full of digits. The id is in the `x-request-id` header.
 */
export function openaiError(words: ErrorWords): string {
  return JSON.stringify({
    error: { code: words.code, message: words.message, ...(words.detail ? { detail: words.detail } : {}) },
  })
}

import { createHmac, timingSafeEqual } from 'node:crypto'

import { MINUTE_MS, type Instant } from '@codeplan/core'

/**
 * The signed form that older SDKs make of a key: HS256 over its secret, claims `api_key` (the handle), `timestamp` and
 * `exp`. One SDK writes `timestamp` in ms, another in µs with an `exp` that a standard library would misread; so the age is
 * taken from `iat` or `timestamp`, whatever their unit, and `exp` is not looked at (wire contract §4).
 */
const AGE_MS_MAX = 10 * MINUTE_MS
const SKEW_MS_MAX = 2 * MINUTE_MS

export interface KeyToken {
  readonly handle: string
  readonly issuedAt: number
  readonly signed: string
  readonly signature: Buffer
}

export function readToken(text: string): KeyToken | undefined {
  const parts = text.split('.')
  if (parts.length !== 3) return undefined
  const [header, payload, signature] = parts as [string, string, string]
  try {
    const head = JSON.parse(Buffer.from(header, 'base64url').toString()) as { alg?: unknown }
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>
    const issued = claims.iat ?? claims.timestamp
    if (head.alg !== 'HS256' || typeof claims.api_key !== 'string' || typeof issued !== 'number') return undefined
    return {
      handle: claims.api_key,
      issuedAt: inMs(issued),
      signed: `${header}.${payload}`,
      signature: Buffer.from(signature, 'base64url'),
    }
  } catch {
    return undefined
  }
}

export function tokenIsValid(token: KeyToken, secret: string, now: Instant): boolean {
  const expected = createHmac('sha256', secret).update(token.signed).digest()
  if (token.signature.length !== expected.length || !timingSafeEqual(token.signature, expected)) return false
  return now < tokenEndsAt(token) && token.issuedAt < now + SKEW_MS_MAX
}

export const tokenEndsAt = (token: KeyToken): number => token.issuedAt + AGE_MS_MAX

/** Seconds have 10 digits until the year 2286, milliseconds 13, microseconds 16. */
function inMs(time: number): number {
  if (time < 1e11) return time * 1000
  return time < 1e14 ? time : time / 1000
}

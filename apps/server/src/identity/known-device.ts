import { randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

import { cookieOf } from './cookies.ts'
import type { Seal } from './seal.ts'

export const DEVICE_COOKIE = 'codeplan_device'
export const DEVICE_DAYS = 365

/**
 * A browser in which somebody has signed in before keeps a sealed note of it. Its tries are counted apart, so that whoever
 * tries passwords of a person from elsewhere never slows that person down.
 */
export const noteOfDevice = (seal: Seal, email: string): string =>
  seal.close(`device ${randomBytes(9).toString('base64url')} ${email}`)

/** The device's name, if it has a note for this person. */
export function deviceOf(seal: Seal, headers: IncomingHttpHeaders, email: string): string | undefined {
  const note = cookieOf(headers, DEVICE_COOKIE)
  const [kind, name, of] = (note && seal.open(note))?.split(' ') ?? []
  return kind === 'device' && of === email ? name : undefined
}

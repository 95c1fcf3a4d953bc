import type { IncomingHttpHeaders } from 'node:http'

import { MINUTE_MS, plusMs, type Instant, type MemberId } from '@codeplan/core'

import type { Tx } from '../platform/index.ts'
import { cookieOf } from './cookies.ts'
import type { Caller, People } from './people.ts'
import { lookingCookies, noSessionCookies, signedInCookies } from './session-cookie.ts'
import { newSession, OWN_SESSION_COOKIE, SESSION_COOKIE, type Person } from './sessions.ts'
import { endSession } from './sessions-store.ts'

/**
 * An operator sees the console with a member's eyes: by a session of its own that reads everything the member may read and
 * changes nothing (`registerConsole` sees to it). The member finds it in his list of sessions. It ends by its time, with the
 * sessions of the member, and with those of the operator.
 */

/** Long enough to follow a complaint through its pages, too short to be forgotten in an open browser. */
const LOOK_MS = 30 * MINUTE_MS

export async function beginLook(
  tx: Tx,
  look: { readonly memberId: MemberId; readonly by: Person; readonly from: Caller },
  now: Instant,
): Promise<{ readonly token: string; readonly endsAt: Instant }> {
  const endsAt = plusMs(now, LOOK_MS)
  const { memberId, by, from } = look
  return { token: await newSession(tx, { ...from, memberId, endsAt, openedBy: by.memberId }, now), endsAt }
}

/**
 * The browser shows the member's console from now on, and keeps the way back. After a look that has run out, the operator's own
 * session is still the one that was kept.
 */
export const lookCookies = (people: People, headers: IncomingHttpHeaders, token: string): string[] =>
  lookingCookies(
    people,
    { token, seconds: LOOK_MS / 1000 },
    cookieOf(headers, OWN_SESSION_COOKIE) ?? cookieOf(headers, SESSION_COOKIE) ?? '',
  )

/** Ends the look; the cookies lead back to the operator's own session, if it still is one. */
export async function endLook(people: People, person: Person, headers: IncomingHttpHeaders): Promise<string[]> {
  await people.db.tx((tx) => endSession(tx, person.memberId, person.sessionId))
  const own = cookieOf(headers, OWN_SESSION_COOKIE)
  return own ? signedInCookies(people, own) : noSessionCookies(people)
}
